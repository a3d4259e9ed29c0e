"""A city whose decisions are made by several processes, or by its own alone."""

from collections.abc import Callable

from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.nodes import in_order
from services.simulator.domain.specification import CityData
from services.simulator.domain.turn import Turn
from services.simulator.shards.crew import Shards
from services.simulator.shards.memory import shared_memory
from services.simulator.shards.worker import Fixed

MOST_SHARDS = 64


def sharded(
    config: CityConfig,
    seed: int,
    identity: Identity,
    data: CityData,
    run_nodes: Callable[[Turn], None] = in_order,
    *,
    shards: int = 1,
) -> City:
    """The same city for any number of ``shards``; with one there are no other processes.

    The processes end with the city, or with the process that holds it, however that ends.
    """
    if shards == 1:
        return City(config, seed, identity, data, run_nodes)
    crew = Shards(shards, Fixed(config, seed, identity, data))
    return City(config, seed, identity, data, run_nodes, crew, shared_memory)

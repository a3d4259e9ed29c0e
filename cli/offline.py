"""Composition root of the in-memory host: all services of a city in one process, on a log in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.analytics.app import in_memory_processors as analytics
from services.booking.app import in_memory_processor as booking
from services.recommender.app import in_memory_processor as recommender
from services.simulator.domain.city import CityConfig
from services.simulator.imperfections.rules import Rule
from services.simulator.offline import OfflineCity, Order
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory import LockStep, MemoryLog
from streamkit.processor import Processor

PACES = {"analytics": 15}
"""Ticks between two feedings: nobody in the city waits for analytics, whose work on a batch hardly grows with it.

A quarter of an hour is as fresh as learned tastes need to be: they move by hundredths a day.
"""


@dataclass(frozen=True, slots=True)
class OfflineRun:
    """A city that runs as far as it is asked to."""

    city: OfflineCity
    log: MemoryLog
    host: LockStep


def compose(
    config: CityConfig,
    seed: int,
    orders: Sequence[Order] = (),
    *,
    late_bytes: bool = True,
    rules: Sequence[Rule] = (),
    shards: int = 1,
    recommended: bool = True,
) -> OfflineRun:
    """Wire simulator, recommender, booking and analytics; deterministic in seed, configuration and orders.

    ``late_bytes`` is the log's: faster, and the same bytes. So are any number of ``shards``. ``rules`` are the
    simulator's imperfections. Without ``recommended`` there is no recommender, and nobody is advised.
    """
    catalogue = Catalogue.load()
    log = MemoryLog(catalogue, Codec(catalogue), late_bytes=late_bytes)
    city = OfflineCity(config, seed, log, orders, rules=rules, shards=shards)
    advisers: Sequence[Processor] = (recommender(),) if recommended else ()
    processors: Sequence[Processor] = (*advisers, booking(), *analytics())
    return OfflineRun(city, log, LockStep(city, processors, log, PACES))

"""One tick as a LangGraph StateGraph of five named nodes, and a city that is run by it."""

from collections.abc import Callable
from typing import TypedDict

from langgraph.graph import END, START, StateGraph

from services.simulator.data_files import data_of
from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.nodes import NODES
from services.simulator.domain.turn import Turn
from services.simulator.shards.city import sharded


class Work(TypedDict):
    """The graph's state: the workspace that its nodes fill in, one after another."""

    turn: Turn


def compile_turn() -> Callable[[Turn], None]:
    """A function that runs the five nodes over a turn, through the graph."""
    graph = StateGraph(Work)
    previous = START
    for name, node in NODES.items():
        graph.add_node(name, _Node(name, node))
        graph.add_edge(previous, name)
        previous = name
    graph.add_edge(previous, END)
    compiled = graph.compile()

    def run(turn: Turn) -> None:
        compiled.invoke({"turn": turn})

    return run


def build_city(config: CityConfig, seed: int, identity: Identity, *, shards: int = 1) -> City:
    """A city with its data read and its graph compiled. Raises `DataError` where the data is not as it must be."""
    return sharded(config, seed, identity, data_of(config), compile_turn(), shards=shards)


class _Node:
    """A node's function with the graph's signature; the workspace is filled in place, so no channel is written."""

    def __init__(self, name: str, function: Callable[[Turn], None]) -> None:
        self._name = name
        self._function = function

    def __call__(self, state: Work) -> None:
        try:
            self._function(state["turn"])
        except Exception as error:
            error.add_note(f"node {self._name}")
            raise

"""The graph of a tick: five named nodes, the same city as without it, and fast enough to run one a minute."""

from statistics import median
from time import process_time

from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.nodes import NODES, in_order
from services.simulator.graph import build_city, compile_turn
from tests.unit.simulator.domain.neighbours import START, data, told

WHO = Identity("run", 0, "dining", "new_york")


def test_the_nodes_are_the_five_named_ones_in_order() -> None:
    assert list(NODES) == ["UserPoolManager", "BehaviorEngine", "ActionExecutor", "StateUpdater", "EventEmitter"]


def test_the_graph_tells_the_same_city_as_the_nodes_alone() -> None:
    config = CityConfig(users=100, venues=40, start=START)
    plain, graph = City(config, 3, WHO, data(), in_order), build_city(config, 3, WHO)
    for _ in range(40):
        assert told(plain.step((), ()).outputs) == told(graph.step((), ()).outputs)


def test_a_tick_of_two_thousand_people_takes_milliseconds() -> None:
    """The bar is 10 ms; the guard leaves room for a slow machine and still sees a cost per person of 0.1 ms."""
    city = City(CityConfig(users=2000, start=START), 3, WHO, data(), compile_turn())
    seconds = []
    for _ in range(60):
        begin = process_time()
        city.step((), ())
        seconds.append(process_time() - begin)
    assert median(seconds) < 0.15

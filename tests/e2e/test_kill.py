"""kill -9 of every service in turn while the city lives: it is started anew, and nothing is lost, doubled or broken."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.consumer import read_all
from tests.e2e.probes import confirmed_booking
from tests.e2e.stack import SERVICES, Stack
from tests.e2e.waiting import eventually
from tests.laws.every import violations

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.kafka, pytest.mark.postgres]


def reborn(city: Stack, service: str, killed: int) -> int:
    pid = city.pid(service)
    return pid if pid is not None and pid != killed else 0


def going_on(city: Stack, tick: int) -> dict[str, Any]:
    """The state once simulated time has gone past a tick."""
    state = city.state()
    return state if state and state["caught_up"] and state["tick"] > tick else {}


@pytest.mark.timeout(1800)
def test_every_service_killed_in_turn_comes_back_and_all_laws_hold(city: Stack) -> None:
    before = city.state()
    tellings = read_all(city.bootstrap, city.url).reading.told().keys()  # other tests may have begun the city anew
    for service in SERVICES:
        tick = eventually(partial(going_on, city, 0))["tick"]
        killed = city.kill(service)
        eventually(partial(reborn, city, service, killed))
        state = eventually(partial(going_on, city, tick + 2), 180.0)
        assert (state["run_id"], state["branch"]) == (before["run_id"], before["branch"]), f"{service} was killed"
        assert f"{service} ended with" in city.output
    confirmed_booking(city)
    stats = city.settle()
    assert all(service["alive"] for service in stats["services"].values())
    heard = read_all(city.bootstrap, city.url)
    assert heard.unreadable == []
    assert violations(heard.reading) == {}
    assert heard.reading.told().keys() == tellings

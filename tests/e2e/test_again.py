"""The same data directory twice, and a reset in between: every telling is a branch of its own, and none leaks."""

import datetime as dt
from functools import partial

import pytest

from tests.e2e.consumer import read_all
from tests.e2e.probes import confirmed_booking
from tests.e2e.stack import START_SECONDS, Stack
from tests.e2e.waiting import eventually
from tests.laws import bookings
from tests.laws.every import violations
from tests.laws.reading import Reading

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.postgres]


def opened(stack: Stack, after: int) -> int:
    """The number of the branch that runs, once it is a later one."""
    state = stack.state()
    return int(state["branch"]) if state.get("phase") == "running" and state["branch"] > after else 0


def told(stack: Stack) -> tuple[int, dt.datetime]:
    """Branch and simulated time, once everything said in the branch has been answered."""
    confirmed_booking(stack)
    stats = stack.settle()
    return int(stats["branch"]), dt.datetime.fromisoformat(stats["simulation_time"])


def requests(telling: Reading) -> int:
    return sum(1 for _ in telling.of_topic("bookings", "booking.requested"))


@pytest.mark.timeout(1800)
def test_every_start_and_every_reset_tells_anew(own_stack: Stack) -> None:
    own_stack.start().wait_until_live()
    first = told(own_stack)
    own_stack.give("/simulation/reset")
    eventually(partial(opened, own_stack, first[0]), START_SECONDS)
    second = told(own_stack)
    assert own_stack.stop() == 0, own_stack.output[-2000:]
    own_stack.start()
    eventually(partial(opened, own_stack, second[0]), START_SECONDS)
    third = told(own_stack)
    ends = dict((first, second, third))
    assert len(ends) == 3

    heard = read_all(own_stack.bootstrap, own_stack.url)
    assert heard.unreadable == []
    assert violations(heard.reading) == {}
    tellings = heard.reading.told()
    assert {branch for _, branch in tellings} == ends.keys()
    assert len({run for run, _ in tellings}) == 1, "the same seed and settings are the same run"
    for (_, branch), telling in tellings.items():
        unanswered = bookings.every_request_has_one_outcome(telling, settled_before=ends[branch])
        waiting = {record["booking_id"] for record in telling.of_topic("bookings", "booking.waitlisted")}
        assert [said for said in unanswered if not any(booking in said for booking in waiting)] == []
        assert requests(telling) > 20
    # the same run: the backfill makes as much of the city each time, not once more of it
    sizes = sorted(requests(telling) for telling in tellings.values())
    assert sizes[-1] < 2 * sizes[0]

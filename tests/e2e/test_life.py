"""The laws of the city, as an outside consumer finds them on a running stack. `--city-seconds 600` makes it long."""

import datetime as dt
import time

import pytest

from tests.e2e.consumer import TOPICS, read_all
from tests.e2e.probes import told_cause
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually
from tests.laws import bookings
from tests.laws.every import violations

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.kafka, pytest.mark.postgres]

LIFE = (
    "session.started", "session.ended", "venue.browsed", "venue.viewed", "search.performed", "venue.saved",
    "venue.liked", "friends.checked", "interest.expressed", "recommendation.accepted", "recommendation.ignored",
    "visit.started", "visit.ended", "review.submitted", "friend.requested", "invite.sent", "invite.accepted",
    "invite.declined", "group.formed", "booking.requested", "booking.confirmed", "booking.declined",
    "recommendation.generated", "weather.changed", "preference.updated", "milestone.reached", "funnel.stage_changed",
    "aggregate.window_closed", "simulator.tick", "service.heartbeat", "service.progress", "state.changed",
    "user.updated", "venue.updated",
)  # fmt: skip


def unheard(city: Stack) -> list[str]:
    """Kinds of events that the gateway has not counted yet in the telling that runs."""
    heard = {kind for kinds in city.stats().get("events", {}).values() for kind in kinds}
    return [kind for kind in LIFE if kind not in heard]


@pytest.mark.timeout(1800)
def test_an_outside_consumer_finds_every_law_kept(city: Stack, pytestconfig: pytest.Config) -> None:
    time.sleep(pytestconfig.getoption("--city-seconds"))  # the city's life is what is tested, not a condition
    told_cause(city)
    eventually(lambda: not unheard(city), said=lambda: unheard(city))  # a loaded machine tells less in a second
    paused = city.settle()
    heard = read_all(city.bootstrap, city.url)
    assert heard.unreadable == []
    counts = heard.reading.count()
    assert [kind for kind in LIFE if not counts.get(kind)] == [], counts
    assert violations(heard.reading) == {}
    telling = heard.reading.told()[paused["run_id"], paused["branch"]]  # others ended when a test began the city anew
    waiting = {record["booking_id"] for record in telling.of_topic("bookings", "booking.waitlisted")}
    now = dt.datetime.fromisoformat(paused["simulation_time"])
    unanswered = bookings.every_request_has_one_outcome(telling, settled_before=now)
    assert [said for said in unanswered if not any(booking in said for booking in waiting)] == []
    assert {record.topic for record in heard.reading.records} >= set(TOPICS) - {"requests", "replies", "replay"}

"""One suite for both adapters of the state, and that they lead to the same decisions."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine

from services.booking.adapters.postgres import PostgresState
from services.booking.adapters.schema import metadata
from services.booking.domain.booking import Booking, Origin, Request, Status
from services.booking.domain.floor import Claim
from services.booking.domain.venue import Venue
from services.booking.ports import ConflictError, Interest, Query, Question, Scope, Tick
from services.booking.processor import BookingProcessor
from streamkit.processor import Output
from streamkit.records import Batch
from tests import ledger
from tests.integration.booking.conftest import Opened
from tests.unit.booking.city import City
from tests.unit.booking.stories import VENUES, stories
from tests.unit.booking.test_stories import live
from tests.unit.booking.test_stories import opened as opened_city

ONE, TWO = Scope("run", 0), Scope("run", 1)
VENUE = Venue("v1", "Chez Luna", "2x1", "-,-,-,-,-,-,-", "UTC", takes_bookings=True)


def booking(name: str, status: Status = Status.CONFIRMED, requested_us: int = 1, **changes: Any) -> Booking:
    request = Request(name, "v1", "u1", 2, 10, 0, requested_us, "user")
    return Booking(request, Origin("dining", "new_york", None), status, **changes)


def test_an_event_is_fresh_once_a_scope(opened: Opened) -> None:
    state, transaction = opened
    with transaction():
        assert state.fresh(ONE, ["a", "b", "a"]) == {"a", "b"}
        assert state.fresh(ONE, ["b", "c"]) == {"c"}
    with transaction():
        assert state.fresh(TWO, ["a"]) == {"a"}
        assert state.fresh(ONE, []) == set()


def test_venues_are_replaced_and_removed(opened: Opened) -> None:
    state, transaction = opened
    with transaction():
        state.put_venues(ONE, [replace(VENUE, name="Old"), VENUE])
        found = state.directory(ONE)
        assert found == {"v1": VENUE}
        assert state.directory(ONE) is found, "what does not change is not read again"
        assert state.directory(TWO) == {}
        state.remove_venues(ONE, ["v1", "v2"])
        assert state.directory(ONE) == {}


def test_bookings_are_found_by_id_state_timer_and_query(opened: Opened) -> None:
    state, transaction = opened
    wait = booking("w", Status.WAITLISTED, 3, due_us=50)
    done = booking("a", Status.CONFIRMED, 2, due_us=40, tables=(1, 3), code="AAA-AAA", start_us=10, seats=4)
    with transaction():
        state.add(ONE, [wait, done])
    with transaction():
        assert state.bookings(ONE, ["a", "none"]) == {"a": done}
        assert state.waiting(ONE, ["v1"]) == [wait]
        assert state.due(ONE, 40, 10) == [done]
        assert state.due(ONE, 60, 10) == [done, wait]
        assert state.due(ONE, 60, 1) == [done]
        assert state.find(ONE, Query(venue_id="v1")) == [wait, done]
        assert state.find(ONE, Query(user_id="u1", status="confirmed")) == [done]
        assert state.find(ONE, Query(limit=1)) == [wait]
        assert state.find(ONE, Query(cursor="3_w")) == [done]
        assert state.find(TWO, Query()) == []


def test_a_change_moves_timer_queue_and_code(opened: Opened) -> None:
    state, transaction = opened
    held = booking("a", Status.CONFIRMED, due_us=40, code="AAA-AAA")
    with transaction():
        state.add(ONE, [held])
        assert state.codes_taken(ONE, ["AAA-AAA", "BBB-BBB"]) == {"AAA-AAA"}
        assert state.codes_taken(TWO, ["AAA-AAA"]) == set()
        state.change(ONE, [held.to(Status.CANCELLED, reason="by_user")])
        assert state.codes_taken(ONE, ["AAA-AAA"]) == set()
        assert state.due(ONE, 100, 10) == []
        assert state.bookings(ONE, ["a"])["a"].reason == "by_user"


def test_a_table_cannot_be_held_twice(opened: Opened) -> None:
    state, transaction = opened
    with transaction():
        state.claim(ONE, [Claim("a", "v1", 1, 100, 6)])
    with pytest.raises(ConflictError), transaction():
        state.claim(ONE, [Claim("b", "v1", 1, 105, 6)])
    with transaction():
        state.claim(TWO, [Claim("b", "v1", 1, 105, 6)])
        state.claim(ONE, [Claim("c", "v1", 1, 106, 6), Claim("c", "v1", 2, 100, 6)])


def test_a_code_cannot_be_given_twice_nor_a_booking_entered_twice(opened: Opened) -> None:
    state, transaction = opened
    with transaction():
        state.add(ONE, [booking("a", code="AAA-AAA")])
    with pytest.raises(ConflictError), transaction():
        state.add(ONE, [booking("b", code="AAA-AAA")])
    with pytest.raises(ConflictError), transaction():
        state.add(ONE, [booking("a", code="CCC-CCC")])


def test_claims_are_found_by_the_slots_they_touch_and_released(opened: Opened) -> None:
    state, transaction = opened
    claims = [Claim("a", "v1", 1, 100, 6), Claim("b", "v1", 2, 106, 6)]
    with transaction():
        state.claim(ONE, claims)
        assert state.claims(ONE, ["v1"], 105, 106) == claims[:1]
        assert state.claims(ONE, ["v1"], 106, 200) == claims[1:]
        assert state.claims(ONE, ["v2"], 0, 200) == []
        state.release(ONE, claims[:1])
        assert state.claims(ONE, ["v1"], 0, 200) == claims[1:]


def test_small_things_are_remembered(opened: Opened) -> None:
    state, transaction = opened
    question = Question("a", "r", "e", 1, "booking.create")
    tick = Tick("t", 5, "bookings:0=3", "dining", "new_york")
    with transaction():
        assert (state.tick(ONE), state.live()) == (None, None)
        state.put_tick(ONE, tick)
        state.put_live(ONE)
        state.put_live(TWO)
        state.put_times(ONE, {"v1": 5})
        state.put_questions(ONE, [question])
        state.put_interests(ONE, [Interest("v1", "u1", 5, 1), Interest("v1", "u1", 9, 2), Interest("v1", "u2", 7, 1)])
        state.advance({("bookings", 0): 5})
        state.advance({("bookings", 0): 3, ("venues", 1): 1})
    with transaction():
        assert (state.tick(ONE), state.live()) == (tick, TWO)
        assert state.times(ONE, ["v1", "v2"]) == {"v1": 5}
        assert state.questions(ONE, ["a"]) == [question]
        assert state.interests(ONE, "v1", 6, 9) == [Interest("v1", "u2", 7, 1), Interest("v1", "u1", 9, 2)]
        assert state.positions() == {("bookings", 0): 5, ("venues", 1): 1}
        state.drop_tick(ONE)
        state.drop_questions(ONE, ["r"])
        state.drop_interests(ONE, "v1", ["u2"])
        assert (state.tick(ONE), state.questions(ONE, ["a"])) == (None, [])
        assert state.interests(ONE, "v1", 0, 1) == [Interest("v1", "u1", 9, 2)]


@pytest.mark.postgres
def test_what_a_transaction_that_fails_has_written_is_gone(durable: PostgresState) -> None:
    def fail() -> None:
        with durable.transaction():
            assert durable.fresh(ONE, ["a"]) == {"a"}
            durable.claim(ONE, [Claim("a", "v1", 1, 1, 1), Claim("b", "v1", 1, 1, 1)])

    with pytest.raises(ConflictError):
        fail()
    with durable.transaction():
        assert durable.fresh(ONE, ["a"]) == {"a"}


class Transacting:
    """The processor with every batch in a transaction of its own."""

    def __init__(self, state: PostgresState) -> None:
        self._state = state
        self._inner = BookingProcessor(state)
        self.name, self.subscriptions = self._inner.name, self._inner.subscriptions

    def process(self, batch: Batch) -> Any:
        with self._state.transaction():
            outputs: list[Output] = list(self._inner.process(batch))
        return outputs


@pytest.mark.postgres
@given(story=stories)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_adapters_tell_the_same_story(
    durable: PostgresState, engine: Engine, story: list[tuple[str, Any]]
) -> None:
    with durable.transaction() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(f"booking.{table.name}" for table in metadata.sorted_tables))
    durable = PostgresState(engine)
    stored = live(opened_city(City(Transacting(durable))), story)
    assert stored.rows("bookings") == live(opened_city(), story).rows("bookings")
    assert ledger.violations(stored.rows("bookings"), VENUES) == []

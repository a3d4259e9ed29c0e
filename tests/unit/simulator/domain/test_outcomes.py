"""What the booking service said, folded: many records of one tick, each as if it had come alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.simulator.domain import nodes
from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.events import Kind
from services.simulator.domain.ids import printed
from services.simulator.domain.outcomes import fold_outcomes
from services.simulator.domain.requests import request_tables
from services.simulator.domain.state import GIVEN_UP, MEMBERS
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import make_city

KINDS = ("booking.confirmed", "booking.declined", "booking.expired", "booking.cancelled", "booking.moved")
_SCHEMA = {
    "event_type": pl.String, "booking_id": pl.String, "event_id": pl.String, "user_id": pl.String,
    "venue_id": pl.String, "member_ids": pl.String, "party_size": pl.Int64, "start_time": pl.Int64,
    "cause_id": pl.String, "alternatives": pl.String,
}  # fmt: skip


def _turn() -> Turn:
    return make_city(60, venues=80)._turn(0, (), ())


def _ask(turn: Turn, users: Sequence[int], *, group: int = 0) -> np.ndarray:
    """Tables for two that somebody has asked for, three hours ahead; the rows of the pool."""
    count = len(users)
    who, venue = np.array(users), int(np.flatnonzero(turn.state.venues["takes_bookings"])[0])
    members = np.full((count, MEMBERS), -1)
    members[:, 0], members[:, 1] = who, (who + 1) % 60
    none = np.zeros(count, dtype=np.uint64)
    request_tables(
        turn, np.full(count, turn.start), who, np.full(count, venue), np.full(count, 2),
        np.full(count, turn.start + 3 * HOUR), members, (none, none), none, (none, none + np.uint64(group)),
    )  # fmt: skip
    return np.asarray(turn.state.pools["bookings"].rows[-count:])


def _said(turn: Turn, booking: np.void, kind: str, number: int, alternatives: str | None = None) -> dict[str, Any]:
    halves = (np.array([value], dtype=np.uint64) for value in (booking["high"], booking["low"]))
    one = np.array([number + 1], dtype=np.uint64)
    return {
        "event_type": kind, "booking_id": printed(*halves)[0].decode(), "event_id": printed(one, one)[0].decode(),
        "user_id": f"u{booking['user']:07d}", "venue_id": f"v{booking['venue']:06d}", "member_ids": None,
        "party_size": int(booking["size"]), "start_time": turn.start + 3 * HOUR, "cause_id": None,
        "alternatives": alternatives,
    }  # fmt: skip


def _frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_SCHEMA)


def _left(turn: Turn) -> tuple[list[bytes], list[bytes], list[bytes]]:
    pools = turn.state.pools
    rows = (pools["bookings"].rows, pools["arrivals"].rows, turn.events.rows())
    return tuple(sorted(row.tobytes() for row in each) for each in rows)  # type: ignore[return-value]


@given(said=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(KINDS)), min_size=1, max_size=14))
@settings(max_examples=40, deadline=None)
def test_outcomes_of_one_tick_leave_what_they_leave_one_by_one(said: list[tuple[int, str]]) -> None:
    """Any order, any repetition: confirmed and cancelled in one tick, twice confirmed, cancelled before."""
    at_once, singly = _turn(), _turn()
    for turn in (at_once, singly):
        _ask(turn, range(6), group=7)
    rows = [
        _said(at_once, at_once.state.pools["bookings"].rows[which], kind, number)
        for number, (which, kind) in enumerate(said)
    ]
    fold_outcomes(at_once, _frame(rows))
    for row in rows:
        fold_outcomes(singly, _frame([row]))
    assert _left(at_once) == _left(singly)


def test_a_pool_is_written_once_however_many_outcomes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = _turn()
    asked = _ask(turn, range(50))
    written: list[int] = []

    def noted(rows: Sequence[np.ndarray]) -> np.ndarray:
        written.append(len(rows))
        return np.concatenate(rows)

    monkeypatch.setattr("services.simulator.domain.outcomes.joined", noted)
    fold_outcomes(turn, _frame([_said(turn, one, "booking.confirmed", at) for at, one in enumerate(asked)]))
    assert written[0] == 50
    assert len(written) == 2
    assert (turn.state.pools["bookings"].rows["status"] == 1).all()


def test_whoever_is_confirmed_comes_together_and_whoever_is_declined_does_not() -> None:
    turn = _turn()
    asked = _ask(turn, range(40))
    fold_outcomes(turn, _frame([_said(turn, one, "booking.confirmed", at) for at, one in enumerate(asked)]))
    arrivals = turn.state.pools["arrivals"].rows
    kept, parties = np.unique(arrivals["booking_low"], return_counts=True)
    assert 0 < len(kept) <= 40
    assert set(parties.tolist()) == {2}
    assert (np.abs(arrivals["time"] - turn.start - 3 * HOUR) <= 15 * MINUTE).all()
    fold_outcomes(turn, _frame([_said(turn, one, "booking.cancelled", 100 + at) for at, one in enumerate(asked)]))
    assert len(turn.state.pools["arrivals"]) == len(turn.state.pools["bookings"]) == 0


def test_a_table_asked_for_in_somebodys_name_is_remembered_too() -> None:
    turn = _turn()
    stranger = np.zeros(1, dtype=turn.state.pools["bookings"].rows.dtype)
    stranger["high"], stranger["low"], stranger["user"], stranger["size"] = 5, 6, 3, 2
    row = _said(turn, stranger[0], "booking.confirmed", 0) | {"member_ids": "u0000003,u0000009,nobody"}
    fold_outcomes(turn, _frame([row]))
    (booking,) = turn.state.pools["bookings"].rows
    assert (booking["high"], booking["low"], booking["user"]) == (5, 6, 3)
    assert booking["members"].tolist() == [3, 9] + [-1] * (MEMBERS - 2)


def test_a_group_without_a_table_dissolves() -> None:
    turn = _turn()
    (booking,) = _ask(turn, [3], group=77)
    fold_outcomes(turn, _frame([_said(turn, booking, "booking.declined", 0)]))
    last = turn.events.rows()[-1]
    assert (last["kind"], last["user"], last["ref_low"]) == (Kind.GROUP_DISBANDED, 3, 77)
    assert len(turn.state.pools["bookings"]) == 0


def test_some_take_the_first_alternative_once() -> None:
    turn = _turn()
    asked = _ask(turn, range(50))
    later = pl.Series([turn.start + 4 * HOUR]).cast(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")[0]
    offer = f"v{asked[0]['venue']:06d}@{later}"
    fold_outcomes(
        turn, _frame([_said(turn, one, "booking.declined", at, offer) for at, one in enumerate(asked)])
    )  # fmt: skip
    again = turn.state.pools["bookings"].rows
    assert 0 < len(again) < 50
    assert set(again["tries"].tolist()) == {1}
    fold_outcomes(turn, _frame([_said(turn, one, "booking.declined", 60 + at, offer) for at, one in enumerate(again)]))
    assert len(turn.state.pools["bookings"]) == 0


def _given_up(turn: Turn, group: int) -> Any:
    """A confirmed booking that its owner has just given up."""
    fold_outcomes(turn, _frame([_said(turn, one, "booking.confirmed", 0) for one in _ask(turn, [3], group=group)]))
    turn.state.pools["bookings"].put("cancel_at", np.zeros(1, dtype=np.int64), turn.start + 1)
    nodes._bookings(turn)
    (booking,) = turn.state.pools["bookings"].rows
    return booking


def test_a_group_whose_booking_was_given_up_dissolves_once_the_service_has_cancelled_it() -> None:
    turn = _turn()
    booking = _given_up(turn, group=77)
    assert turn.events.rows()["kind"].tolist() == [Kind.BOOKING_REQUESTED, Kind.BOOKING_CANCEL_REQUESTED]
    assert len(turn.state.pools["arrivals"]) == 0
    nodes._bookings(turn)
    fold_outcomes(turn, _frame([_said(turn, booking, "booking.cancelled", 1)]))
    told = turn.events.rows()
    assert told["kind"].tolist()[2:] == [Kind.GROUP_DISBANDED], "given up once"
    assert told["ref_low"][-1] == 77
    assert len(turn.state.pools["bookings"]) == 0


def test_nobody_comes_for_a_booking_that_was_given_up_before_it_was_confirmed_again() -> None:
    turn = _turn()
    booking = _given_up(turn, group=0)
    fold_outcomes(turn, _frame([_said(turn, booking, "booking.confirmed", 1)]))
    assert turn.state.pools["bookings"].rows["status"] == GIVEN_UP
    assert len(turn.state.pools["arrivals"]) == 0

"""Snapshots, the archive and the inbox, in both adapters of the state."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from services.booking.adapters.memory import MemoryState
from services.booking.adapters.postgres import PostgresState
from services.booking.adapters.schema import metadata
from services.booking.domain.booking import OVER, Booking, Origin, Request, Status
from services.booking.domain.group import Group, GroupStatus
from services.booking.domain.rules import CROWD, WEATHER, Condition
from services.booking.ports import ConflictError, Interest, Past, Query, Scope
from services.booking.processor import BookingProcessor
from tests import ledger
from tests.integration.booking.conftest import Opened
from tests.integration.booking.test_state import Transacting
from tests.unit.booking.city import (
    EVENING,
    FRIDAY_10H,
    HOUR,
    City,
    cancel_row,
    common,
    request_row,
    venue_row,
    weather_row,
)

ONE, TWO = Scope("run", 0), Scope("run", 1)
DAY = 24 * HOUR
ORIGIN = Origin("dining", "new_york", None)
HOUSES = {"v00001": "2x1,4x1", "v00002": "2x1"}


@pytest.fixture
def town(opened: Opened) -> City:
    state, _ = opened
    return City(BookingProcessor(state) if isinstance(state, MemoryState) else Transacting(state))


def booking(name: str, status: Status, start_us: int) -> Booking:
    request = Request(name, "v1", "u1", 2, start_us, 0, start_us - DAY, "user")
    return Booking(request, ORIGIN, status, start_us)


def command(town: City, name: str, branch: int = 0, **parameters: Any) -> dict[str, Any]:
    """A command addressed to booking, and its acknowledgement."""
    row = {
        **common(f"{name}-{branch}-{len(town.rows('simulation_control'))}", "command.issued", FRIDAY_10H, "gateway"),
        "branch": branch,
        "command_id": f"{name}-{branch}",
        "command": name,
        "target": "booking",
        "parameters": json.dumps(parameters),
        "issued_by": "t",
        "wall_time": 0,
    }
    rows = town.publish("simulation_control", row).settle().rows("simulation_control")
    return next(one for one in reversed(rows) if one["event_type"] == "ack.given")


def before(branch: int) -> list[dict[str, Any]]:
    return [request_row(name, venue_id="v00001", branch=branch, flexibility_minutes=15) for name in "abc"]


def after(branch: int) -> list[dict[str, Any]]:
    """What follows the snapshot: a full house, a place next door, and a table that goes to who waited."""
    return [
        request_row(f"d{branch}", branch=branch),
        request_row(f"e{branch}", branch=branch, party_size=4),
        cancel_row(f"x{branch}", "a", branch=branch),
        request_row(f"f{branch}", branch=branch, venue_id="v00002"),
    ]


def decided(town: City, branch: int, since: int) -> list[tuple[Any, ...]]:
    rows = [row for row in town.rows("bookings")[since:] if row["branch"] == branch and row["source"] == "booking"]
    told = ("event_type", "tables", "reason", "alternatives", "start_time", "party_size")
    return [(row["booking_id"][0], *(row[name] for name in told)) for row in rows]


def test_a_loaded_snapshot_decides_as_the_saved_state_did(town: City) -> None:
    rows = [venue_row(name, tables) for name, tables in HOUSES.items()]
    town.publish("venues", *rows).publish("environment", weather_row("w", "rain")).settle()
    town.publish("bookings", *before(0)).settle()
    assert command(town, "snapshot.save", snapshot_id="s1")["status"] == "accepted"
    since = len(town.rows("bookings"))
    town.publish("bookings", *after(0)).settle()
    town.publish("venues", *({**row, "branch": 1} for row in rows[:1])).settle()
    ack = command(town, "snapshot.load", branch=1, snapshot_id="s1")
    assert (ack["status"], ack["branch"], json.loads(ack["result"])) == ("accepted", 1, {"snapshot_id": "s1"})
    town.publish("bookings", *after(1)).settle()
    assert decided(town, 1, since) == decided(town, 0, since)
    assert len(decided(town, 1, since)) == 5
    first = [row for row in town.rows("bookings") if row["branch"] == 0]
    assert ledger.violations(first, HOUSES, settled=False) == []


def test_a_snapshot_holds_what_was_when_it_was_saved(opened: Opened) -> None:
    state, transaction = opened
    group = Group("g", "v1", "u1", 10, ("u2",), 2, 5, 7, 1, ORIGIN, tables=(1,), duration_minutes=90)
    rain = Condition("new_york", WEATHER, "", 5, word="rain")
    with transaction():
        state.add(ONE, [booking("a", Status.CONFIRMED, 10)])
        state.put_groups(ONE, [group])
        state.put_conditions(ONE, [rain])
        state.fresh(ONE, ["e"])
        assert state.save(ONE, "s1")
        assert not state.save(ONE, "s1"), "the name is taken"
        state.change(ONE, [booking("a", Status.CONFIRMED, 10).to(Status.CANCELLED)])
        state.drop_conditions(ONE, [rain])
    with transaction():
        state.add(TWO, [booking("gone", Status.CONFIRMED, 10)])
        state.fresh(TWO, ["f"])
        assert state.load(TWO, "s1")
        assert not state.load(TWO, "s2"), "there is none of the name"
        assert [one.booking_id for one in state.find(TWO, Query())] == ["a"]
        assert state.bookings(TWO, ["a"])["a"].status is Status.CONFIRMED
        assert state.groups(TWO, ["g", "none"]) == {"g": group}
        assert state.conditions(TWO) == [rain]
        assert state.fresh(TWO, ["e", "f"]) == {"e"}, "the inbox is the new branch's own"
    with transaction():
        assert state.load(Scope("run", 2), "s1"), "it can be loaded again"
        assert state.bookings(Scope("run", 2), ["a"])["a"].status is Status.CONFIRMED


@pytest.mark.parametrize(
    ("name", "parameters", "reason"),
    [
        ("snapshot.load", {"snapshot_id": "none"}, "there is no snapshot 'none'"),
        ("snapshot.save", {}, "snapshot_id: Field required"),
        ("snapshot.save", {"snapshot_id": "../x"}, "snapshot_id: String should match"),
        ("snapshot.save", {"snapshot_id": "s", "mood": "high"}, "mood: Extra inputs"),
        ("explode", {}, "booking does not take the command 'explode'"),
    ],
)
def test_a_command_that_cannot_be_obeyed_is_refused_with_its_reason(
    town: City, name: str, parameters: dict[str, Any], reason: str
) -> None:
    ack = command(town, name, **parameters)
    assert (ack["status"], ack["reason"].startswith(reason)) == ("rejected", True), ack["reason"]


def test_the_past_leaves_for_the_archive_and_is_still_found(opened: Opened) -> None:
    state, transaction = opened
    over = [booking(status.value, status, 10) for status in sorted(OVER)]
    kept = [booking("live", Status.SEATED, 10), booking("new", Status.COMPLETED, 20)]
    with transaction():
        state.add(ONE, [*over, *kept])
        assert state.tidy(ONE, Past(20, 0, 0, 0), 100) == len(over)
        assert state.tidy(ONE, Past(20, 0, 0, 0), 100) == 0
    with transaction():
        names = {one.booking_id for one in over}
        assert state.bookings(ONE, [*names, "live", "new"]).keys() == {"live", "new"}
        assert state.archived(ONE, [*names, "new"]) == {one.booking_id: one for one in over}
        assert state.known(ONE, ["cancelled", "new", "none"]) == {"cancelled", "new"}
        assert len(state.find(ONE, Query(user_id="u1"))) == len(over) + 2
        assert [one.booking_id for one in state.find(ONE, Query(user_id="u1", limit=2))] == ["new", "cancelled"]
        assert state.tidy(ONE, Past(20, 11, 0, 0), 2) == 2, "so many at most"
        assert len(state.find(ONE, Query())) == len(over)


def test_old_events_wishes_and_groups_are_forgotten(opened: Opened) -> None:
    state, transaction = opened
    group = Group("g", "v1", "u1", 10, ("u2",), 2, 5, 7, 1, ORIGIN, GroupStatus.BOOKED)
    with transaction():
        state.fresh(ONE, ["a"], 3)
        state.fresh(ONE, ["b"], 4)
        state.put_interests(ONE, [Interest("v1", "u1", 5, 1), Interest("v1", "u2", 9, 1), Interest("v2", "u2", 9, 1)])
        state.put_groups(ONE, [group, replace(group, group_id="h", status=GroupStatus.COLLECTING)])
        assert state.inbox_day(ONE) == 0
        state.tidy(ONE, Past(20, 0, 9, 4), 100)
    with transaction():
        assert state.inbox_day(ONE) == 4
        assert state.fresh(ONE, ["a", "b"], 5) == {"a"}
        assert [one.user_id for one in state.interests(ONE, "v1", 0, 9)] == ["u2"]
        assert [one.venue_id for one in state.interests_of(ONE, ["u2", "u1"])] == ["v1", "v2"]
        assert state.groups(ONE, ["g", "h"]).keys() == {"h"}


def test_groups_are_found_by_organiser_and_timer(opened: Opened) -> None:
    state, transaction = opened
    holds = Group("g", "v1", "u1", 99, ("u2",), 2, 50, 30, 1, ORIGIN, tables=(2, 3), duration_minutes=90)
    asks = replace(holds, group_id="h", tables=(), accepted=("u2",), reason="x", booking_id="b")
    off = replace(holds, group_id="i", status=GroupStatus.DECLINED)
    with transaction():
        state.put_groups(ONE, [off, asks, holds])
        state.put_groups(ONE, [holds])
        assert state.groups(ONE, ["g", "h", "i"]) == {"g": holds, "h": asks, "i": off}
        assert state.groups_of(ONE, ["u1", "u2"]) == [holds, asks]
        assert state.groups_due(ONE, 29, 9) == []
        assert state.groups_due(ONE, 30, 9) == [holds]
        assert state.groups_due(ONE, 50, 9) == [holds, asks]
        assert state.groups_due(ONE, 50, 1) == [holds]


def test_conditions_are_replaced_and_dropped(opened: Opened) -> None:
    state, transaction = opened
    rain, crowd = (
        Condition("x", WEATHER, "", 5, word="rain"),
        Condition("x", CROWD, "Concert", 5, 9, None, 1.5, 1, 2, 3),
    )
    with transaction():
        state.put_conditions(ONE, [replace(rain, word="fog"), rain, crowd])
        state.put_conditions(ONE, [rain])
        assert state.conditions(ONE) == [crowd, rain]
        assert state.conditions(TWO) == []
        state.drop_conditions(ONE, [crowd])
        assert state.conditions(ONE) == [rain]


def test_confirmed_bookings_are_found_by_their_start(opened: Opened) -> None:
    state, transaction = opened
    wanted = replace(booking("a", Status.CONFIRMED, 50), due_us=60)
    others = [
        replace(booking("late", Status.CONFIRMED, 81), due_us=82),
        replace(booking("early", Status.CONFIRMED, 39), due_us=60),
        replace(booking("seated", Status.SEATED, 50), due_us=60),
    ]
    with transaction():
        state.add(ONE, [wanted, *others])
        assert state.confirmed(ONE, 40, 80, 30) == [wanted]


def test_time_takes_the_past_away_and_an_old_request_that_comes_again_is_known(town: City) -> None:
    town.publish("venues", venue_row(tables="2x1")).settle()
    town.publish("bookings", request_row("a")).settle().tick(EVENING + HOUR)
    assert town.told("a") == ["confirmed", "no_show"]
    town.tick(EVENING + 20 * DAY)
    assert town.ask("booking.get", booking_id="a")["payload"]["status"] == "no_show", "it is in the archive"
    assert town.publish("bookings", request_row("a")).settle().told("a") == ["confirmed", "no_show"]
    assert town.ask("booking.cancel", booking_id="a")["reason"] == "the booking is no_show"
    assert town.publish("bookings", request_row("b")).settle().told("b"), "an old request that never came is decided"


@pytest.mark.postgres
def test_the_tables_of_every_day_hold_no_past(engine: Engine, durable: PostgresState) -> None:
    town = City(Transacting(durable)).publish("venues", venue_row(tables="2x3")).settle()
    for day in range(8):
        at = FRIDAY_10H + day * DAY
        rows = [request_row(f"d{day}-{n}", at, start_time=EVENING + day * DAY) for n in range(20)]
        town.publish("bookings", *rows).settle().tick(at + DAY - HOUR)
    with engine.connect() as connection:
        counted = {
            table.name: connection.execute(text(f"SELECT count(*) FROM {table.fullname}")).scalar_one()
            for table in metadata.sorted_tables
        }
    assert counted["bookings"] <= 3 * 20
    assert counted["archive"] == 8 * 20 - counted["bookings"]
    assert counted["claims"] == 0


def test_a_conflict_is_one_in_both(opened: Opened) -> None:
    state, transaction = opened
    with transaction():
        state.add(ONE, [booking("a", Status.CONFIRMED, 10)])
    with pytest.raises(ConflictError), transaction():
        state.add(ONE, [booking("a", Status.CONFIRMED, 10)])

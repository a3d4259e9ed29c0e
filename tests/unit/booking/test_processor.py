from typing import Any

import pytest

from services.booking.adapters.memory import MemoryState
from services.booking.ports import Scope
from services.booking.processor import BookingProcessor
from tests.unit.booking.city import (
    EVENING,
    FRIDAY_10H,
    HOUR,
    MINUTE,
    City,
    cancel_row,
    request_row,
    venue_row,
    visit_row,
)


def city(**venue: Any) -> City:
    return City().publish("venues", venue_row(**venue)).settle()


def test_a_request_gets_the_smallest_table_that_fits_and_a_code() -> None:
    told = city().publish("bookings", request_row("a")).settle().last("a")
    assert (told["event_type"], told["tables"], told["seats"]) == ("booking.confirmed", "1", 2)
    assert told["confirmation_code"]
    assert told["correlation_id"] == "a"


def test_the_fourth_party_is_declined_with_up_to_three_other_times() -> None:
    told = city().publish("bookings", *(request_row(name) for name in "abcd")).settle().last("d")
    assert (told["event_type"], told["reason"]) == ("booking.declined", "no_table")
    assert 1 <= len(told["alternatives"].split(",")) <= 3


def test_two_tables_are_put_together_for_a_party_that_no_single_one_seats() -> None:
    told = city().publish("bookings", request_row("a", party_size=6)).settle().last("a")
    assert (told["tables"], told["seats"]) == ("1,3", 6)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"party_size": 0}, "party_invalid"),
        ({"party_size": 500}, "party_invalid"),
        ({"party_size": 9}, "party_too_large"),
        ({"start_time": FRIDAY_10H - 1}, "past"),
        ({"start_time": FRIDAY_10H + 100 * 24 * HOUR}, "too_far_ahead"),
        ({"start_time": EVENING + 10 * HOUR}, "closed"),
    ],
)
def test_what_cannot_be_granted_is_declined_with_its_reason(changes: dict[str, int], reason: str) -> None:
    assert city().publish("bookings", request_row("a", **changes)).settle().last("a")["reason"] == reason


def test_a_house_that_takes_no_bookings_says_so() -> None:
    told = city(takes_bookings=False).publish("bookings", request_row("a")).settle().last("a")
    assert told["reason"] == "walk_in_only"


def test_a_request_that_overtakes_its_venue_is_decided_when_the_venue_arrives() -> None:
    overtaken = City().publish("bookings", request_row("a")).settle()
    assert overtaken.told("a") == []
    assert overtaken.publish("venues", venue_row()).settle().told("a") == ["confirmed"]


def test_a_request_whose_venue_another_process_has_heard_of_is_decided_at_the_next_tick() -> None:
    state = MemoryState()
    town = City(BookingProcessor(state)).publish("bookings", request_row("a")).settle()
    other = MemoryState()
    City(BookingProcessor(other)).publish("venues", venue_row()).settle()
    state.put_venues(Scope("run", 0), list(other.directory(Scope("run", 0)).values()))
    assert town.tick(FRIDAY_10H).told("a") == ["confirmed"]


def test_a_request_for_a_venue_that_does_not_exist_is_declined_once_the_tick_shows_it() -> None:
    unknown = City().publish("bookings", request_row("a")).settle()
    unknown.tick(FRIDAY_10H, positions="venues:0=1")
    assert unknown.told("a") == [], "a venue's row is still on its way"
    unknown = City().publish("bookings", request_row("a")).settle().tick(FRIDAY_10H)
    assert unknown.last("a")["reason"] == "unknown_venue"


def test_the_same_request_twice_has_one_outcome() -> None:
    twice = city().publish("bookings", request_row("a"), request_row("a")).settle()
    assert twice.publish("bookings", request_row("a")).settle().told("a") == ["confirmed"]


def test_only_the_booker_cancels_and_only_once() -> None:
    booked = city().publish("bookings", request_row("a"), cancel_row("x", "a", user_id="u0000002")).settle()
    assert booked.told("a") == ["confirmed"]
    booked.publish("bookings", cancel_row("y", "a"), cancel_row("z", "a")).settle()
    assert booked.told("a") == ["confirmed", "cancelled"]


def test_a_cancelled_table_goes_to_the_next_request_of_the_same_batch() -> None:
    full = city(tables="2x1").publish("bookings", request_row("a"), cancel_row("x", "a"), request_row("b")).settle()
    assert full.told("b") == ["confirmed"]


def test_who_waits_gets_the_table_that_a_cancellation_frees() -> None:
    full = city(tables="2x1").publish("bookings", request_row("a"), request_row("b", flexibility_minutes=15)).settle()
    assert full.told("b") == ["waitlisted"]
    assert full.publish("bookings", cancel_row("x", "a")).settle().told("b") == ["waitlisted", "confirmed"]


def test_two_who_get_tables_by_one_cancellation_are_told_by_two_events() -> None:
    full = city(tables="2x2").publish("bookings", request_row("a", party_size=4)).settle()
    waiting = [request_row(name, flexibility_minutes=15) for name in ("b", "c")]
    full.publish("bookings", *waiting).settle().publish("bookings", cancel_row("x", "a")).settle()
    assert (full.told("b"), full.told("c")) == (["waitlisted", "confirmed"],) * 2
    for topic in ("bookings", "system_metrics"):
        ids = [row["event_id"] for row in full.rows(topic) if row["source"] == "booking"]
        assert len(ids) == len(set(ids)), f"two events of {topic} have one id"


def test_a_wait_expires_before_the_start() -> None:
    full = city(tables="2x1").publish("bookings", request_row("a"), request_row("b", flexibility_minutes=15)).settle()
    full.tick(EVENING - 61 * MINUTE)
    assert full.told("b") == ["waitlisted"]
    assert full.tick(EVENING - 60 * MINUTE).told("b") == ["waitlisted", "expired"]


def test_a_visit_seats_and_completes_its_booking() -> None:
    visited = city().publish("bookings", request_row("a")).settle()
    visited.publish(
        "user_actions", visit_row("s", "visit.started", "a"), visit_row("w", "visit.started", None)
    ).settle()
    visited.publish("user_actions", visit_row("e", "visit.ended", "a", EVENING + HOUR)).settle().tick(
        EVENING + 5 * HOUR
    )
    assert visited.told("a") == ["confirmed", "seated", "completed"]


def test_who_does_not_come_is_a_no_show_half_an_hour_after_the_start() -> None:
    empty = city().publish("bookings", request_row("a")).settle().tick(EVENING + 29 * MINUTE)
    assert empty.told("a") == ["confirmed"]
    assert empty.tick(EVENING + 30 * MINUTE).told("a") == ["confirmed", "no_show"]


def test_a_timer_does_not_overtake_a_visit_in_flight() -> None:
    late = city().publish("bookings", request_row("a")).settle()
    late.tick(EVENING + 30 * MINUTE, positions="user_actions:0=1,user_actions:1=1,user_actions:2=1,user_actions:3=1")
    assert late.told("a") == ["confirmed"], "visits were written that have not been consumed"
    late.publish("user_actions", visit_row("s", "visit.started", "a")).settle()
    assert late.told("a") == ["confirmed", "seated"]


def test_a_new_branch_begins_with_free_tables() -> None:
    twice = city(tables="2x1").publish("venues", venue_row(tables="2x1", branch=1)).settle()
    twice.publish("bookings", request_row("a"), request_row("b", branch=1)).settle()
    assert (twice.told("a"), twice.told("b")) == (["confirmed"], ["confirmed"])


def test_simulation_time_never_goes_back_for_a_venue() -> None:
    mixed = city().publish("bookings", request_row("a"), request_row("b", at=FRIDAY_10H + HOUR)).settle()
    mixed.publish("user_actions", visit_row("s", "visit.started", "a", FRIDAY_10H)).settle()
    times = [row["simulation_time"] for row in mixed.rows("bookings") if row["source"] == "booking"]
    assert times == sorted(times)
    assert len(times) == 3


def test_a_person_is_told_of_the_outcome() -> None:
    told = city().publish("bookings", request_row("a")).settle().rows("system_metrics")
    assert [row["event_type"] for row in told] == ["notification.dispatched"]
    assert "Fri 05 Jun 19:00" in told[0]["text"]


def test_a_venue_whose_rating_changes_is_not_written_again() -> None:
    state = MemoryState()
    town = City(BookingProcessor(state)).publish("venues", venue_row()).settle()
    before = state.directory(Scope("run", 0))
    town.publish("venues", venue_row(rating=4.5, rating_count=11)).settle()
    assert state.directory(Scope("run", 0)) is before


def test_booking_acknowledges_a_reset_that_is_addressed_to_it() -> None:
    row = {**request_row("c"), "event_type": "command.issued", "source": "gateway"}
    for name in ("user_id", "venue_id", "booking_id", "party_size", "start_time", "created_by"):
        del row[name]
    command = {
        **row,
        "command_id": "c",
        "command": "reset",
        "target": "booking",
        "parameters": "{}",
        "issued_by": "t",
        "wall_time": 0,
    }
    acks = [
        r
        for r in City().publish("simulation_control", command).settle().rows("simulation_control")
        if r["event_type"] == "ack.given"
    ]
    assert [(ack["command_id"], ack["status"]) for ack in acks] == [("c", "accepted")]

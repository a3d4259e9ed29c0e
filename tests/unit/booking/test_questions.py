"""What the gateway asks of booking, and what it gets for a bad question."""

from typing import Any

import pytest

from tests import ledger
from tests.unit.booking.city import (
    EVENING,
    HOUR,
    MINUTE,
    City,
    question_row,
    request_row,
    venue_row,
    visit_row,
)


def city(**venue: Any) -> City:
    return City().publish("venues", venue_row(**venue)).settle()


def test_the_api_books_lists_and_cancels() -> None:
    api = city()
    asked: dict[str, Any] = {
        "user_id": "u0000009",
        "venue_id": "v00001",
        "party_size": 2,
        "start_time": "2026-06-05T19:00:00-04:00",
    }
    created = api.ask("booking.create", **asked)
    assert (created["status"], created["payload"]["status"]) == ("ok", "confirmed")
    booking_id = created["payload"]["booking_id"]
    assert api.ask("booking.get", booking_id=booking_id)["payload"]["confirmation_code"]
    assert [one["booking_id"] for one in api.ask("booking.list", user_id="u0000009")["payload"]["bookings"]] == [
        booking_id
    ]
    assert api.ask("booking.cancel", booking_id=booking_id)["payload"]["status"] == "cancelled"
    assert api.ask("booking.cancel", booking_id=booking_id)["status"] == "rejected"
    assert ledger.violations(api.rows("bookings"), {"v00001": "2x2,4x1"}) == []


@pytest.mark.parametrize(
    ("kind", "parameters", "status"),
    [
        ("booking.create", {}, "rejected"),
        (
            "booking.create",
            {"user_id": "u", "venue_id": "v00001", "party_size": 0, "start_time": "2026-06-05T19:00Z"},
            "rejected",
        ),
        (
            "booking.create",
            {"user_id": "u", "venue_id": "v00001", "party_size": 2, "start_time": "tonight"},
            "rejected",
        ),
        (
            "booking.create",
            {"user_id": "u", "venue_id": "v9", "party_size": 2, "start_time": "2026-06-05T19:00Z"},
            "not_found",
        ),
        ("booking.get", {"booking_id": "none"}, "not_found"),
        ("booking.cancel", {"booking_id": "none"}, "not_found"),
        ("booking.list", {"limit": 0}, "rejected"),
        ("booking.list", {"cursor": "?"}, "rejected"),
        ("availability.get", {"venue_id": "v9", "start_time": "2026-06-05T19:00Z", "party_size": 2}, "not_found"),
        ("booking.explode", {}, "rejected"),
    ],
)
def test_a_bad_question_is_answered_with_its_reason(kind: str, parameters: dict[str, Any], status: str) -> None:
    reply = city().ask(kind, **parameters)
    assert reply["status"] == status
    assert reply["reason"]


def test_availability_counts_tables_and_the_wait() -> None:
    asked: dict[str, Any] = {"venue_id": "v00001", "start_time": "2026-06-05T19:00:00-04:00", "party_size": 2}
    free = city(tables="2x1").ask("availability.get", **asked)["payload"]
    assert (free["available"], free["slots_remaining"], free["wait_time_minutes"]) == (True, 1, 0)
    full = city(tables="2x1").publish("bookings", request_row("a")).settle().ask("availability.get", **asked)["payload"]
    assert (full["available"], full["slots_remaining"], full["wait_time_minutes"]) == (False, 0, 90)
    assert full["alternatives"]


def test_auto_booking_seats_people_with_the_same_wish_together() -> None:
    wishes = [
        {
            **visit_row(f"i{user}", "interest.expressed", None),
            "user_id": user,
            "preferred_time": EVENING + minutes * MINUTE,
        }
        for user, minutes in (("u1", 0), ("u2", 20), ("u3", 120))
    ]
    wished = city(tables="4x2").publish("user_actions", *({**wish, "party_size": 1} for wish in wishes)).settle()
    requested = wished.ask("booking.auto_book", venue_id="v00001")["payload"]["requested"]
    assert [one["user_ids"] for one in requested] == [["u1", "u2"], ["u3"]]
    assert [wished.told(one["booking_id"]) for one in requested] == [["confirmed"], ["confirmed"]]
    assert wished.ask("booking.auto_book", venue_id="v00001")["payload"]["requested"] == []


def wish(user: str, venue_id: str = "v00001", at: int = EVENING) -> dict[str, Any]:
    row = visit_row(f"i{user}{venue_id}", "interest.expressed", None, user_id=user, venue_id=venue_id, party_size=1)
    return {**row, "preferred_time": at}


def test_auto_booking_does_not_seat_people_together_whose_tastes_differ() -> None:
    rows = [
        venue_row("v00001", "4x3", cuisine="thai"),
        venue_row("v00002", cuisine="mexican"),
        venue_row("v00003", cuisine="french", price_tier=4),
    ]
    dear = [venue_row(f"v0001{n}", cuisine="thai", price_tier=4) for n in range(3)]
    town = City().publish("venues", *rows, *dear).settle()
    alike = [wish("u1"), wish("u2"), wish("u2", "v00002")]
    rich = [wish("u3"), *(wish("u3", row["venue_id"]) for row in dear)]
    town.publish("user_actions", *alike, *rich).settle()
    requested = town.ask("booking.auto_book", venue_id="v00001")["payload"]["requested"]
    assert [one["user_ids"] for one in requested] == [["u1", "u2"], ["u3"]]


def test_a_request_of_nobody_is_declined() -> None:
    told = city().publish("bookings", request_row("a", user_id="")).settle().last("a")
    assert (told["event_type"], told["reason"]) == ("booking.declined", "user_missing")


def test_a_table_is_given_to_a_person_nobody_has_heard_of() -> None:
    assert city().publish("bookings", request_row("a", user_id="stranger")).settle().told("a") == ["confirmed"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mood": "high"}, "mood"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "a,b"}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"party_size": 501}, "party_size"),
        ({"party_size": "many"}, "party_size"),
        ({"start_time": "2026-06-05T19:00"}, "start_time"),
        ({"flexibility_minutes": -1}, "flexibility_minutes"),
        ({"member_ids": ["u1", ""]}, "member_ids.1"),
    ],
)
def test_a_wrong_argument_is_named(changes: dict[str, Any], field: str) -> None:
    asked = {"user_id": "u", "venue_id": "v00001", "party_size": 2, "start_time": "2026-06-05T19:00:00-04:00"}
    reply = city().ask("booking.create", **{**asked, **changes})
    assert (reply["status"], reply["reason"].split(":")[0]) == ("rejected", field)


@pytest.mark.parametrize("parameters", ["[1]", "{", "null", '"x"'])
def test_arguments_that_are_no_object_are_refused(parameters: str) -> None:
    town = city().publish("requests", {**question_row("q", "booking.create"), "parameters": parameters}).settle()
    assert [(row["status"], bool(row["reason"])) for row in town.rows("replies")] == [("rejected", True)]


def test_a_declined_api_request_says_why() -> None:
    asked: dict[str, Any] = {"user_id": "u", "venue_id": "v00001", "start_time": "2026-06-05T19:00:00-04:00"}
    for party_size, reason in ((200, "party_invalid"), (50, "party_too_large")):
        reply = city().ask("booking.create", **asked, party_size=party_size)
        assert (reply["status"], reply["reason"]) == ("rejected", reason)
    late = city().ask("booking.create", at=EVENING + 4 * HOUR, **asked, party_size=2)
    assert (late["status"], late["reason"]) == ("rejected", "past")


def test_whoever_waits_is_told_so() -> None:
    full = city(tables="2x1").publish("bookings", request_row("a"), request_row("b", flexibility_minutes=15)).settle()
    assert full.rows("system_metrics")[-1]["text"].startswith("You are on the waiting list for a table for 2")

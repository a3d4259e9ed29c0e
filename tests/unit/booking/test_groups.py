"""Group bookings: who is asked, the table held meanwhile, and what becomes of it."""

from typing import Any

import pytest

from services.booking.domain.booking import Origin
from services.booking.domain.group import GROUP_TRANSITIONS, Group, GroupStatus, IllegalGroupTransitionError
from services.booking.domain.hours import iso
from tests import ledger
from tests.unit.booking.city import EVENING, FRIDAY_10H, HOUR, MINUTE, City, common, request_row, venue_row

TABLES = "4x1"


def city(tables: str = TABLES) -> City:
    return City().publish("venues", venue_row(tables=tables)).settle()


def asked(town: City, members: int = 3, **changes: Any) -> dict[str, Any]:
    parameters = {
        "user_id": "u0000001",
        "venue_id": "v00001",
        "start_time": iso(EVENING),
        "member_ids": [f"u000001{member}" for member in range(members)],
        **changes,
    }
    return town.ask("booking.group", **parameters)


def answer(town: City, group_id: str, member: int, *, accept: bool) -> dict[str, Any]:
    return town.ask("booking.group_answer", group_id=group_id, user_id=f"u000001{member}", accept=accept)


def get(town: City, group_id: str) -> dict[str, Any]:
    found: dict[str, Any] = town.ask("booking.group_get", group_id=group_id)["payload"]
    return found


def texts(town: City, user_id: str) -> list[str]:
    return [row["text"] for row in town.rows("system_metrics") if row["user_id"] == user_id]


def test_a_group_holds_a_table_and_asks_its_members() -> None:
    town = city()
    group = asked(town)["payload"]
    assert (group["status"], group["held_tables"], group["held_until"]) == (
        "collecting",
        [1],
        iso(FRIDAY_10H + 2 * HOUR),
    )
    assert all("Answer by Fri 05 Jun 18:00" in texts(town, f"u000001{member}")[0] for member in range(3))
    assert town.publish("bookings", request_row("b")).settle().last("b")["reason"] == "no_table", "it is held"


def test_once_all_have_answered_a_table_is_booked_for_who_comes() -> None:
    town = city()
    group_id = asked(town)["payload"]["group_id"]
    answer(town, group_id, 0, accept=True)
    answer(town, group_id, 1, accept=False)
    group = answer(town, group_id, 2, accept=True)["payload"]
    assert group["status"] == "booking"
    group = get(town, group_id)
    told = town.last(group["booking_id"])
    assert (group["status"], told["event_type"], told["party_size"]) == ("booked", "booking.confirmed", 3)
    assert (told["created_by"], told["group_id"]) == ("group", group_id)
    assert told["member_ids"] == "u0000001,u0000010,u0000012"
    assert ledger.violations(town.rows("bookings"), {"v00001": TABLES}) == []


def test_at_the_deadline_it_is_booked_for_fewer() -> None:
    town = city()
    group_id = asked(town, deadline=iso(FRIDAY_10H + HOUR))["payload"]["group_id"]
    answer(town, group_id, 0, accept=True)
    assert get(town.tick(FRIDAY_10H + 59 * MINUTE), group_id)["status"] == "collecting"
    group = get(town.tick(FRIDAY_10H + HOUR), group_id)
    assert (group["status"], town.last(group["booking_id"])["party_size"]) == ("booked", 2)


def test_too_few_are_no_group_and_their_table_is_free_again() -> None:
    town = city()
    group_id = asked(town, deadline=iso(FRIDAY_10H + HOUR))["payload"]["group_id"]
    group = get(town.tick(FRIDAY_10H + HOUR), group_id)
    assert (group["status"], group["reason"], group["held_tables"]) == ("declined", "too_few", [])
    assert "does not meet (too_few)" in texts(town, "u0000001")[-1]
    assert town.publish("bookings", request_row("b")).settle().told("b") == ["confirmed"]


def test_a_hold_expires_and_frees_the_table_while_answers_still_come() -> None:
    town = city()
    group_id = asked(town)["payload"]["group_id"]
    waits = request_row("w", flexibility_minutes=15)
    assert town.publish("bookings", waits).settle().told("w") == ["waitlisted"]
    group = get(town.tick(FRIDAY_10H + 2 * HOUR), group_id)
    assert (group["status"], group["held_tables"]) == ("collecting", [])
    assert town.told("w") == ["waitlisted", "confirmed"], "who waited has it"
    for member in range(3):
        answer(town, group_id, member, accept=True)
    group = get(town, group_id)
    assert (group["status"], group["reason"]) == ("declined", "no_table")
    assert ledger.violations(town.rows("bookings"), {"v00001": TABLES}) == []


def test_the_organiser_calls_it_off() -> None:
    town = city()
    group_id = asked(town)["payload"]["group_id"]
    off = town.ask("booking.group_answer", group_id=group_id, user_id="u0000001", accept=False)["payload"]
    assert (off["status"], off["reason"]) == ("declined", "by_user")
    again = answer(town, group_id, 0, accept=True)
    assert (again["status"], again["reason"]) == ("rejected", "the group is declined")


def test_an_answer_to_the_invitation_in_the_city_is_an_answer() -> None:
    town = city()
    group_id = asked(town, members=2)["payload"]["group_id"]

    def invited(name: str, kind: str, member: int, planned: int) -> dict[str, Any]:
        return {
            **common(name, kind, FRIDAY_10H + HOUR),
            "user_id": f"u000001{member}",
            "other_user_id": "u0000001",
            "invite_id": "i",
            "venue_id": "v00001",
            "planned_time": planned,
            "latency_seconds": 60,
        }

    town.publish("social_interactions", invited("x", "invite.accepted", 0, EVENING + 31 * MINUTE)).settle()
    assert get(town, group_id)["accepted"] == [], "that was another evening"
    town.publish(
        "social_interactions",
        invited("y", "invite.accepted", 0, EVENING + 15 * MINUTE),
        invited("z", "invite.declined", 1, EVENING),
    ).settle()
    group = get(town, group_id)
    assert (group["status"], group["accepted"], group["declined"]) == ("booked", ["u0000010"], ["u0000011"])


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"venue_id": "v9"}, "not_found", "venue v9 is unknown"),
        ({"member_ids": []}, "rejected", "member_ids"),
        ({"member_ids": ["a,b"]}, "rejected", "member_ids.0"),
        ({"mood": "high"}, "rejected", "mood"),
        ({"start_time": iso(FRIDAY_10H - HOUR)}, "rejected", "deadline"),
        ({"member_ids": [f"m{member}" for member in range(20)]}, "rejected", "party_too_large"),
        ({"deadline": "soon"}, "rejected", "deadline"),
    ],
)
def test_a_group_that_cannot_be_is_refused_with_its_reason(changes: dict[str, Any], status: str, reason: str) -> None:
    reply = asked(city(), **changes)
    assert (reply["status"], reply["reason"].startswith(reason)) == (status, True), reply["reason"]


def test_a_full_house_refuses_a_group_with_other_times() -> None:
    reply = asked(city().publish("bookings", request_row("b")).settle())
    assert (reply["status"], reply["reason"]) == ("rejected", "no_table")
    assert reply["payload"]["alternatives"]


def test_who_was_not_asked_does_not_answer() -> None:
    town = city()
    reply = answer(town, asked(town)["payload"]["group_id"], 9, accept=True)
    assert (reply["status"], reply["reason"]) == ("rejected", "u0000019 was not asked")
    assert answer(town, "none", 1, accept=True)["status"] == "not_found"
    assert town.ask("booking.group_get", group_id="none")["status"] == "not_found"


@pytest.mark.parametrize("before", GroupStatus)
@pytest.mark.parametrize("after", GroupStatus)
def test_every_transition_of_a_group_that_is_not_listed_is_refused(before: GroupStatus, after: GroupStatus) -> None:
    group = Group("g", "v", "u", 0, ("a",), 2, 0, 0, 0, Origin("dining", "new_york", None), before)
    if after in GROUP_TRANSITIONS[before]:
        assert group.to(after).status is after
    else:
        with pytest.raises(IllegalGroupTransitionError):
            group.to(after)

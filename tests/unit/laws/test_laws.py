"""Every law of the city can fail: a story that keeps all of them, and for each law the changes that break it alone."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from tests.laws import bookings, wire
from tests.laws.every import LAWS, violations
from tests.laws.reading import Reading
from tests.unit.laws.stories import NOON, Change, again, altered, elsewhere, moved, reading, told, without

BREAKS: list[tuple[str, Change]] = [
    ("sessions_come_first", altered("view", session_id="s0")),
    ("sessions_come_first", altered("session", session_id="s0")),
    ("sessions_come_first", moved("session", 2.5)),
    ("visits_are_in_opening_hours", altered("venue", opening_hours=",".join(["-"] * 7))),
    ("visits_are_in_opening_hours", altered("venue", opening_hours=",".join(["660-800"] * 7))),
    ("visits_are_in_opening_hours", altered("left", visit_id="nobody's")),
    ("reviews_follow_visits", altered("review", visit_id="nobody's")),
    ("reviews_follow_visits", altered("review", venue_id="v00002")),
    ("reviews_follow_visits", moved("review", 199)),
    ("accepted_recommendations_were_generated", without("item")),
    ("accepted_recommendations_were_generated", altered("item", user_id="u0000002")),
    ("accepted_recommendations_were_generated", moved("item", 4)),
    ("answers_follow_invitations", without("invite")),
    ("answers_follow_invitations", altered("invite", other_user_id="u0000003")),
    ("answers_follow_invitations", moved("invite", 6)),
    ("answers_follow_invitations", again("answer", "second", event_type="invite.declined")),
    ("visits_honour_confirmed_bookings", altered("visit", booking_id="b9")),
    ("visits_honour_confirmed_bookings", altered("visit", venue_id="v00002")),
    ("visits_honour_confirmed_bookings", moved("visit", 5)),
    ("visits_honour_confirmed_bookings", again("visit", "second")),
    ("causes_are_told", without("window")),
    ("every_request_has_one_outcome", without("request")),
    ("every_request_has_one_outcome", again("confirmed", "second", event_type="booking.declined")),
    ("every_request_has_one_outcome", altered("request", booking_id="b9")),
    ("never_over_capacity", altered("other confirmed", tables="1")),
    ("never_over_capacity", altered("venue", seats=3)),
    ("never_over_capacity", altered("confirmed", seats=1)),
    ("never_over_capacity", without("venue")),
    ("never_over_capacity", again("confirmed", "in the rain", event_type="booking.moved", tables="2")),
    ("codes_are_unique_while_live", altered("other confirmed", confirmation_code="LUNA")),
    ("time_never_goes_back", again("left", "earlier", simulation_time=NOON)),
    ("keys_are_the_key_column_on_java_s_partition", elsewhere("session", key=b"u0000009")),
    ("keys_are_the_key_column_on_java_s_partition", elsewhere("session", partition=9)),
    ("producers_keep_to_the_contract", altered("session", source="gateway")),
    ("producers_keep_to_the_contract", altered("session", event_type="session.dreamt")),
    ("producers_keep_to_the_contract", altered("session", latitude=None)),
    ("no_id_is_used_again", altered("left", event_id="c1")),
    ("duplicates_are_identical", again("session", "s1", latitude=40.0)),
]


def test_a_story_in_which_all_is_well_breaks_no_law() -> None:
    assert violations(reading()) == {}


@pytest.mark.parametrize(("law", "change"), BREAKS, ids=[f"{law}-{number}" for number, (law, _) in enumerate(BREAKS)])
def test_a_law_that_is_broken_is_found(law: str, change: Change) -> None:
    assert law in violations(reading(change))


def test_every_law_is_seen_to_fail() -> None:
    assert {law.__name__ for law in LAWS} <= {law for law, _ in BREAKS}


def test_tables_that_follow_one_another_are_no_conflict() -> None:
    later = NOON + dt.timedelta(hours=2, minutes=90)
    assert violations(reading(altered("other confirmed", tables="1", start_time=later))) == {}


def test_a_table_given_back_can_be_taken_again() -> None:
    released = again("confirmed", "given back", event_type="booking.cancelled", reason="changed plans")
    taken = altered("other confirmed", tables="1")
    story = reading(without("visit"), without("left"), without("review"), released, taken)
    assert violations(story), "the other table was taken before the first was given back"


def test_a_table_somebody_was_moved_from_can_be_taken_by_another() -> None:
    """The story has two tables and three parties: who sat at the first goes, who sat at the second moves there."""
    later: dict[str, Any] = {"simulation_time": NOON + dt.timedelta(minutes=8)}
    gone = again("confirmed", "given back", event_type="booking.cancelled", reason="changed plans", **later)
    inside = again("other confirmed", "in the rain", event_type="booking.moved", tables="1", reason="rain", **later)
    third: dict[str, Any] = {"booking_id": "b3", "confirmation_code": "TREE", **later}
    asked = again("other request", "b3", **third)
    taken = again("other confirmed", "c3", **third)
    people = (without("visit"), without("left"), without("review"))
    assert violations(reading(*people, gone, inside, asked, taken)) == {}
    assert "never_over_capacity" in violations(reading(*people, gone, asked, taken)), "nobody was moved"


def test_a_request_without_an_outcome_is_found_once_it_is_due() -> None:
    story = reading(without("other confirmed"))
    assert bookings.every_request_has_one_outcome(story, settled_before=NOON) == []
    due = NOON + dt.timedelta(minutes=8)
    assert bookings.every_request_has_one_outcome(story, settled_before=due) != []


def test_an_identical_duplicate_is_no_violation_and_is_counted() -> None:
    story = reading(again("session", "s1"))
    assert violations(story) == {}
    assert story.duplicates == 1


def venue_rows(*minutes: float) -> list[str]:
    """What is broken when rows of these times follow one another under one key; a time is an identity."""
    rows = [told("venues", "venue.updated", f"at {minute}", minute, venue_id="v00001") for minute in minutes]
    return wire.time_never_goes_back(Reading.of(replace(row, offset=offset) for offset, row in enumerate(rows)))


def test_rows_said_again_are_in_order_also_where_the_first_has_been_compacted_away() -> None:
    assert venue_rows(1, 2, 1, 2) == []
    assert venue_rows(2, 1, 2) == []
    assert venue_rows(1, 2, 1) != [], "the last row is not the newest"
    assert venue_rows(2, 1) != []


def test_tellings_are_judged_apart() -> None:
    outcome_elsewhere = altered("other confirmed", branch=2)
    assert "every_request_has_one_outcome" in violations(reading(outcome_elsewhere))

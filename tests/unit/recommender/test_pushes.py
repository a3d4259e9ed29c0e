"""What people are told unasked: at session starts and before meals, within bounds, never back in time."""

import pytest

from services.recommender.handlers import Recommender
from tests.unit.recommender.builders import (
    FRIDAY_18H_US,
    MINUTE_US,
    Row,
    batch,
    items,
    recommender,
    record,
    session,
    user,
    venue,
)

DINNER = -45
"""Minutes from 18:00 to 17:15, when dinners are proposed."""


def at(minute: int, kind: str = "venue.browsed", user_id: str = "u9", **columns: object) -> Row:
    return {**record(kind, user_id, minute=minute), **columns}


@pytest.fixture
def service() -> Recommender:
    made = recommender()
    made.process(batch("venues", venue("v1"), venue("v2"), venue("v3"), venue("v4")))
    made.process(batch("users", user("u1"), user("u2"), user("u3", lifecycle="dormant")))
    day = 24 * 60
    evenings = [at(-day * k, "visit.started", name, venue_id="v1") for k in (4, 3, 2) for name in ("u1", "u3")]
    noons = [at(-day * k - 6 * 60, "visit.started", "u2", venue_id="v1") for k in (4, 3, 2)]
    for visit in sorted((*evenings, *noons), key=lambda row: int(str(row["simulation_time"]))):
        made.process(batch("user_actions", visit))
    made.process(batch("user_actions", at(DINNER - 30)))
    return made


def test_who_usually_dines_out_is_told_before_dinner_once(service: Recommender) -> None:
    told = items(service.process(batch("user_actions", at(DINNER))))
    assert {(item["user_id"], item["trigger"]) for item in told} == {("u1", "meal_time")}
    assert [item["rank"] for item in told] == [1, 2, 3]
    assert {item["simulation_time"] for item in told} == {FRIDAY_18H_US + DINNER * MINUTE_US}
    assert items(service.process(batch("user_actions", at(DINNER + 1), at(DINNER + 200)))) == []


def test_a_meal_missed_by_a_gap_in_the_feed_is_told_of_at_its_own_time(service: Recommender) -> None:
    told = items(service.process(batch("user_actions", at(DINNER + 90))))
    assert {item["simulation_time"] for item in told} == {FRIDAY_18H_US + DINNER * MINUTE_US}
    assert not any("correlation_id" in item for item in told)


def test_the_same_push_has_the_same_id_whatever_record_brought_the_minute(service: Recommender) -> None:
    one = items(service.process(batch("user_actions", at(DINNER, user_id="u7"))))
    assert one
    assert len({item["event_id"] for item in one}) == len(one)


def test_the_past_is_folded_without_telling_anybody(service: Recommender) -> None:
    service.learning = True
    assert service.process(batch("user_actions", at(DINNER), session("u1", minute=DINNER + 1))) == []
    service.learning = False
    assert items(service.process(batch("user_actions", session("u1", minute=DINNER + 2))))


def test_nobody_is_shown_more_lists_a_day_than_allowed(service: Recommender) -> None:
    sessions = [session("u2", minute=minute) for minute in range(60)]
    lists = {item["list_id"] for item in items(service.process(batch("user_actions", *sessions)))}
    allowed = service._weights.pushes.lists_a_day
    assert len(lists) == allowed
    assert items(service.process(batch("user_actions", session("u2", minute=24 * 60))))


def test_time_never_goes_back_for_a_person_even_when_partitions_do(service: Recommender) -> None:
    later = items(service.process(batch("user_actions", session("u1", minute=20))))
    earlier = items(service.process(batch("user_actions", session("u1", minute=18))))
    assert min(str(item["simulation_time"]) for item in earlier) >= max(str(item["simulation_time"]) for item in later)


def test_a_share_of_lists_ends_with_a_place_hardly_anybody_has_been_to() -> None:
    found = {}
    for share in (0.0, 1.0):
        made = recommender(explore_share=share)
        made.process(
            batch("venues", *(venue(f"v{number}", rating=4.5) for number in range(4)), venue("v9", rating=2.0))
        )
        visits = [at(number, "visit.started", f"u{number}", venue_id=f"v{number % 4}") for number in range(1, 20)]
        made.process(batch("user_actions", *visits))
        found[share] = [
            item["venue_id"] for item in items(made.process(batch("user_actions", session("u1", minute=30))))
        ]
    assert "v9" not in found[0.0]
    assert found[1.0][-1] == "v9"
    assert found[1.0][:-1] == found[0.0][:-1]

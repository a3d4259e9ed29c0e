"""What the recommender proposes, and why, on cities small enough to check by hand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gateway import answering
from tests.unit.recommender.builders import (
    FRIDAY_18H_US,
    Row,
    ask,
    batch,
    items,
    preferences,
    recommender,
    record,
    session,
    user,
    venue,
)


def test_a_session_start_brings_three_venues_ranked_by_score() -> None:
    service = recommender()
    service.process(batch("venues", *(venue(f"v{number}", rating=3.0 + number / 4) for number in range(5))))
    service.process(batch("users", user("u1")))
    found = items(service.process(batch("user_actions", session("u1"))))
    assert [item["rank"] for item in found] == [1, 2, 3]
    assert [item["venue_id"] for item in found] == ["v4", "v3", "v2"]
    assert len({item["list_id"] for item in found}) == 1
    assert all(item["reason_1"] for item in found)


def test_learned_taste_puts_the_liked_cuisine_first_and_says_so() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1", cuisine="italian"), venue("v2", cuisine="japanese")))
    service.process(batch("users", user("u1")))
    service.process(batch("preferences", preferences("u1", japanese=0.95, italian=0.1)))
    best = items(service.process(batch("user_actions", session("u1"))))[0]
    assert best["venue_id"] == "v2"
    assert best["reason_1"] == "You like Japanese (0.95)"


def test_where_friends_go_counts_from_the_next_minute_on() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1"), venue("v2")))
    service.process(batch("users", user("u1", friends=["u2", "u3"]), user("u2"), user("u3")))
    visits = [record("visit.started", friend, minute=10, venue_id="v2") for friend in ("u2", "u3")]
    same_minute = items(service.process(batch("user_actions", *visits, session("u1", minute=10))))
    later = items(service.process(batch("user_actions", session("u1", minute=11))))
    assert same_minute[0]["mutual_friends"] == 0
    assert (later[0]["venue_id"], later[0]["mutual_friends"]) == ("v2", 2)
    assert "2 friends of yours go there" in {later[0].get(f"reason_{place}") for place in (1, 2, 3)}


@given(cuts=st.lists(st.booleans(), min_size=7, max_size=7))
def test_what_is_proposed_does_not_depend_on_batching(cuts: list[bool]) -> None:
    actions = [
        session("u1", minute=1), record("visit.started", "u2", minute=1, venue_id="v2"),
        session("u2", minute=2), record("venue.liked", "u1", minute=2, venue_id="v1"),
        record("recommendation.ignored", "u1", minute=3, venue_id="v2"), session("u1", minute=4),
        record("visit.started", "u2", minute=4, venue_id="v1"), session("u2", minute=5),
    ]  # fmt: skip

    def told(groups: list[list[Row]]) -> list[Row]:
        service = recommender()
        service.process(batch("venues", venue("v1"), venue("v2"), venue("v3")))
        service.process(batch("users", user("u1", friends=["u2"]), user("u2", friends=["u1"])))
        return [item for group in groups for item in items(service.process(batch("user_actions", *group)))]

    groups: list[list[Row]] = [[actions[0]]]
    for action, cut in zip(actions[1:], cuts, strict=True):
        groups.append([action]) if cut else groups[-1].append(action)
    assert told(groups) == told([actions])


def test_nobody_is_told_of_an_earlier_time_than_last() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1"), venue("v2"), venue("v3")))
    service.process(
        batch("users", user("u1", friends=["u2"]), user("u2", friends=["u1", "u3"]), user("u3"), user("u4"))
    )
    check = record("friends.checked", "u1", minute=6)
    at_once = {**session("u1", minute=6), "simulation_time": FRIDAY_18H_US + 6 * 60_000_000 + 30_000_000}
    one_partition, another = (
        [session("u4", minute=5), session("u4", minute=8)],
        [check, at_once, session("u1", minute=8)],
    )
    told = items(service.process(batch("user_actions", *one_partition, *another)))
    for person in ("u1", "u4"):
        times = [item["simulation_time"] for item in told if item["user_id"] == person]
        assert len(set(times)) > 1
        assert times == sorted(times, key=str)
    assert {item["item_kind"] for item in told} == {"venue", "person"}


def test_a_closed_venue_is_not_proposed_and_one_that_opens_soon_is() -> None:
    service = recommender()
    shut, soon, unshut = ",".join("-" * 7), ",".join(["1140-1380"] * 7), ",".join(["600-1080"] * 7)
    service.process(
        batch(
            "venues",
            venue("v1", opening_hours=shut),
            venue("v2", opening_hours=soon),
            venue("v3", opening_hours=unshut),
        )
    )
    found = items(service.process(batch("user_actions", session("u1"))))
    assert [item["venue_id"] for item in found] == ["v2"]


def test_rain_excludes_places_without_a_roof() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1", features="outdoor_only,rooftop"), venue("v2")))
    service.process(batch("environment", record("weather.changed", condition="rain")))
    assert [item["venue_id"] for item in items(service.process(batch("user_actions", session("u1"))))] == ["v2"]


def test_beyond_the_radius_only_what_is_near_is_proposed() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1", latitude=41.5), venue("v2")))
    assert [item["venue_id"] for item in items(service.process(batch("user_actions", session("u1"))))] == ["v2"]


def test_an_ignored_venue_sinks_until_the_user_goes_there() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1", rating=4.1), venue("v2")))
    ignored = [record("recommendation.ignored", "u1", minute=1, venue_id="v1") for _ in range(5)]
    service.process(batch("user_actions", *ignored))
    assert items(service.process(batch("user_actions", session("u1"))))[0]["venue_id"] == "v2"
    service.process(batch("user_actions", record("visit.started", "u1", minute=11, venue_id="v1")))
    assert items(service.process(batch("user_actions", session("u1", minute=12))))[0]["venue_id"] == "v1"


def test_people_are_friends_of_friends_with_the_compatibility_that_made_them() -> None:
    service = recommender()
    service.process(
        batch("users", user("u1", friends=["u2"]), user("u2", friends=["u1", "u3"]), user("u3", friends=["u2"]))
    )
    outputs = items(service.process(batch("user_actions", record("friends.checked", "u1", minute=1))))
    generated, compatibility = outputs
    assert (generated["event_type"], generated["other_user_id"]) == ("recommendation.generated", "u3")
    assert compatibility["event_type"] == "compatibility.calculated"
    assert compatibility["mutual_friends"] == 1
    again = service.process(batch("user_actions", record("friends.checked", "u1", minute=2)))
    assert again == []


def test_a_repeated_trigger_gives_the_same_event_ids() -> None:
    def told() -> list[object]:
        service = recommender()
        service.process(batch("venues", venue("v1"), venue("v2")))
        return [item["event_id"] for item in items(service.process(batch("user_actions", session("u1"))))]

    assert told() == told()
    assert len(set(told())) == 2


def test_records_of_a_closed_telling_change_nothing() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1"), venue("v9", branch=1)))
    service.process(batch("simulation_control", record("state.changed", wall_time=1)))
    service.process(batch("simulation_control", record("state.changed", branch=1, wall_time=2)))
    assert service.process(batch("user_actions", session("u1"))) == []
    found = items(service.process(batch("user_actions", session("u1", branch=1))))
    assert [item["venue_id"] for item in found] == ["v9"]


def _replies(kind: str, parameters: object, owner: str = "recommender", deadline: int = 10) -> list[Row]:
    service = recommender(wall_us=5)
    service.process(batch("venues", venue("v1"), venue("v2")))
    service.process(batch("users", user("u1", friends=["u2"]), user("u2")))
    service.process(batch("user_actions", session("u1")))
    return items(service.process(batch("requests", ask(kind, parameters, owner=owner, deadline=deadline))), "replies")


def test_a_request_is_answered_with_scored_venues() -> None:
    (reply,) = _replies("recommendations.venues", {"user_id": "u1", "limit": 1})
    assert reply["status"] == "ok"
    (item,) = json.loads(str(reply["payload"]))
    answering.check("recommendations.venues", [item])
    assert item["name"] == f"Chez {item['venue_id']}"
    assert 0 <= item["score"] <= 1


def test_a_group_is_given_venues_with_the_score_of_each_member() -> None:
    (reply,) = _replies("recommendations.group", {"user_ids": ["u1", "u2"]})
    best = json.loads(str(reply["payload"]))[0]
    assert set(best["member_scores"]) == {"u1", "u2"}


@pytest.mark.parametrize(
    ("kind", "parameters", "status", "reason"),
    [
        ("recommendations.venues", {"user_id": "nobody"}, "not_found", "unknown user 'nobody'"),
        ("recommendations.venues", {"user_id": "u1", "limit": 0}, "rejected", "limit"),
        ("recommendations.venues", "{not json", "rejected", "not JSON"),
        ("recommendations.venues", {"user_id": "u1", "colour": 1}, "rejected", "colour"),
        ("recommendations.nothing", {}, "rejected", "unknown kind"),
        ("recommendations.venues", "[1]", "rejected", "parameters"),
        ("recommendations.venues", {"user_id": "u1", "radius_km": -1}, "rejected", "radius_km"),
        ("recommendations.venues", {"user_id": "u1", "latitude": 40.0}, "rejected", "together"),
        ("recommendations.venues", {"user_id": "u1", "time": "2020-06-06T19:00:00-04:00"}, "rejected", "past"),
        ("recommendations.venues", {"user_id": "u1", "time": "2036-06-06T19:00:00-04:00"}, "rejected", "days ahead"),
        ("recommendations.venues", {"user_id": "u1", "time": "2026-06-06T19:00:00"}, "rejected", "time"),
        ("recommendations.personal", {"user_id": "u9"}, "not_found", "unknown user 'u9'"),
        ("recommendations.people", {"user_id": 7}, "rejected", "user_id"),
        ("recommendations.group", {"user_ids": []}, "rejected", "user_ids"),
        ("recommendations.group", {"user_ids": ["u1", "u1"]}, "rejected", "twice"),
        ("recommendations.group", {"user_ids": ["u1", "u9"]}, "not_found", "unknown user 'u9'"),
        ("recommendations.group", {"user_ids": ["u1"], "centre": "north"}, "rejected", "centre"),
        ("interest.express", {"user_id": "u1", "venue_id": "v7", "preferred_time": "2026-06-06T19:00:00-04:00"},
         "not_found", "unknown venue"),
        ("interest.express", {"user_id": "u1", "venue_id": "v1", "preferred_time": "2020-06-06T19:00:00-04:00"},
         "rejected", "simulated past"),
        ("interest.express", {"user_id": "u1", "venue_id": "v1", "preferred_time": "2026-06-06T19:00:00"},
         "rejected", "time zone"),
    ],
)  # fmt: skip
def test_a_bad_question_is_answered_with_its_reason(kind: str, parameters: object, status: str, reason: str) -> None:
    (reply,) = _replies(kind, parameters)
    assert reply["status"] == status
    assert reason in str(reply["reason"])


def test_what_others_own_or_came_too_late_is_left_alone() -> None:
    assert _replies("availability.get", {}, owner="booking") == []
    assert _replies("recommendations.venues", {"user_id": "u1"}, deadline=4) == []


def test_an_interest_expressed_over_the_api_becomes_an_event_of_the_user() -> None:
    service = recommender()
    service.process(batch("venues", venue("v1")))
    service.process(batch("users", user("u1")))
    asked = ask("interest.express", {"user_id": "u1", "venue_id": "v1", "preferred_time": "2026-06-06T19:00:00-04:00"})
    (event,) = items(service.process(batch("requests", asked)), "user_actions")
    assert (event["event_type"], event["user_id"], event["venue_id"]) == ("interest.expressed", "u1", "v1")
    assert event["source"] == "recommender"
    assert event["simulation_time"] == FRIDAY_18H_US

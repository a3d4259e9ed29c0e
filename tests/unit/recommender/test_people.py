"""Who is proposed to whom, and the parts of a compatibility."""

import json

import pytest

from services.recommender.handlers import Recommender
from tests.unit.gateway import answering
from tests.unit.recommender.builders import Row, ask, batch, items, preferences, recommender, record, user


def matches(service: Recommender, user_id: str = "u1", **parameters: object) -> list[Row]:
    asked = ask("recommendations.people", {"user_id": user_id, **parameters})
    (reply,) = items(service.process(batch("requests", asked)), "replies")
    assert reply["status"] == "ok", reply
    found: list[Row] = json.loads(str(reply["payload"]))
    answering.check("recommendations.people", found)
    return found


def city(*people: Row) -> Recommender:
    service = recommender()
    service.process(batch("users", *people))
    return service


def test_each_part_of_a_compatibility_can_be_worked_out_by_hand() -> None:
    service = city(
        user("u1", friends=["u2"], openness=0.4), user("u2", friends=["u1", "u3"]),
        user("u3", friends=["u2"], openness=0.8, home_latitude=40.777),
    )  # fmt: skip
    service.process(batch("preferences", preferences("u1", italian=1.0), preferences("u3", indian=1.0)))
    out = [record("visit.started", name, minute=minute, venue_id="v1") for name, minute in
           (("u1", 0), ("u1", 60), ("u3", 0), ("u3", 120))]  # fmt: skip
    service.process(batch("venues", {**record("venue.updated"), **VENUE}))
    service.process(batch("user_actions", *out, record("venue.browsed", "u2", minute=200)))
    service.process(batch("user_actions", record("venue.browsed", "u2", minute=201)))
    (match,) = matches(service)
    assert match["other_user_id"] == "u3"
    assert match["mutual_friends"] == 1
    assert match["taste_similarity"] == pytest.approx((0.5 * 12) / (0.5 * 10 + 2 * 1.0))
    assert match["activity_match"] == pytest.approx(0.5)
    assert match["openness"] == pytest.approx(0.6)
    assert match["distance_km"] == pytest.approx(3.002, abs=0.005)
    assert "1 friend in common" in str(match["reason_1"])


VENUE: Row = {
    "venue_id": "v1", "name": "V", "category": "bar", "cuisine": None, "latitude": 40.75, "longitude": -73.99,
    "time_zone": "America/New_York", "price_tier": 2, "rating": 4.0, "rating_count": 1, "seats": 10,
    "opening_hours": "not hours", "outdoor_seating": False, "ambiance": None, "features": None, "trending": None,
}  # fmt: skip


def test_who_has_no_friends_yet_is_shown_who_lives_near() -> None:
    service = city(user("u1"), user("u2"), user("u3", home_latitude=41.5), user("u4", lifecycle="churned"))
    assert [match["other_user_id"] for match in matches(service)] == ["u2"]


def test_nobody_is_shown_themselves_their_friends_or_who_is_only_a_name() -> None:
    service = city(user("u1", friends=["u2"]), user("u2", friends=["u1", "u9"]), user("u3"))
    assert [match["other_user_id"] for match in matches(service)] == ["u3"]


def test_who_was_removed_is_unknown() -> None:
    service = city(user("u1"), user("u2"))
    service.process(batch("users", user("u3"), removed=["u2"]))
    assert [match["other_user_id"] for match in matches(service)] == ["u3"]
    (reply,) = items(service.process(batch("requests", ask("recommendations.people", {"user_id": "u2"}))), "replies")
    assert reply["status"] == "not_found"


def test_an_answer_for_a_person_holds_venues_and_people() -> None:
    service = city(user("u1"), user("u2"))
    asked = ask("recommendations.personal", {"user_id": "u1"})
    service.process(batch("venues", {**record("venue.updated"), **VENUE, "opening_hours": ",".join(["0-1440"] * 7)}))
    (reply,) = items(service.process(batch("requests", asked)), "replies")
    payload = json.loads(str(reply["payload"]))
    assert [item["venue_id"] for item in payload["venues"]] == ["v1"]
    assert [item["other_user_id"] for item in payload["people"]] == ["u2"]


def test_an_interest_without_a_time_is_for_the_next_meal() -> None:
    service = city(user("u1"))
    service.process(batch("venues", {**record("venue.updated"), **VENUE}))
    asked = ask("interest.express", {"user_id": "u1", "venue_id": "v1", "preferred_time": None})
    (event,) = items(service.process(batch("requests", asked)), "user_actions")
    hours = (int(str(event["preferred_time"])) - int(str(event["simulation_time"]))) / 3_600_000_000
    assert hours == 17.25

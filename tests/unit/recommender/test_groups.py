"""Groups: where they meet, what they can pay and eat, and who must not be left unhappy."""

import json

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from services.recommender.domain.groups import centre_of
from services.recommender.handlers import Recommender
from tests.unit.gateway import answering
from tests.unit.recommender.builders import Row, ask, batch, items, preferences, recommender, session, user, venue

Degrees = st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=8)


def together(service: Recommender, **parameters: object) -> list[Row]:
    (reply,) = items(service.process(batch("requests", ask("recommendations.group", parameters))), "replies")
    assert reply["status"] == "ok"
    found: list[Row] = json.loads(str(reply["payload"]))
    answering.check("recommendations.group", found)
    return found


def city(*venues: Row, people: list[Row]) -> Recommender:
    service = recommender()
    service.process(batch("venues", *venues))
    service.process(batch("users", *people))
    service.process(batch("user_actions", *(session(str(person["user_id"])) for person in people)))
    return service


def test_one_who_lives_far_away_does_not_draw_the_median_with_them() -> None:
    north, east = np.array([40.75, 40.75, 40.751, 41.5], np.float32), np.full(4, -73.99, np.float32)
    assert abs(centre_of(north, east, "median")[0] - 40.75) < 0.002
    assert centre_of(north, east, "centroid")[0] > 40.9


@given(north=Degrees)
@example(north=[-0.0625, 0.0, 0.0625, -0.0625, -0.0625, 0.0, 0.0, -0.0625])
def test_no_point_is_nearer_to_all_than_the_median(north: list[float]) -> None:
    latitude = np.array(north, dtype=np.float32)
    longitude = np.array(north[::-1], dtype=np.float32)

    def total(point: tuple[float, float]) -> float:
        return float(np.hypot(latitude - point[0], longitude - point[1]).sum())

    median = centre_of(latitude, longitude, "median")
    others = [centre_of(latitude, longitude, "centroid"), *zip(latitude.tolist(), longitude.tolist(), strict=True)]
    assert all(total(median) <= total(other) + 1e-3 for other in others)


def test_a_place_is_within_the_smallest_purse_and_serves_every_diet() -> None:
    venues = (
        venue("v1", price_tier=4), venue("v2", price_tier=2, cuisine="fast_food"),
        venue("v3", price_tier=2, cuisine="indian"), venue("v4", price_tier=1, cuisine="bar"),
    )  # fmt: skip
    people = [
        user("u1", price_tier=4.0), user("u2", price_tier=1.6, dietary="vegan"),
        user("u3", price_tier=3.0, dietary="halal"),
    ]  # fmt: skip
    service = city(*venues, people=people)
    assert {item["venue_id"] for item in together(service, user_ids=["u1", "u2", "u3"])} == {"v3"}
    assert {item["venue_id"] for item in together(service, user_ids=["u1"])} == {"v1", "v2", "v3", "v4"}


def test_fairness_prefers_what_nobody_minds_to_what_most_love() -> None:
    service = city(
        venue("v1", cuisine="japanese"), venue("v2", cuisine="italian"), people=[user("u1"), user("u2"), user("u3")]
    )
    service.process(batch(
        "preferences", preferences("u1", japanese=1.0), preferences("u2", japanese=1.0),
        preferences("u3", japanese=0.0, italian=0.6),
    ))  # fmt: skip
    who = ["u1", "u2", "u3"]
    assert together(service, user_ids=who, fairness=0.0)[0]["venue_id"] == "v1"
    fair = together(service, user_ids=who, fairness=1.0)[0]
    assert fair["venue_id"] == "v2"
    assert fair["score"] == min(fair["member_scores"].values())  # type: ignore[attr-defined]


def test_a_group_that_no_place_suits_is_given_none() -> None:
    service = city(venue("v1", price_tier=4), people=[user("u1", price_tier=1.0)])
    assert together(service, user_ids=["u1"]) == []

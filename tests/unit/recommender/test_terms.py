"""Each term of the score moves a place up or down for its own reason; what cannot serve is left out."""

import numpy as np
import pytest

from services.recommender.data_files import load_weights
from services.recommender.domain.scene import scene_of
from services.recommender.domain.survey import survey
from services.recommender.domain.terms import terms_of
from services.recommender.handlers import Recommender
from tests.unit.recommender.builders import (
    FRIDAY_18H_US,
    MINUTE_US,
    Row,
    batch,
    items,
    preferences,
    recommender,
    record,
    session,
    user,
    venue,
)

HOUR_US = 60 * MINUTE_US


def proposed(service: Recommender, user_id: str = "u1", minute: int = 10) -> list[Row]:
    return items(service.process(batch("user_actions", session(user_id, minute=minute))))


def best(service: Recommender, user_id: str = "u1", minute: int = 10) -> object:
    return proposed(service, user_id, minute)[0]["venue_id"]


def city(*venues: Row, **person: object) -> Recommender:
    service = recommender()
    service.process(batch("venues", *venues))
    service.process(batch("users", user("u1", **person)))  # type: ignore[arg-type]
    return service


@pytest.mark.parametrize("persona", ["busy_professional", "budget_conscious"])
def test_the_price_tier_a_person_likes_comes_first(persona: str) -> None:
    service = city(venue("v1", price_tier=1), venue("v2", price_tier=4), persona=persona, price_tier=4.0)
    assert best(service) == "v2"


def test_the_mood_a_persona_likes_comes_first() -> None:
    venues = venue("v1", ambiance="family"), venue("v2", ambiance="lively")
    assert best(city(*venues, persona="social_butterfly")) == "v2"
    assert best(city(*venues, persona="budget_conscious")) == "v1"


def test_a_kitchen_that_cannot_serve_a_diet_is_left_out_and_one_that_lists_it_is_not() -> None:
    venues = (
        venue("v1", cuisine="fast_food"), venue("v2", cuisine="indian"),
        venue("v3", cuisine="fast_food", features="wifi,vegan"),
    )  # fmt: skip
    found = {item["venue_id"] for item in proposed(city(*venues, dietary="vegan"))}
    assert found == {"v2", "v3"}
    assert len(proposed(city(*venues, dietary="none"))) == 3


def test_traffic_makes_the_near_place_nearer() -> None:
    near_and_dull, far_and_fine = venue("v1", rating=2.0), venue("v2", latitude=40.765, rating=5.0, rating_count=500)
    service = city(near_and_dull, far_and_fine)
    scores = {item["venue_id"]: item["score"] for item in proposed(service)}
    service.process(batch("environment", record("traffic.changed", delay_minutes=60.0)))
    slower = {item["venue_id"]: item["score"] for item in proposed(service, minute=11)}
    assert slower["v1"] == scores["v1"]
    assert float(str(slower["v2"])) < float(str(scores["v2"]))


def test_where_friends_of_friends_go_counts_less_than_where_friends_go() -> None:
    service = city(venue("v1"), venue("v2"), venue("v3"), friends=["u2"])
    service.process(batch("users", user("u2", friends=["u1", "u3"]), user("u3", friends=["u2"])))
    visits = (
        record("visit.started", "u3", minute=1, venue_id="v2"),
        record("visit.started", "u2", minute=1, venue_id="v3"),
    )
    service.process(batch("user_actions", *visits))
    assert [item["venue_id"] for item in proposed(service)] == ["v3", "v2", "v1"]


def test_a_new_friendship_counts_both_ways() -> None:
    service = city(venue("v1"), venue("v2"))
    service.process(batch("users", user("u2")))
    service.process(batch("user_actions", record("visit.started", "u2", minute=1, venue_id="v2")))
    before = proposed(service)[0]["mutual_friends"]
    service.process(batch("social_interactions", record("friend.accepted", "u2", minute=2, other_user_id="u1")))
    after = proposed(service, minute=11)[0]
    assert (before, after["venue_id"], after["mutual_friends"]) == (0, "v2", 1)


def test_shared_tables_bring_friends_to_the_front() -> None:
    service = city(venue("v1"), friends=[f"u{number}" for number in range(2, 9)])
    formed = record("group.formed", "u1", minute=1, member_ids="u1,u8,u7", party_size=3)
    service.process(batch("social_interactions", formed, {**formed, "event_id": "again"}))
    people = service.cities.latest.people if service.cities.latest else None
    assert people is not None
    closest = [people.ids[row] for row in people.friends_of(people.row("u1"))[:2]]
    assert sorted(closest) == ["u7", "u8"]


def test_a_trend_an_offer_and_a_price_change_are_heard_of() -> None:
    service = city(venue("v1"), venue("v2"), persona="budget_conscious", price_tier=2.0)
    for news in (
        record("venue.trending", venue_id="v2", value=1.5),
        record("promotion.started", venue_id="v2", value=30.0),
        record("price.changed", venue_id="v1", value=3.5),
    ):
        service.process(batch("environment", news))
        assert best(service) == "v2"
    over = record("promotion.ended", venue_id="v2"), record("venue.trending", venue_id="v2", value=0.0)
    service.process(batch("environment", *over, record("price.changed", venue_id="v2", value=4.0)))
    assert best(service, minute=11) == "v1"


def test_the_row_of_a_venue_tells_its_prices_of_now_and_its_offer() -> None:
    service = city(venue("v1", price_level=1.25), venue("v2", discount=20.0), venue("v3"))
    service.process(batch("environment", record("promotion.started", venue_id="v3", value=30.0)))
    service.process(batch("venues", venue("v3", rating=4.5)))
    places = service.cities.latest.places if service.cities.latest else None
    assert places is not None
    assert places["price_tier"].tolist() == [2.5, 2.0, 2.0]
    assert places["discount"].tolist() == [0.0, 20.0, 30.0], "a row that does not say leaves it"
    service.process(batch("venues", venue("v3", discount=0.0, price_level=0.8)))
    assert (places["price_tier"][2], places["discount"][2]) == (np.float32(1.6), 0.0)


def test_kinds_of_venue_come_at_their_hours() -> None:
    service = city(venue("v1", category="cafe"), venue("v2", category="bar"))
    evenings = [record("visit.started", f"u{number + 10}", minute=1, venue_id="v2") for number in range(30)]
    mornings = [
        {**record("visit.started", f"u{number + 50}", venue_id="v1"), "simulation_time": FRIDAY_18H_US - 9 * HOUR_US}
        for number in range(30)
    ]
    service.process(batch("user_actions", *mornings))
    service.process(batch("user_actions", *evenings))
    assert best(service) == "v2"


def test_a_full_house_sinks_and_so_does_one_booked_out_at_the_hour() -> None:
    service = city(venue("v1", rating=4.2), venue("v2"))
    assert best(service) == "v1"
    service.process(batch("environment", record("venue.availability_changed", venue_id="v1", value=0.0)))
    assert best(service, minute=11) == "v2"
    service.process(batch("environment", record("venue.availability_changed", venue_id="v1", value=40.0)))
    assert best(service, minute=12) == "v1"
    booked = record(
        "booking.confirmed", "u9", venue_id="v1", booking_id="b1", start_time=FRIDAY_18H_US + HOUR_US, seats=40,
        party_size=38, source="booking",
    )  # fmt: skip
    service.process(batch("bookings", booked))
    assert best(service, minute=13) == "v2"
    gone = {**booked, "event_type": "booking.cancelled", "event_id": "gone"}
    service.process(batch("bookings", gone))
    assert best(service, minute=14) == "v1"


def test_a_crowd_near_is_sought_by_the_open_minded_and_avoided_by_others() -> None:
    venues = venue("v1"), venue("v2", latitude=40.77)
    concert = record(
        "special_event.started", name="Concert", kind="concert", latitude=40.77, longitude=-73.99, radius_km=1.0,
        starts_at=FRIDAY_18H_US, ends_at=FRIDAY_18H_US + 4 * HOUR_US, crowd=18_000,
    )  # fmt: skip
    gains = {}
    for openness in (0.0, 1.0):
        service = city(*venues, persona="event_organizer", openness=openness)
        before = {item["venue_id"]: item["score"] for item in proposed(service)}
        service.process(batch("environment", concert))
        after = {item["venue_id"]: item["score"] for item in proposed(service, minute=11)}
        gains[openness] = float(str(after["v2"])) - float(str(before["v2"]))
    assert gains[1.0] > 0.01
    assert gains[0.0] < -0.01


def test_the_event_of_a_house_is_its_own_until_it_ends() -> None:
    service = city(venue("v1"), venue("v2", latitude=40.7612), persona="event_organizer", openness=1.0)

    def scores(minute: int) -> dict[str, float]:
        return {str(item["venue_id"]): float(str(item["score"])) for item in proposed(service, minute=minute)}

    def end(venue_id: str) -> None:
        over = record("special_event.ended", venue_id=venue_id, name="Quiz night at Nook", kind="quiz_night")
        service.process(batch("environment", over))

    before = scores(10)
    quiz = record(
        "special_event.started", venue_id="v2", name="Quiz night at Nook", kind="quiz_night", latitude=40.7612,
        longitude=-73.99, radius_km=0.03, starts_at=FRIDAY_18H_US, ends_at=FRIDAY_18H_US + 4 * HOUR_US, crowd=40,
    )  # fmt: skip
    service.process(batch("environment", quiz))
    gains = {name: score - before[name] for name, score in scores(11).items()}
    assert gains["v2"] > 0.01
    assert gains["v1"] < 0.1 * gains["v2"], "a hundred metres on"
    end("v1")  # another house of the same name
    assert scores(12)["v2"] > before["v2"] + 0.5 * gains["v2"]
    end("v2")
    assert scores(13)["v2"] < before["v2"] + 0.5 * gains["v2"]


def test_habit_draws_regulars_back_and_novelty_draws_explorers_on() -> None:
    leads = {}
    for persona in ("routine_regular", "foodie_explorer"):
        service = city(venue("v1"), venue("v2"), persona=persona, openness=0.9)
        service.process(batch("user_actions", record("visit.started", "u1", minute=1, venue_id="v1")))
        scores = {item["venue_id"]: float(str(item["score"])) for item in proposed(service)}
        leads[persona] = scores["v1"] - scores["v2"]
    assert leads["routine_regular"] > 0.1 > leads["foodie_explorer"]


def test_newcomers_go_by_what_others_like() -> None:
    service = city(venue("v1", cuisine="indian"), venue("v2", cuisine="mexican"))
    crowd = [record("visit.started", f"u{number + 10}", minute=1, venue_id="v2") for number in range(20)]
    service.process(batch("user_actions", *crowd))
    alike = preferences("u1", indian=0.87), preferences("u2", indian=0.87)
    service.process(batch("users", user("u2")))
    service.process(batch("preferences", *alike))
    own = [record("visit.started", "u2", minute=2, venue_id=f"v{number}") for number in (7, 8, 9) for _ in range(9)]
    service.process(batch("venues", *(venue(f"v{number}", latitude=41.5) for number in (7, 8, 9))))
    service.process(batch("user_actions", *own))
    assert (best(service, "u1"), best(service, "u2", minute=11)) == ("v2", "v1")


def test_every_place_is_scored_by_the_sum_of_its_terms() -> None:
    """The fast sum over everything near is the plain formula, for every kind of person and weather."""
    service, weights = recommender(), load_weights()
    kitchens = ("italian", "bar", "indian", "fast_food", "no such")
    service.process(batch("venues", *(
        venue(f"v{n}", cuisine=kitchens[n % 5], latitude=40.75 + n / 900, ambiance=("casual", "lively")[n % 2],
              outdoor_seating=n % 3 == 0, features="vegan" if n % 4 == 0 else None, price_tier=1 + n % 4)
        for n in range(40)
    )))  # fmt: skip
    personas, diets = ("social_butterfly", "foodie_explorer", "who knows"), ("none", "vegan", "halal")
    service.process(batch("users", *(
        user(f"u{n}", friends=[f"u{(n + k) % 9}" for k in (1, 2)], persona=personas[n % 3], dietary=diets[n // 3])
        for n in range(9)
    )))  # fmt: skip
    service.process(batch("user_actions", *(
        record("visit.started", f"u{n % 9}", minute=1, venue_id=f"v{n}") for n in range(30)
    )))  # fmt: skip
    service.process(batch("environment", record(
        "special_event.started", name="Game", latitude=40.76, longitude=-73.99, radius_km=2.0,
        starts_at=FRIDAY_18H_US, ends_at=FRIDAY_18H_US + HOUR_US,
    )))  # fmt: skip
    service.process(batch("user_actions", session("u1", minute=5)))
    town = service.cities.latest
    assert town is not None
    for condition in ("clear", "rain", "fog"):
        town.condition = condition
        users = np.arange(9)
        where = town.people["latitude"][users], town.people["longitude"][users]
        view = survey(town, weights, scene_of(town, weights, town.latest_time), users, where, 8.0)
        terms = terms_of(town, view.scene, weights.limits, view.pairs)
        plain = sum(factor[:, None] * term for factor, term in zip(view.factors, terms, strict=True))
        assert view.candidates.any(axis=1).all()
        assert not view.candidates.all()
        difference = np.abs(view.score - plain)[view.candidates]
        assert difference.max() < 1e-5
        assert all((term >= 0).all() and (term <= 1).all() for term in terms)

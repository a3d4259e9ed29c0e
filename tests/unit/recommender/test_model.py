"""The online model: learns what is taken and what is not, the same whatever the batches, and stays quiet when off."""

import numpy as np
import pytest

from services.recommender.handlers import Recommender
from tests.unit.recommender.builders import (
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


def judged(taken: str, left: str, rounds: int, user_id: str = "u1") -> list[Row]:
    return [
        record(f"recommendation.{what}", user_id, minute=10 + turn, venue_id=venue_id)
        for turn in range(rounds)
        for what, venue_id in (("accepted", taken), ("ignored", left))
    ]


def city(*, rerank: bool = True) -> Recommender:
    service = recommender(rerank=rerank, ignored_penalty=0.0)
    kitchens = {"v1": "italian", "v2": "indian", "v3": "italian", "v4": "indian"}
    service.process(batch("venues", *(venue(name, cuisine=kitchen) for name, kitchen in kitchens.items())))
    service.process(batch("users", user("u1"), user("u2")))
    return service


def scores(service: Recommender, minute: int, user_id: str = "u1") -> dict[str, float]:
    found = items(service.process(batch("user_actions", session(user_id, minute=minute))))
    return {str(item["venue_id"]): float(str(item["score"])) for item in found}


def expected(service: Recommender, minute: int) -> list[str]:
    return list(scores(service, minute))


def test_what_somebody_takes_comes_first_and_so_do_kitchens_like_it() -> None:
    service = city()
    assert expected(service, 5) == ["v1", "v2", "v3"]
    service.process(batch("user_actions", *judged("v2", "v1", 60)))
    assert expected(service, 200)[:2] == ["v2", "v4"]


def test_what_one_person_takes_of_a_kitchen_says_nothing_of_another_person() -> None:
    service = city()
    service.process(batch("user_actions", *judged("v2", "v1", 60)))
    town = service.cities.latest
    assert town is not None
    leaning = town.people["leaning"]
    assert np.abs(leaning[town.people.row("u1")]).max() > 0.2
    assert np.abs(leaning[town.people.row("u2")]).max() == 0


def test_a_model_that_is_off_neither_learns_nor_changes_a_score() -> None:
    service = city(rerank=False)
    before = scores(service, 5)
    service.process(batch("user_actions", *judged("v2", "v1", 60)))
    assert scores(service, 200) == before
    town = service.cities.latest
    assert town is not None
    assert town.model.seen == 0


def test_bookings_and_reviews_teach_too() -> None:
    service = city()
    booked = [
        {**record("booking.requested", "u1", minute=10 + turn, venue_id="v2"), "booking_id": f"b{turn}"}
        for turn in range(40)
    ]
    service.process(batch("bookings", *booked))
    poor = [record("review.submitted", "u1", minute=60 + turn, venue_id="v1", rating=1) for turn in range(40)]
    service.process(batch("user_actions", *poor))
    assert expected(service, 200)[0] == "v2"
    assert scores(service, 201)["v2"] > scores(service, 202).get("v3", 0)


@pytest.mark.parametrize("size", [1, 7])
def test_what_is_learned_does_not_depend_on_batching(size: int) -> None:
    teaching = [*judged("v2", "v1", 20), *judged("v3", "v4", 20, "u2")]
    teaching.sort(key=lambda row: int(str(row["simulation_time"])))

    def learned(step: int) -> list[float]:
        service = city()
        for start in range(0, len(teaching), step):
            service.process(batch("user_actions", *teaching[start : start + step]))
        service.process(batch("user_actions", session("u1", minute=300)))
        town = service.cities.latest
        assert town is not None
        return [*town.model.weights.tolist(), *town.people["leaning"].ravel().tolist()]

    assert learned(size) == learned(len(teaching))


def test_the_share_of_lists_taken_is_published_on_the_hour_and_by_weeks_at_the_end_of_the_day() -> None:
    service = city()
    first = [*judged("v2", "v1", 1), *judged("v2", "v1", 1, "u2")]
    first[-2:] = [{**row, "event_type": "recommendation.ignored"} for row in first[-2:]]
    service.process(batch("user_actions", *first))
    measured = items(service.process(batch("user_actions", record("venue.browsed", "u1", minute=65))), "system_metrics")
    (hour,) = measured
    assert (hour["event_type"], hour["count"], hour["value"]) == ("acceptance.measured", 2, 0.5)
    assert int(str(hour["window_end"])) - int(str(hour["window_start"])) == 60 * MINUTE_US
    later = record("venue.browsed", "u1", minute=60 * 24)
    (day,) = items(service.process(batch("user_actions", later)), "system_metrics")
    assert (day["dimension"], day["count"], day["value"]) == ("weeks_since_joining", 2, 0.5)

"""Events that somebody orders: now, later, and those that cannot be."""

import numpy as np
import polars as pl
import pytest

from services.simulator.domain.city import Command
from tests.unit.simulator.domain.neighbours import START, Stage, make_city
from tests.unit.simulator.domain.watched import MINUTE, Watched, conditions, iso


@pytest.fixture
def watched() -> Watched:
    return Watched(make_city(60, venues=30))


# --- trigger --------------------------------------------------------------------------------------------------------


def test_a_triggered_event_happens_now_and_is_told_to_be_an_external_cause(watched: Watched) -> None:
    begin, end = START + 3_600_000_000, START + 7_200_000_000
    payload = {"name": "Street fair", "kind": "festival", "latitude": 40.7, "longitude": -74, "radius_km": 1,
               "starts_at": iso(begin), "ends_at": iso(end), "crowd": 500}  # fmt: skip
    answer = watched.order(
        "trigger", {"event_type": "special_event.scheduled", "channel": "environment", "payload": payload}
    )
    assert answer.accepted
    assert answer.result["queued"] is False
    event = watched.event("environment", answer.result["event_id"])
    assert (event["name"], event["crowd"], event["starts_at"]) == ("Street fair", 500, begin)
    truth = watched.event("ground_truth", event["cause_id"])
    assert (truth["kind"], truth["subject_event_id"]) == ("external_event", event["event_id"])


def test_an_event_of_the_future_waits_for_its_time_even_across_a_saved_state(watched: Watched) -> None:
    when = START + 10 * MINUTE + 30_000_000
    answer = watched.order(
        "trigger",
        {"event_type": "venue.trending", "payload": {"value": 1.5}, "venue_id": "v00003", "simulation_time": iso(when)},
    )
    assert answer.result["queued"] is True
    assert answer.result["simulation_time"] == iso(START + 10 * MINUTE)
    watched.run(5)
    other = Watched(make_city(60, venues=30))
    other.city.load(watched.city.save())
    other.run(4)
    name = answer.result["event_id"]
    assert other.events("environment", name).is_empty()
    other.run(1)
    assert other.event("environment", name)["simulation_time"] == START + 10 * MINUTE
    trending = other.rows("venues").filter(pl.col("venue_id") == "v00003")["trending"]
    assert trending.to_list() == [1.5]


def test_what_the_city_knows_of_a_person_and_a_place_need_not_be_said(watched: Watched) -> None:
    payload = {"party_size": 2, "start_time": iso(START + 7_200_000_000)}
    asked = {"event_type": "booking.requested", "user_id": "u0000007", "venue_id": "v00002", "payload": payload}
    first, second = watched.order("trigger", asked), watched.order("trigger", asked)
    assert first.result["event_id"] != second.result["event_id"]
    event = watched.event("bookings", first.result["event_id"])
    assert (event["booking_id"], event["created_by"]) == (event["event_id"], "user")
    visit = {"event_type": "visit.started", "user_id": "u0000007", "venue_id": "v00002", "payload": {"party_size": 1}}
    at = watched.event("user_actions", watched.order("trigger", visit).result["event_id"])
    assert at["visit_id"] == at["event_id"]
    assert at["latitude"] is not None


def test_triggered_weather_is_felt(watched: Watched) -> None:
    asked = {"event_type": "weather.changed", "payload": {"condition": "snow", "hours": 5}}
    event = watched.event("environment", watched.order("trigger", asked).result["event_id"])
    assert (event["condition"], event["temperature_c"] is not None) == ("snow", True)
    watched.run(120)
    assert set(conditions(watched)) == {"snow"}


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"event_type": "booking.confirmed"}, "is for booking to say"),
        ({"event_type": "venue.trendin"}, "did you mean 'venue.trending'"),
        ({"event_type": "venue.trending", "channel": "environmental"}, "did you mean 'environment'"),
        ({"event_type": "venue.trending", "channel": "bookings"}, "is told on environment"),
        ({"event_type": "state.changed", "channel": "simulation_control"}, "nothing can be triggered on"),
        ({"event_type": "truth.red_herring", "channel": "ground_truth"}, "nothing can be triggered on"),
        ({"event_type": "venue.trending", "payload": {"valu": 1}}, "did you mean 'value'"),
        ({"event_type": "venue.trending", "payload": {"event_id": "x"}}, "no column 'event_id' to set"),
        ({"event_type": "venue.trending", "payload": {"value": "high"}}, "must be of type double"),
        ({"event_type": "venue.trending", "payload": {"value": float("nan")}}, "must be of type double"),
        ({"event_type": "venue.trending", "payload": {"value": 1}}, "needs venue_id"),
        ({"event_type": "venue.trending", "payload": {"value": 1}, "venue_id": "v00030"}, "there is no v00030"),
        ({"event_type": "venue.liked", "user_id": "u0000001", "venue_id": "v00001"}, "needs session_id"),
        ({"event_type": "user.dormant", "user_id": "u0000001", "simulation_time": "2001-01-01T00:00:00Z"}, "gone by"),
        ({"event_type": "user.dormant", "user_id": "u0000001", "simulation_time": "tomorrow"}, "no moment"),
        ({"event_type": "user.dormant", "user_id": "u0000001", "simulation_time": "2031-01-01T00:00"}, "time zone"),
        ({"event_type": "weather.changed", "payload": {"condition": "hail"}}, "condition must be one of"),
        ({"event_type": "booking.requested", "user_id": "u0000001", "venue_id": "v00001",
          "payload": {"party_size": 2**40, "start_time": 0}}, "must be of type int"),
    ],
)  # fmt: skip
def test_what_cannot_be_triggered_is_refused(watched: Watched, parameters: dict[str, object], reason: str) -> None:
    answer = watched.order("trigger", parameters)
    assert not answer.accepted
    assert reason in str(answer.reason)
    assert "environment" not in watched.frames or "venue.trending" not in set(watched.rows("environment")["event_type"])


# --- what follows ---------------------------------------------------------------------------------------------------


def test_what_follows_from_a_triggered_booking_carries_its_cause() -> None:
    venue = int(np.flatnonzero(make_city(60, venues=30)._state.venues["takes_bookings"])[0])
    orders = [
        Command(str(user), "trigger", {
            "event_type": "booking.requested", "user_id": f"u{user:07d}", "venue_id": f"v{venue:05d}",
            "payload": {"party_size": 1, "start_time": iso(START + 60 * MINUTE)},
        })
        for user in range(12)
    ]  # fmt: skip
    stage = Stage(make_city(60, venues=30), {1: orders}).run(200)
    asked = {result.result["event_id"] for result in stage.driver.results}
    truths = stage.frame("ground_truth").filter(event_type="truth.external_event")
    causes = dict(zip(truths["subject_event_id"], truths["cause_id"], strict=True))
    visits = stage.frame("user_actions").filter(pl.col("booking_id").is_in(list(asked)))
    assert {"visit.started", "visit.ended"} == set(visits["event_type"])
    assert visits["cause_id"].to_list() == [causes[booking] for booking in visits["booking_id"]]


@pytest.mark.parametrize("lead", [0, 30, 150])
def test_who_dines_near_a_triggered_event_carries_its_cause_and_follows_from_it(lead: int) -> None:
    """However late it is announced: of those who would have eaten before it, those go who are not too late."""
    watched = Watched(make_city(3_000, venues=300))
    place = {"name": "Street fair", "kind": "festival", "latitude": 40.75, "longitude": -73.99, "radius_km": 1.0,
             "crowd": 3_000_000}  # fmt: skip
    times = {"starts_at": iso(START + lead * MINUTE), "ends_at": iso(START + (lead + 50) * MINUTE)}
    answer = watched.order("trigger", {"event_type": "special_event.scheduled", "payload": {**place, **times}})
    watched.run(180)
    event = watched.event("environment", answer.result["event_id"])
    started = watched.rows("user_actions").filter(event_type="visit.started")
    diners = started.filter(pl.col("correlation_id") == event["event_id"])
    assert diners.height > 20
    assert set(diners["cause_id"]) == {event["cause_id"]}
    ended = watched.rows("user_actions").filter(event_type="visit.ended", visit_id=diners["visit_id"][0])
    assert set(ended["cause_id"]) == {event["cause_id"]}


@pytest.mark.parametrize(
    ("event", "payload", "minutes"),
    [
        ("weather.changed", {"condition": "storm", "hours": 3}, 180),
        ("traffic.changed", {"condition": "severe"}, 180),
        ("promotion.started", {"kind": "promotion", "value": 20, "ends_at": iso(START + 90 * MINUTE)}, 90),
        ("special_event.started", {"name": "Madison Square Garden"}, 180),
        ("price.changed", {"value": 2.0}, 2),
    ],
)
def test_the_truth_says_for_how_long_what_was_triggered_holds(
    watched: Watched, event: str, payload: dict[str, object], minutes: int
) -> None:
    asked = {"event_type": event, "payload": payload}
    if event in ("promotion.started", "price.changed"):
        asked["venue_id"] = "v00003"
    assert watched.order("trigger", asked).accepted
    truth = watched.rows("ground_truth").filter(event_type="truth.external_event").row(0, named=True)
    assert truth["starts_at"] <= START + MINUTE
    assert abs(truth["ends_at"] - (START + minutes * MINUTE)) <= 2 * MINUTE


def test_no_more_causes_are_named_than_a_column_can_tell_apart(watched: Watched) -> None:
    watched.city._state.numbers["next_cause"] = 30_000
    asked = {"event_type": "special_event.started", "payload": {"name": "Madison Square Garden"}}
    assert "30,000 causes" in str(watched.order("trigger", asked).reason)
    assert watched.order("trigger", {"event_type": "holiday.started", "payload": {"name": "Any"}}).accepted

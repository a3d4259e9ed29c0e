"""Triggered events are felt: streets, feasts, crowds, discounts, prices, doors, people."""

from collections.abc import Mapping

import numpy as np
import pytest

from services.simulator.domain.city import CommandResult
from services.simulator.domain.population import CHURNED, DORMANT
from services.simulator.domain.running import around, hold
from services.simulator.domain.venues import FULL
from tests.unit.simulator.domain.neighbours import START, make_city
from tests.unit.simulator.domain.watched import MINUTE, Watched, iso


@pytest.fixture
def watched() -> Watched:
    return Watched(make_city(40, venues=30))


def _trigger(watched: Watched, name: str, payload: Mapping[str, object], **who: str) -> CommandResult:
    return watched.order("trigger", {"event_type": name, "payload": payload, **who})


def _surroundings(watched: Watched) -> tuple[str | None, str]:
    found = around(watched.city._turn(watched.city.tick, (), ()))
    return found.holiday, found.traffic


def test_triggered_traffic_holds_for_its_hours_and_no_longer(watched: Watched) -> None:
    assert _trigger(watched, "traffic.changed", {"condition": "severe", "hours": 2}).accepted
    watched.run(115)
    assert _surroundings(watched)[1] == "severe"
    watched.run(70)
    told = watched.rows("environment").filter(watched.rows("environment")["event_type"] == "traffic.changed")
    assert told["condition"].to_list()[0] == "severe"
    assert told["simulation_time"].to_list()[1] >= START + 120 * MINUTE
    assert told["delay_minutes"].to_list()[0] == 16


def test_a_triggered_holiday_is_felt_until_midnight(watched: Watched) -> None:
    assert _trigger(watched, "holiday.started", {"name": "New Year's Day"}).accepted
    assert _surroundings(watched)[0] == "New Year's Day"
    turn = watched.city._turn(watched.city.tick, (), ())
    hold(turn, (), ())
    assert turn.effects[0].walk_ins > 1.3
    other = Watched(make_city(40, venues=30))
    other.city.load(watched.city.save())
    other.run(6 * 60)
    assert _surroundings(other)[0] is None


def test_a_triggered_special_event_gathers_a_crowd_starts_and_ends(watched: Watched) -> None:
    times = {"starts_at": iso(START + 20 * MINUTE), "ends_at": iso(START + 50 * MINUTE)}
    place = {"kind": "festival", "latitude": 40.75, "longitude": -73.99, "radius_km": 1.0, "crowd": 9000}
    answer = _trigger(watched, "special_event.scheduled", {"name": "Street fair", **place, **times})
    assert answer.accepted
    rows = watched.city._state.pools["gatherings"].rows
    assert 9000 in rows["crowd"].tolist()
    watched.run(60)
    told = watched.rows("environment")
    mine = told.filter(told["name"] == "Street fair")
    assert mine["event_type"].to_list() == [f"special_event.{word}" for word in ("scheduled", "started", "ended")]
    assert mine["correlation_id"].to_list() == [None, answer.result["event_id"], answer.result["event_id"]]
    assert mine["cause_id"].n_unique() == 1
    assert [int(t - START) // MINUTE for t in mine["simulation_time"].to_list()] == [0, 20, 50]


def test_an_arena_is_known_by_its_name_and_can_be_emptied(watched: Watched) -> None:
    name = {"name": "Madison Square Garden"}
    assert _trigger(watched, "special_event.started", name).accepted
    rows = watched.city._state.pools["gatherings"].rows
    assert 18_000 in rows["crowd"][rows["starts"] == START].tolist()
    before = len(rows)
    assert _trigger(watched, "special_event.ended", name).accepted
    assert len(watched.city._state.pools["gatherings"]) == before - 1
    assert watched.city._state.queue == ()


def test_triggered_discounts_prices_and_full_houses_are_those_of_the_venue(watched: Watched) -> None:
    venues = watched.city._state.venues
    ends = iso(START + 300 * MINUTE)
    _trigger(watched, "promotion.started", {"kind": "promotion", "value": 30.0, "ends_at": ends}, venue_id="v00003")
    assert np.isclose(venues["discount"][3], 0.3)
    _trigger(watched, "promotion.ended", {"kind": "promotion"}, venue_id="v00003")
    assert venues["discount"][3] == 0
    _trigger(watched, "price.changed", {"value": 1.5 * float(venues["price"][4])}, venue_id="v00004")
    assert np.isclose(venues["price_level"][4], 1.5)
    _trigger(watched, "venue.availability_changed", {"value": 0.0}, venue_id="v00005")
    assert venues["fullness"][5] == FULL


def test_triggered_lives_friendships_and_reviews_change_people_and_places(watched: Watched) -> None:
    users, venues = watched.city._state.users, watched.city._state.venues
    _trigger(watched, "user.dormant", {}, user_id="u0000007")
    assert users["lifecycle"][7] == DORMANT
    _trigger(watched, "user.churned", {}, user_id="u0000007")
    assert users["lifecycle"][7] == CHURNED
    strangers = next(n for n in range(39, 0, -1) if not (users["friends"][0] == n).any())
    made = {"other_user_id": f"u{strangers:07d}", "compatibility": 0.5, "latency_seconds": 60}
    assert _trigger(watched, "friend.accepted", made, user_id="u0000000").accepted
    assert (users["friends"][0] == strangers).any()
    count = int(venues["rating_count"][6])
    review = {"rating": 5, "session_id": "s", "visit_id": "x"}
    assert _trigger(watched, "review.submitted", review, user_id="u0000001", venue_id="v00006").accepted
    assert venues["rating_count"][6] == count + 1


@pytest.mark.parametrize(
    ("name", "payload", "who", "reason"),
    [
        ("traffic.changed", {"condition": "jammed"}, {}, "condition must be one of light"),
        ("traffic.changed", {"condition": "heavy", "hours": 0}, {}, "hours must be above 0"),
        ("special_event.started", {"name": "Madison Square Garden", "crowd": 0}, {}, "above 0"),
        ("special_event.started", {"name": "Somewhere"}, {}, "needs"),
        ("special_event.started", {"name": "Barclays Center", "starts_at": iso(START + MINUTE), "ends_at": iso(START)},
         {}, "ends_at must come after"),
        ("promotion.started", {"kind": "promotion", "value": 0.0, "ends_at": iso(START + MINUTE)},
         {"venue_id": "v00001"}, "discount in percent"),
    ],
)  # fmt: skip
def test_what_could_not_be_felt_is_refused(
    watched: Watched, name: str, payload: dict[str, object], who: dict[str, str], reason: str
) -> None:
    answer = _trigger(watched, name, payload, **who)
    assert not answer.accepted
    assert reason in str(answer.reason)

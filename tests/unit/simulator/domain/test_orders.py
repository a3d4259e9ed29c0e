"""What people order at run time is done exactly, answered with what came of it, or refused with a reason."""

import json

import numpy as np
import polars as pl
import pytest

from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.orders import _spawn
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.visits import cold_factor
from tests.unit.simulator.domain.neighbours import START, data, make_city
from tests.unit.simulator.domain.watched import Watched, conditions

OUTINGS = data().world.outings


@pytest.fixture
def watched() -> Watched:
    return Watched(make_city(60, venues=30))


# --- spawn ----------------------------------------------------------------------------------------------------------


def test_new_people_are_named_counted_and_befriended(watched: Watched) -> None:
    answer = watched.order("spawn", {"count": 130, "befriend": True})
    assert answer.accepted
    assert (answer.result["first"], answer.result["last"]) == ("u0000060", "u0000189")
    assert answer.result["user_ids"] == [f"u{number:07d}" for number in range(60, 160)], "the first hundred"
    assert (answer.result["count"], answer.result["population"]) == (130, 190)
    joined = watched.rows("user_actions").filter(pl.col("event_type") == "user.registered")["user_id"]
    assert set(joined) >= {f"u{number:07d}" for number in range(60, 190)}
    rows = watched.rows("users").filter(pl.col("user_id") >= "u0000060")
    assert rows["friend_ids"].is_not_null().mean() > 0.9  # type: ignore[operator]
    assert rows["is_simulated"].all()


@pytest.mark.parametrize("there", [0, 60])
def test_everybody_hears_of_the_friends_of_newcomers_also_where_nobody_was_before(there: int) -> None:
    watched = Watched(make_city(there, venues=30))
    assert watched.order("spawn", {"count": 40, "befriend": True}).accepted
    told = watched.rows("social_interactions").filter(event_type="friend.accepted")
    edges = {(row["user_id"], row["other_user_id"]) for row in told.iter_rows(named=True)}
    rows = watched.rows("users").filter(pl.col("friend_ids").is_not_null())
    newcomers = {f"u{number:07d}" for number in range(there, there + 40)}
    listed = {
        (user, friend)
        for user, friends in zip(rows["user_id"], rows["friend_ids"], strict=True)
        for friend in friends.split(",")
        if newcomers & {user, friend}
    }
    assert len(edges) == told.height > 80
    assert listed == edges | {(other, user) for user, other in edges}
    assert told["event_id"].n_unique() == told.height


def test_a_crowd_of_newcomers_makes_friends_in_a_few_writes_not_in_one_a_pair() -> None:
    turn = make_city(1_000, venues=10)._turn(0, (), ())
    _spawn(turn, {"count": 30_000, "befriend": True})
    assert turn.state.users["friend_count"][1_000:].mean() > 5
    assert len(turn.dirty_users) < 100


@pytest.mark.parametrize("count", [0, 100_001, 1.5, True, "many"])
def test_a_spawn_out_of_bounds_is_refused(watched: Watched, count: object) -> None:
    answer = watched.order("spawn", {"count": count})
    assert not answer.accepted
    assert "100000" in str(answer.reason)
    assert watched.city.population == 60


# --- behavior -------------------------------------------------------------------------------------------------------


def test_one_persona_gets_the_shares_asked_for_and_keeps_the_proportions_of_the_rest(watched: Watched) -> None:
    answer = watched.order("behavior", {"persona": "foodie_explorer", "action_probabilities": {"book": 0.3, "like": 0}})
    mixes = answer.result["probabilities"]
    assert isinstance(mixes, dict)
    assert list(mixes) == ["foodie_explorer"]
    mix = mixes["foodie_explorer"]
    assert mix["book"] == pytest.approx(0.3, abs=1e-4)
    assert mix["like"] == 0
    assert sum(mix.values()) == pytest.approx(1, abs=1e-3)
    again = watched.order("behavior", {"persona": "foodie_explorer", "action_probabilities": {"book": 0.3}})
    assert again.result["probabilities"]["foodie_explorer"]["view"] == pytest.approx(mix["view"], rel=1e-2)  # type: ignore[index]


def test_everybody_gets_the_shares_asked_for(watched: Watched) -> None:
    answer = watched.order("behavior", {"global": True, "action_probabilities": {"search": 1.0}})
    mixes = answer.result["probabilities"]
    assert isinstance(mixes, dict)
    assert len(mixes) == 7
    assert all(mix["search"] == pytest.approx(1, abs=1e-4) for mix in mixes.values())
    watched.run(200)
    actions = watched.rows("user_actions").filter(
        pl.col("event_type").is_in(["venue.browsed", "venue.viewed", "search.performed", "venue.saved", "venue.liked"])
    )
    assert set(actions["event_type"]) == {"search.performed"}


def test_shares_of_a_scenario_hold_while_it_does(watched: Watched) -> None:
    shares = {"search": 0.9, "browse": 0.1}
    answer = watched.order("behavior", {"scenario": "friday_night", "action_probabilities": shares})
    assert answer.accepted
    assert answer.result["probabilities"]["friday_night"]["search"] == pytest.approx(0.9, abs=1e-3)  # type: ignore[index]
    watched.run(60)
    before = watched.rows("user_actions")
    assert watched.order("scenario", {"scenario": "friday_night"}).accepted
    watched.run(240)
    during = watched.rows("user_actions")[before.height :].filter(pl.col("event_type").str.contains("venue|search"))
    views = {name: during.filter(event_type=name).height for name in ("search.performed", "venue.viewed")}
    assert views["search.performed"] > 5 * views["venue.viewed"]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"persona": "foodie_explorr", "action_probabilities": {"book": 0.3}}, "did you mean 'foodie_explorer'"),
        ({"scenario": "friday_nite", "action_probabilities": {"book": 0.3}}, "did you mean 'friday_night'"),
        ({"action_probabilities": {"brows": 0.3}}, "did you mean 'browse'"),
        ({"action_probabilities": {"browse": 1.3}}, "from 0 to 1"),
        ({"action_probabilities": {"browse": 0.7, "book": 0.6}}, "add up to 1.3"),
        ({"action_probabilities": dict.fromkeys(ACTIONS, 0.05)}, "add up to 0.5"),
        ({"action_probabilities": {}}, "must map"),
        ({"persona": "x", "scenario": "y", "action_probabilities": {"browse": 1}}, "not of both"),
        ({"persona": "foodie_explorer", "global": True, "action_probabilities": {"browse": 1}}, "not of both"),
    ],
)
def test_impossible_behavior_is_refused(watched: Watched, parameters: dict[str, object], reason: str) -> None:
    answer = watched.order("behavior", parameters)
    assert not answer.accepted
    assert reason in str(answer.reason)


# --- weather --------------------------------------------------------------------------------------------------------


def test_ordered_weather_holds_for_its_hours_and_no_longer(watched: Watched) -> None:
    answer = watched.order("weather", {"condition": "snow", "hours": 2.5, "city": "new_york"})
    assert answer.result == {"city": "new_york", "condition": "snow", "hours": 2.5, "forced": True}
    watched.run(149)
    assert set(conditions(watched)[-3:]) == {"snow"}, "it is June"
    watched.run(62)
    assert conditions(watched)[-1] != "snow"


@pytest.mark.parametrize("month", ["2026-01-15", "2026-07-15"])
@pytest.mark.parametrize("how", ["weather", "trigger"])
def test_ordered_weather_is_as_warm_and_wet_as_such_weather_can_be_and_is_felt_so(month: str, how: str) -> None:
    noon = int(np.datetime64(f"{month}T17:00", "us").astype(int))
    for condition, sky in data().world.skies.items():
        watched = Watched(make_city(5, venues=5, start=noon))
        said = {"condition": condition, "hours": 5}
        asked = said if how == "weather" else {"event_type": "weather.changed", "payload": said}
        assert watched.order(how, asked).accepted
        watched.run(120)
        told = watched.rows("environment").filter(event_type="weather.changed", condition=condition)
        assert told.height == 4
        for name, (least, most) in (("temperature_c", sky.temperature_c), ("precipitation_mm", sky.precipitation_mm)):
            assert told[name].is_between(least - 0.01, most + 0.01).all(), (condition, told[name])
        turn = watched.city._turn(watched.city.tick, (), ())
        assert cold_factor(turn) == pytest.approx(1 + OUTINGS.cold_stay * (15 - told["temperature_c"][-1]), abs=1e-6)


def test_ordered_weather_can_be_ended(watched: Watched) -> None:
    watched.order("weather", {"condition": "snow", "hours": 200})
    answer = watched.order("weather", {})
    assert answer.result["forced"] is False
    watched.run(61)
    assert "snow" not in conditions(watched)[2:]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"condition": "snwo"}, "did you mean 'snow'"),
        ({"condition": "snow", "hours": 0}, "above 0"),
        ({"condition": "snow", "hours": 1_000}, "at most 240"),
        ({"condition": "snow", "city": "boston"}, "no city 'boston' here; there is new_york"),
    ],
)
def test_weather_that_cannot_be_is_refused(watched: Watched, parameters: dict[str, object], reason: str) -> None:
    answer = watched.order("weather", parameters)
    assert not answer.accepted
    assert reason in str(answer.reason)


# --- the pool -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percentage", "most", "expected"), [(30.0, None, (8, 45)), (100.0, 10, (3, 10)), (30.0, 5, (1, 5))]
)
def test_no_more_than_a_share_and_a_number_of_people_ever_act(
    percentage: float, most: int | None, expected: tuple[int, int]
) -> None:
    config = CityConfig(100, 20, START, profile="dense", active_percentage=percentage, maximum_active_users=most)
    watched = Watched(City(config, 5, Identity("run", 0, "dining", "new_york"), data()))
    watched.order("behavior", {"action_probabilities": {"browse": 1.0}})
    watched.run(360)
    opened = watched.rows("user_actions").filter(pl.col("event_type") == "session.started")["user_id"].n_unique()
    assert expected[0] <= opened <= expected[1]


def test_orders_leave_a_city_that_goes_on_the_same_after_being_saved(watched: Watched) -> None:
    watched.order("behavior", {"scenario": "friday_night", "action_probabilities": {"search": 0.9}})
    watched.order("scenario", {"scenario": "friday_night"})
    watched.order("weather", {"condition": "storm", "hours": 3})
    other = Watched(make_city(60, venues=30))
    other.city.load({name: np.array(array) for name, array in watched.city.save().items()})
    watched.frames.clear()
    for each in (watched, other):
        each.run(120)
    assert watched.frames.keys() == other.frames.keys()
    assert all(watched.rows(topic).equals(other.rows(topic)) for topic in watched.frames)
    assert json.dumps(list(watched.city.scenarios)) == '["friday_night"]'

"""Steering a running city through the API: the clock, its speed, new people, scenarios, and orders that are refused."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import cast

import pytest

from tests.e2e.consumer import read_all
from tests.e2e.stack import SMALL_CITY, Stack
from tests.e2e.waiting import eventually
from tests.laws.reading import Reading, Record

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.kafka, pytest.mark.postgres]

USUAL = float(SMALL_CITY["LUNA_SIMULATOR__SPEED"])
RAMP = 10
"""Simulated minutes after which a lunch rush holds."""

MINUTES = 40
"""Simulated minutes over which a rate is taken."""


@pytest.fixture
def steered(city: Stack) -> Iterator[Stack]:
    """The city; afterwards at its usual speed again."""
    yield city
    city.give("/simulation/speed", {"multiplier": USUAL})


def wall(city: Stack) -> dt.datetime:
    return dt.datetime.fromisoformat(city.state()["wall_time"])


def phases(city: Stack) -> dict[str, str]:
    return {scenario["name"]: scenario["phase"] for scenario in city.state()["scenarios"]}


def test_pause_stops_simulated_time_and_resume_continues_it(city: Stack) -> None:
    city.give("/simulation/pause")
    eventually(lambda: city.state()["phase"] == "paused")
    held, since = city.state(), wall(city)
    eventually(lambda: wall(city) - since > dt.timedelta(seconds=2))
    assert city.state()["phase"] == "paused"
    assert (city.state()["tick"], city.state()["simulation_time"]) == (held["tick"], held["simulation_time"])
    city.give("/simulation/resume")
    eventually(lambda: city.state()["tick"] > held["tick"] + 2)
    assert city.state()["phase"] == "running"


def test_the_achieved_speed_follows_the_speed_asked_for(steered: Stack) -> None:
    steered.give("/simulation/speed", {"multiplier": 60})
    slow = eventually(partial(achieved, steered, 60.0, 45.0, 75.0))
    steered.give("/simulation/speed", {"multiplier": 480})
    fast = eventually(partial(achieved, steered, 480.0, 150.0, 600.0))
    assert fast > 2 * slow


def achieved(city: Stack, target: float, least: float, most: float) -> float:
    """The speed achieved, once it is the one asked for and within bounds."""
    state = city.state()
    speed = state["speed_achieved"] or 0.0
    return float(speed) if state["speed_target"] == target and least <= speed <= most else 0.0


def test_people_who_are_spawned_join_the_city(city: Stack) -> None:
    population = city.state()["population"]
    ack = city.give("/admin/control/users/spawn/7", {"befriend": True})
    ids = ack["result"]["user_ids"]
    assert len(set(ids)) == 7
    eventually(lambda: city.state()["population"] >= population + 7)
    tick = city.state()["tick"]
    eventually(lambda: city.state()["tick"] > tick + 1)  # a pause holds back what is later in its tick
    city.settle()
    heard = read_all(city.bootstrap, city.url).reading
    rows = {record["user_id"]: record for record in heard.of_topic("users")}
    registered = {record["user_id"] for record in heard.of_topic("user_actions", "user.registered")}
    assert set(ids) <= rows.keys() & registered
    assert all(rows[user]["is_simulated"] and rows[user]["name"] for user in ids)


def quiet(city: Stack) -> bool:
    """Whether no scenario holds, and the last meal is over: a rush then stands out from the hour."""
    return not phases(city) and not 9 <= city.now().hour < 22


def test_a_lunch_rush_raises_rates_is_labelled_and_settles(steered: Stack) -> None:
    steered.give("/simulation/speed", {"multiplier": 1000})
    for scenario in phases(steered):
        steered.api.post("/simulation/scenario", json={"scenario": scenario, "action": "stop"})  # may settle already
    eventually(partial(quiet, steered), 240.0, said=steered.state)
    steered.give("/simulation/speed", {"multiplier": USUAL})
    ack = steered.give("/simulation/scenario/lunch_rush")
    cause, begin = ack["result"]["cause_id"], dt.datetime.fromisoformat(ack["effective_time"])
    held = begin + dt.timedelta(minutes=RAMP)
    eventually(lambda: steered.now() > held + dt.timedelta(minutes=MINUTES))
    steered.give("/simulation/speed", {"multiplier": 1000})
    steered.give("/simulation/scenario", {"scenario": "lunch_rush", "action": "stop"})
    eventually(lambda: "lunch_rush" not in phases(steered), 120.0)
    steered.settle()
    heard = read_all(steered.bootstrap, steered.url).reading
    window = dt.timedelta(minutes=MINUTES)
    before, during = sessions(heard, begin - window, begin), sessions(heard, held, held + window)
    without = [one for one in during if one["cause_id"] != cause]  # what this hour would have been by itself
    # it lifts the day's curve to one level, which the busiest hours of an evening are near: 1.34 was seen there
    assert len(during) > 1.15 * len(without), f"{len(during)} sessions, {len(without)} of them without the rush"
    assert len(during) > len(before)
    caused = [record for record in heard.records if record["cause_id"] == cause]
    assert {"user_actions", "ground_truth"} <= {record.topic for record in caused}
    planned, told = window_of(heard, cause)  # told again when it is stopped early
    assert [(one["name"], one["starts_at"]) for one in (planned, told)] == [("lunch_rush", begin)] * 2
    assert cast("dt.datetime", told["ends_at"]) < cast("dt.datetime", planned["ends_at"])
    assert lived(heard, cause) == ["scenario.started", "scenario.settling", "scenario.settled"]


def sessions(heard: Reading, begin: dt.datetime, end: dt.datetime) -> list[Record]:
    """Sessions begun in a stretch of simulated time."""
    starts = heard.of_topic("user_actions", "session.started")
    return [record for record in starts if begin <= record["simulation_time"] < end]


def window_of(heard: Reading, cause: str) -> list[dict[str, object]]:
    """The windows that ground_truth tells of a cause."""
    windows = heard.of_topic("ground_truth", "truth.scenario_window")
    return [dict(record.value) for record in windows if record["cause_id"] == cause]


def lived(heard: Reading, cause: str) -> list[str]:
    """What simulation_control tells of a scenario, in order."""
    told = heard.of_topic("simulation_control", "scenario.started", "scenario.settling", "scenario.settled")
    return [str(record["event_type"]) for record in told if record["cause_id"] == cause]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("/simulation/scenario/lunch_rsh", None, 409, "lunch_rush"),
        ("/simulation/speed", {"multiplier": 5000}, 422, "1000"),
        ("/simulation/speed", {"multiplier": -1}, 422, "multiplier"),
        ("/simulation/scenario", {"scenario": "lunch_rush", "action": "stop"}, 409, "lunch_rush is not running"),
        ("/admin/control/users/spawn/0", None, 422, "count"),
        ("/bookings/u9999999/create", {"venue_id": "v00000", "start_time": "2026-06-06T20:00:00Z"}, 404, "u9999999"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_with_its_reason(
    city: Stack, path: str, body: dict[str, object] | None, status: int, reason: str
) -> None:
    answer = city.api.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert reason in answer.text

"""Scenarios under way: commands, phases on the stream, windows on ground_truth, cascades."""

from dataclasses import replace

import polars as pl
import pytest

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.domain.environment import happen
from services.simulator.domain.running import unmet_condition
from services.simulator.domain.scenarios import Cascade, Conditions, Happening, Scenario
from services.simulator.domain.specification import CityData
from tests.unit.simulator.domain.neighbours import START, Stage, data, make_city

SHORT = replace(data().scenarios["lunch_rush"], ramp_minutes=3, hold_minutes=5, settle_minutes=4, curve="linear")


def _with(*scenarios: Scenario) -> CityData:
    return replace(data(), scenarios={scenario.name: scenario for scenario in scenarios})


def _city(given: CityData, seed: int = 5) -> City:
    config = CityConfig(users=30, venues=20, start=START)
    return City(config, seed, Identity("run", 0, "dining", "new_york"), given)


def _start(name: str, **parameters: object) -> Command:
    return Command("a", "scenario", {"scenario": name, **parameters})


def test_every_phase_is_told_once_and_in_order() -> None:
    stage = Stage(_city(_with(SHORT)), {2: [_start("lunch_rush")]}).run(25)
    control = stage.frame("simulation_control").filter(scenario="lunch_rush")
    assert control["event_type"].to_list() == [f"scenario.{w}" for w in ("started", "holding", "settling", "settled")]
    assert control["scenario_phase"].to_list() == ["ramping", "holding", "settling", "settled"]
    minutes = ((control["simulation_time"] - START) // MINUTE).to_list()
    assert minutes[:3] == [2, 4, 10]
    window = stage.frame("ground_truth").filter(event_type="truth.scenario_window")
    assert window["starts_at"].to_list() == [START + 2 * MINUTE]
    assert window["ends_at"].to_list() == [control["simulation_time"][-1]]
    assert window["cause_id"].to_list() == window["event_id"].to_list()
    assert control["cause_id"].unique().to_list() == window["cause_id"].to_list()


def _around_the_concert(stopped_at: int | None) -> tuple[pl.DataFrame, float]:
    """What is told of the concert, which begins at minute 12 and lasts 20, and the delay when its crowd comes."""
    concert = replace(data().scenarios["concert_night"], cascades=(), hold_minutes=30)
    concert = replace(concert, special_event=Happening("Barclays Center", 10, 30))
    stop = {"scenario": "concert_night", "action": "stop"}
    orders = {2: [_start("concert_night")]}
    if stopped_at is not None:
        orders[stopped_at] = [Command("b", "scenario", stop)]
    stage = Stage(_city(_with(concert)), orders).run(70)
    told = stage.frame("environment")
    cause = stage.frame("ground_truth").filter(event_type="truth.scenario_window")["cause_id"][0]
    delay = told.filter(event_type="traffic.changed")["delay_minutes"][-1]
    return told.filter(cause_id=cause), delay


def test_what_a_scenario_is_about_is_announced_starts_ends_and_fills_the_streets() -> None:
    told, delay = _around_the_concert(None)
    assert told["event_type"].to_list() == [f"special_event.{word}" for word in ("scheduled", "started", "ended")]
    assert ((told["simulation_time"] - START) // MINUTE).to_list() == [2, 12, 32]
    assert set(told["name"]) == {"Barclays Center"}
    assert told["correlation_id"].to_list() == [None, *[told["event_id"][0]] * 2]
    assert (told["starts_at"][0], told["ends_at"][0]) == (START + 12 * MINUTE, START + 32 * MINUTE)
    called_off, usual = _around_the_concert(5)
    assert called_off["event_type"].to_list() == ["special_event.scheduled", "special_event.ended"]
    assert ((called_off["simulation_time"] - START) // MINUTE).to_list() == [2, 5]
    assert delay > usual
    cut_short, _ = _around_the_concert(20)
    assert ((cut_short["simulation_time"] - START) // MINUTE).to_list() == [2, 12, 20]


def test_a_place_has_room_for_one_event() -> None:
    turn = _city(data())._turn(0, (), ())
    for cause in (1, 2):
        happen(turn, "Bryant Park", turn.start + 60 * MINUTE, turn.start + 90 * MINUTE, cause)
    assert turn.state.pools["gatherings"].rows["cause"].tolist() == [1]


def test_a_scenario_that_is_stopped_moves_its_window() -> None:
    stop = Command("b", "scenario", {"scenario": "lunch_rush", "action": "stop"})
    stage = Stage(_city(_with(SHORT)), {2: [_start("lunch_rush", hold_minutes=500)], 12: [stop]}).run(30)
    windows = stage.frame("ground_truth").filter(event_type="truth.scenario_window")
    assert windows.height == 2
    assert windows["event_id"].n_unique() == 2
    assert windows["cause_id"].n_unique() == 1
    assert windows["ends_at"][1] < windows["ends_at"][0]
    settled = stage.frame("simulation_control").filter(event_type="scenario.settled")
    assert settled["simulation_time"].to_list() == [windows["ends_at"][1]]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"intensity": 9}, "intensity must be a number from 0.1 to 3"),
        ({"intensity": True}, "intensity"),
        ({"hold_minutes": -1}, "hold_minutes"),
        ({"action": "boost"}, "start or stop"),
    ],
)
def test_parameters_out_of_bounds_are_refused(parameters: dict[str, object], reason: str) -> None:
    result = make_city(10, venues=10).step((), [_start("friday_night", **parameters)]).results[0]
    assert not result.accepted
    assert reason in str(result.reason)


def test_intensity_and_time_to_hold_can_be_given() -> None:
    city = make_city(10, venues=10)
    result = city.step((), [_start("friday_night", intensity=2.0, hold_minutes=30)]).results[0]
    assert result.result["intensity"] == 2.0
    row = city._state.pools["causes"].rows[0]
    assert row["released"] - row["started"] == 50 * MINUTE


def test_a_start_at_another_time_is_a_warning_or_refused_as_the_file_says() -> None:
    lunch = data().scenarios["lunch_rush"]
    assert unmet_condition(lunch, 2, 12 * 60) is None
    assert "saturday" in str(unmet_condition(lunch, 5, 12 * 60))
    assert "18:30" in str(unmet_condition(lunch, 2, 18 * 60 + 30))
    warned = make_city(10, venues=10).step((), [_start("lunch_rush")]).results[0]
    assert warned.accepted
    assert "11:00 to 13:30" in str(warned.result["warning"])
    strict = replace(lunch, conditions=replace(lunch.conditions, otherwise="refuse"))
    refused = _city(_with(strict)).step((), [_start("lunch_rush")]).results[0]
    assert not refused.accepted
    assert "11:00 to 13:30" in str(refused.reason)


def _cascading(probability: float) -> CityData:
    first = replace(SHORT, name="first", conditions=Conditions(), cascades=(Cascade("second", 4, probability),))
    return _with(first, replace(SHORT, name="second", conditions=Conditions()))


def test_a_follow_up_is_a_cause_of_its_own_with_its_parent() -> None:
    stage = Stage(_city(_cascading(1.0)), {2: [_start("first")]}).run(30)
    windows = stage.frame("ground_truth").filter(event_type="truth.scenario_window")
    assert windows["name"].to_list() == ["first", "second"]
    assert windows["starts_at"].to_list() == [START + 2 * MINUTE, START + 6 * MINUTE]
    first, second = windows["cause_id"].to_list()
    assert first != second
    assert windows["correlation_id"].to_list() == [None, first]
    assert first in windows["parameters"][1]


def test_follow_ups_come_as_often_as_their_probability_says() -> None:
    came = 0
    for seed in range(40):
        city = _city(_cascading(0.5), seed)
        city.step((), [_start("first")])
        came += len(city._state.pools["causes"]) - 1
        assert city.scenarios == ("first",)
    assert 10 <= came <= 30


def test_what_would_have_followed_does_not_after_a_stop() -> None:
    city = _city(_cascading(1.0))
    city.step((), [_start("first")])
    city.step((), [Command("b", "scenario", {"scenario": "first", "action": "stop"})])
    for _ in range(20):
        city.step((), ())
    assert city.scenarios == ()
    assert city._state.numbers["next_cause"] == 1


def test_a_city_with_scenarios_under_way_is_saved_and_goes_on_to_the_same_effects() -> None:
    city = _city(_cascading(1.0))
    city.step((), [_start("first", intensity=1.5)])
    again = _city(_cascading(1.0), 9)
    again.load(city.save())
    for _ in range(12):
        city.step((), ())
        again.step((), ())
        assert city.scenarios == again.scenarios
    assert (city._state.pools["causes"].rows == again._state.pools["causes"].rows).all()

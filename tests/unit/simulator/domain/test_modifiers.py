"""One mechanism: what modifiers amount to, alone, together, over time, and whatever the clock says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.causes import HOLDING, OVER, RAMPING, SETTLING, overridden, settled_at, strength
from services.simulator.domain.effects import Effects, Running, Surroundings, edge, period_at, shifted
from services.simulator.domain.modifiers import Mechanism
from services.simulator.domain.scenarios import Modifier, Scenario
from services.simulator.domain.specification import ACTIONS
from tests.unit.simulator.domain.neighbours import data, make_city

DULL = Surroundings(None, "weekday", holiday=None, weather="cloudy", traffic="light", weekday=None)
VENUES = {
    name: make_city(5, venues=60)._state.venues[name] for name in ("outdoor", "features", "latitude", "longitude")
}
NEUTRAL = Scenario("x", "X", 10, 60, 20, "exponential", ())


def _scenario(*modifiers: Modifier, **other: object) -> Scenario:
    return replace(NEUTRAL, modifiers=modifiers, **other)  # type: ignore[arg-type]


def _effects(*running: Running, around: Surroundings = DULL) -> Effects:
    return Mechanism(data()).levels(around, running, VENUES)[-1]


def test_nothing_in_particular_changes_nothing() -> None:
    effects = _effects()
    assert (effects.sessions, effects.walk_ins, effects.party_size, effects.price) == (1, 1, 1, 0)
    assert not effects.actions.any()
    assert effects.places is None
    assert effects.by_persona is None


@given(st.floats(0.1, 5), st.floats(0.1, 5))
def test_conflicts_multiply(one: float, two: float) -> None:
    first, second = (
        _scenario(Modifier("walk_ins", "multiply", v), Modifier("action.book", "multiply", v)) for v in (one, two)
    )
    effects = _effects(Running(first, 1.0), Running(second, 1.0))
    assert np.isclose(effects.walk_ins, one * two)
    assert np.isclose(np.exp(effects.actions[ACTIONS.index("book")]), one * two)


def test_of_scenarios_on_one_rate_that_of_higher_precedence_holds() -> None:
    low = _scenario(Modifier("walk_ins", "multiply", 3.0), Modifier("sessions", "multiply", 2.0))
    high = _scenario(Modifier("walk_ins", "multiply", 0.5), precedence=1)
    effects = _effects(Running(low, 1.0), Running(high, 1.0))
    assert np.isclose(effects.walk_ins, 0.5)
    assert np.isclose(effects.sessions, 2.0)
    half = _effects(Running(high, 0.5), Running(low, 1.0))
    assert 0.75 < half.walk_ins < 3.0


@given(st.floats(0, 1))
def test_a_part_of_a_scenario_is_that_part_of_its_factor(part: float) -> None:
    effects = _effects(
        Running(_scenario(Modifier("sessions", "multiply", 3.0), Modifier("distance", "add", 0.5)), part)
    )
    assert np.isclose(effects.sessions, 1 + 2 * part)
    assert np.isclose(effects.distance, 1 + 0.5 * part)


def test_intensity_raises_factors_to_a_power_so_that_none_turns_negative() -> None:
    scenario = _scenario(Modifier("sessions", "multiply", 2.0), Modifier("walk_ins", "multiply", 0.5))
    effects = _effects(Running(scenario, 1.0, 3.0))
    assert np.isclose(effects.sessions, 8)
    assert np.isclose(effects.walk_ins, 0.125)


def test_temporal_modifiers_come_from_hour_day_holiday_weather_and_traffic() -> None:
    lunch = _effects(around=DULL._replace(period="lunch"))
    assert np.isclose(np.exp(lunch.actions[ACTIONS.index("browse")]), 1.2)
    assert np.isclose(_effects(around=DULL._replace(holiday="Memorial Day")).walk_ins, 1.7)
    assert np.isclose(_effects(around=DULL._replace(weather="rain")).walk_ins, 0.78)
    for foul in ("snow", "storm"):
        effects = _effects(around=DULL._replace(weather=foul))
        assert effects.walk_ins < 1.0
        assert effects.sessions < 1.0
    rain, sun = (_effects(around=DULL._replace(weather=w)).places for w in ("rain", "clear"))
    assert rain is not None
    assert sun is not None
    outside = VENUES["outdoor"].astype(bool)
    assert rain[outside].max() < 0 < sun[outside].min()
    assert _effects(around=DULL._replace(day="weekend")).party_size > 1
    assert _effects(around=DULL._replace(traffic="severe")).distance > 1


def test_a_scenario_puts_its_own_hour_in_the_place_of_the_clocks() -> None:
    late = DULL._replace(period="late_night")
    book = ACTIONS.index("book")
    own = _scenario(Modifier("walk_ins", "multiply", 2.0), period="lunch")
    assert _effects(around=late).actions[book] < 0
    assert np.isclose(np.exp(_effects(Running(own, 1.0), around=late).actions[book]), 0.92)


def test_an_override_takes_the_place_of_what_hours_and_days_do_and_of_nothing_else() -> None:
    feast = DULL._replace(holiday="Memorial Day")
    quiet = _scenario(Modifier("walk_ins", "override", 2.0))
    loud = _scenario(Modifier("walk_ins", "multiply", 3.0))
    effects = _effects(Running(quiet, 1.0), Running(loud, 1.0), around=feast)
    assert effects.walk_in_override == (2.0, 1.0)
    assert np.isclose(effects.walk_ins, 3.0)
    assert overridden(np.array([0.1, 5.0]), 2.0).tolist() == [2.0, 5.0]
    assert overridden(np.array([0.1, 5.0]), 0.5).tolist() == [0.1, 0.5]


def test_personas_can_differ() -> None:
    scenario = _scenario(
        Modifier("walk_ins", "multiply", 2.0, ("busy_professional",)),
        Modifier("action.book", "multiply", 3.0, ("busy_professional",)),
    )
    effects = _effects(Running(scenario, 1.0))
    assert effects.by_persona is not None
    place = list(data().people.personas).index("busy_professional")
    assert np.allclose(np.exp(effects.by_persona[place, [1, 2 + ACTIONS.index("book")]]), [2, 3])
    assert not np.delete(effects.by_persona, place, axis=0).any()


def test_a_modifier_holds_within_its_own_window() -> None:
    scenario = data().scenarios["concert_night"]
    before, during, after = (
        _effects(Running(scenario, 1.0, 1.0, edge(scenario, minutes))).walk_ins for minutes in (30, 120, 260)
    )
    assert during < 1 < before < after


@given(st.floats(0, 1), st.floats(-4, 4))
def test_a_shift_keeps_a_probability_a_probability_and_its_direction(share: float, log_odds: float) -> None:
    moved = float(shifted(share, log_odds))
    assert 0 <= moved <= 1
    assert (moved - share) * log_odds >= -1e-12


@pytest.mark.parametrize("curve", ["linear", "exponential", "step"])
@given(ramp=st.integers(0, 40), hold=st.integers(0, 200), settle=st.integers(1, 90), value=st.floats(0.05, 40))
def test_a_scenario_ramps_holds_and_settles_until_within_five_percent(
    curve: str, ramp: int, hold: int, settle: int, value: float
) -> None:
    scenario = _scenario(
        Modifier("sessions", "multiply", value),
        ramp_minutes=ramp,
        hold_minutes=hold,
        settle_minutes=settle,
        curve=curve,
    )
    released = (ramp + hold) * MINUTE
    end = settled_at(scenario, 0, released)
    steps = [strength(scenario, 0, released, minute * MINUTE) for minute in range(end // MINUTE + 2)]
    phases = [phase for _, phase in steps]
    assert phases == sorted(phases)
    assert {*phases} <= {RAMPING, HOLDING, SETTLING, OVER}
    assert phases[end // MINUTE] == OVER
    part, _ = steps[end // MINUTE]
    assert abs(_effects(Running(scenario, part)).sessions - 1) <= 0.05 + 1e-9
    if end > released:
        part, phase = steps[end // MINUTE - 1]
        assert phase == SETTLING
        assert abs(_effects(Running(scenario, part)).sessions - 1) > 0.05


def test_a_step_ends_with_its_backlog_at_once() -> None:
    scenario = data().scenarios["concert_night"]
    released = int((scenario.ramp_minutes + scenario.hold_minutes) * MINUTE)
    assert strength(scenario, 0, released, released)[0] == scenario.backlog > 1
    assert strength(scenario, 0, released, released + int(scenario.settle_minutes * MINUTE)) == (0.0, OVER)


@given(st.floats(0, 23.99))
def test_every_hour_is_in_one_part_of_the_day_at_most(hour: float) -> None:
    name = period_at(data().temporal, hour)
    wanted = "breakfast" if 6 <= hour < 11 else "lunch" if 11 <= hour < 15 else None
    wanted = "early_evening" if 16 <= hour < 18 else wanted
    wanted = "dinner" if 18 <= hour < 22 else "late_night" if hour >= 22 or hour < 6 else wanted
    assert name == wanted


def test_what_holds_is_summed_up_once_and_remembered() -> None:
    mechanism = Mechanism(data())
    running = [Running(data().scenarios["friday_night"], 1.0)]
    first = mechanism.levels(DULL, running, VENUES)
    again = mechanism.levels(DULL, list(running), VENUES)
    assert all(a is b for a, b in zip(first, again, strict=True))
    first.clear()
    assert len(mechanism.levels(DULL, running, VENUES)) == 2

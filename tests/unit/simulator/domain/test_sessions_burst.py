"""When people open the app: unequal people, keen and quiet spells, and bursts, as one use leads to the next."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from services.simulator.domain import sessions
from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.nodes import _cool
from tests.unit.simulator.domain.neighbours import START, data, make_city

USERS = 6000
WHO = np.arange(USERS)
RATES = data().world.session
SPELL_TICKS = RATES.spell_hours * 60


def _city(users: int = USERS, profile: str = "dense") -> City:
    return make_city(users, venues=5, profile=profile)


def _opened(city: City, ticks: range) -> np.ndarray:
    """How often each person would open the app in so many ticks, nothing else changing; shape (users,)."""
    counts = np.zeros(city.population)
    for tick in ticks:
        who, outcomes = sessions.draw(city._turn(tick, (), ()))
        counts[who] += outcomes[-1]
    return counts


def test_people_differ_in_how_often_they_come_by_the_spread_of_the_world() -> None:
    columns, spread = _city()._state.users, RATES.activity_log_sd
    traits = np.array([persona.activity for persona in data().people.personas.values()])
    daily = data().world.profiles["dense"].sessions_per_day
    own = columns["activity"] / (daily * traits[columns["persona"]])
    assert np.log(own).std() == pytest.approx(spread, rel=5 / np.sqrt(2 * USERS))
    assert np.log(own).mean() == pytest.approx(-(spread**2) / 2, abs=5 * spread / np.sqrt(USERS))
    mean_sd = np.sqrt(np.expm1(spread**2) / USERS)
    assert own.mean() == pytest.approx(1.0, abs=5 * mean_sd)


def test_a_spell_lasts_its_hours_is_one_on_the_mean_and_says_nothing_of_the_next() -> None:
    city, spread = _city(), RATES.spell_log_sd
    now, later, next_one = (sessions.spells(city._turn(tick, (), ())) for tick in (0, SPELL_TICKS - 1, SPELL_TICKS))
    assert (now == later).all()
    assert abs(stats.spearmanr(now, next_one).statistic) < 5 / np.sqrt(USERS)
    for spell in (now, next_one):
        assert np.log(spell).std() == pytest.approx(spread, rel=5 / np.sqrt(2 * USERS))
        assert spell.mean() == pytest.approx(1.0, abs=5 * np.sqrt(np.expm1(spread**2) / USERS))


def test_the_keen_come_more_often_than_the_quiet() -> None:
    city = _city()
    spell = sessions.spells(city._turn(0, (), ()))
    keen = spell > np.median(spell)
    expected = spell[keen].sum() / spell[~keen].sum()
    counts = _opened(city, range(0, 120, 2))
    assert counts[keen].sum() / counts[~keen].sum() == pytest.approx(expected, rel=0.25)


def test_the_rate_rises_with_the_heat_by_the_excitation() -> None:
    turn = _city()._turn(0, (), ())
    cold = sessions._rates(turn, WHO)
    heat = WHO % 5 / 2.0
    turn.state.users.put("heat", WHO, heat)
    assert sessions._rates(turn, WHO) / cold == pytest.approx(1 + RATES.excitation * heat)


def test_whoever_was_just_there_comes_back_as_much_more_often() -> None:
    city = _city()
    warm = WHO % 2 == 0
    city._state.users.put("heat", WHO[warm], 1.0)
    counts = _opened(city, range(60))
    ratio = counts[warm].sum() / counts[~warm].sum()
    assert ratio == pytest.approx(1 + RATES.excitation, rel=0.25)


def test_a_session_heats_up_to_a_limit_and_the_heat_halves_in_its_half_life() -> None:
    city = _city(users=200)
    columns, who = city._state.users, np.arange(100)
    turn = city._turn(0, (), ())
    heats = []
    for _ in range(3):
        sessions.open_sessions(turn, who, np.zeros(100, dtype=np.int16))
        heats.append(float(columns["heat"][0]))
    assert heats == [1.0, 2.0, 2.0]
    assert not columns["heat"][100:].any()
    for tick in range(int(RATES.excitation_half_life_minutes)):
        _cool(city._turn(tick, (), ()))
    assert columns["heat"][:100] == pytest.approx(1.0, rel=1e-3)
    for tick in range(int(10 * RATES.excitation_half_life_minutes)):
        _cool(city._turn(tick, (), ()))
    assert not columns["heat"].any()


def test_uses_of_one_person_are_far_more_unequal_than_chance() -> None:
    """Counts of Poisson with one rate for all have a variance of their mean."""
    counts = _opened(_city(), range(0, 600, 3))
    assert counts.mean() > 0.3
    rates = np.expm1(RATES.activity_log_sd**2 + RATES.spell_log_sd**2)
    assert counts.var() / counts.mean() > 1 + 0.5 * rates * counts.mean()


def _echo(excitation: float, users: int = 20_000, ticks: int = 160) -> float:
    """How much likelier a person who has just been there is back within minutes than more than an hour later."""
    world = replace(data().world, session=replace(RATES, excitation=excitation))
    config = CityConfig(users=users, venues=5, start=START)
    city = City(config, 5, Identity("run", 0, "dining", "new_york"), replace(data(), world=world))
    opened = np.zeros((ticks, users), dtype=bool)
    for tick in range(ticks):
        turn = city._turn(tick, (), ())
        sessions.start_sessions(turn)
        who = turn.events.rows()["user"]
        opened[tick, who] = True
        city._state.users.put("session_end", who, 0)
        _cool(turn)
    soon, late = (np.mean([(opened[lag:] & opened[:-lag]).sum() / (ticks - lag) for lag in lags]) for lags in (
        range(1, 9), range(100, 120)))  # fmt: skip
    assert late > 0
    return float(soon / late)


def test_use_comes_in_bursts_that_excitation_makes() -> None:
    """Without it the same people, as unequal, come back at any time alike."""
    calm, excited = _echo(0.0), _echo(RATES.excitation)
    assert calm < 1.4
    assert excited > 1.5 * calm

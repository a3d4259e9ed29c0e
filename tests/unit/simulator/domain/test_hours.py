"""Hours of going out and of meals: by weekday and weekend, by what a person's day is like, and in a hurry."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.days import HOLIDAY, WEEKDAY, WEEKEND
from services.simulator.domain.hours import meal_hours, outing_curves, visit_curves
from services.simulator.domain.meals import meal_times
from services.simulator.domain.population import routine_hours
from tests.unit.simulator.domain.neighbours import data, make_city

CURVES = outing_curves(data())
PEOPLE = data().people
WEIGHT = np.array([persona.share * persona.outings for persona in PEOPLE.personas.values()])
LUNCH, SATURDAY = slice(10, 16), 5


def _all_together(kind: int) -> np.ndarray:
    return np.asarray((WEIGHT[:, None] * CURVES[kind]).sum(axis=0) / WEIGHT.sum())


def test_all_together_go_out_once_a_day_on_the_mean_whatever_day_it_is() -> None:
    for kind in (WEEKDAY, WEEKEND, HOLIDAY):
        assert _all_together(kind).mean() == pytest.approx(1.0)


def test_weekdays_differ_from_weekends_as_real_check_ins_do() -> None:
    week = data().visits_by_hour_of_week
    kinds = np.array([week[:5].sum(axis=0), week[5:].sum(axis=0)])
    real = np.log(kinds[1] / kinds[1].sum()) - np.log(kinds[0] / kinds[0].sum())
    ours = np.log(_all_together(WEEKEND)) - np.log(_all_together(WEEKDAY))
    assert ours - ours.mean() == pytest.approx(real - real.mean(), abs=1e-9)
    assert _all_together(WEEKEND)[8] < 0.6 * _all_together(WEEKDAY)[8]
    assert _all_together(WEEKEND)[1] > 1.5 * _all_together(WEEKDAY)[1]


def test_at_any_hour_those_go_whose_day_has_room_for_it() -> None:
    states = [routine_hours(PEOPLE.routines[persona.routine])[WEEKDAY] for persona in PEOPLE.personas.values()]
    for hour in range(24):
        room = np.array([PEOPLE.states[day[hour]].outings for day in states])
        assert CURVES[WEEKDAY, :, hour] / CURVES[WEEKDAY, 0, hour] == pytest.approx(room / room[0])


def test_at_weekends_lunch_is_planned_more_and_on_the_mean_reservations_keep_their_hours() -> None:
    hours = np.diff(meal_hours(data()), axis=2, prepend=0.0)
    lunch = hours[:, :, LUNCH].sum(axis=2)
    assert (lunch[1] > 1.2 * lunch[0]).all()
    liked = np.array(data().world.booking.weekdays)
    weekend = liked[SATURDAY:].sum() / liked.sum()
    table = list(data().world.categories).index("restaurant")
    mean = (1 - weekend) * hours[0, table] + weekend * hours[1, table]
    planned = data().reservations["visit_hour"] + data().world.booking.any_hour_share * visit_curves(data())[table] / 24
    assert mean == pytest.approx(planned / planned.sum(), abs=0.004)  # the two kinds are normalised each for itself


def _lunches(factor: float, start: str) -> float:
    """Share of tables for today that are for the next three hours, with lead times changed by a factor."""
    city = make_city(3_000, venues=300, start=int(datetime.fromisoformat(start).timestamp()) * 1_000_000)
    turn = city._turn(0, (), ())
    turn.effects = [replace(turn.effects[0], lead_time=factor)]
    users = np.arange(3_000)
    venues = np.flatnonzero(turn.state.venues["category"] == 0)[users % 50]
    when = meal_times(turn, users, venues, np.full(3_000, 2), users % 5)
    today = (when > turn.start) & (when < turn.start + 12 * HOUR)
    return float((when[today] < turn.start + 3 * HOUR).mean())


def test_who_is_in_a_hurry_at_half_past_eleven_wants_a_table_for_lunch_and_not_for_the_evening() -> None:
    weekday = "2026-06-05T11:30-04:00"
    assert _lunches(1.0, weekday) < 0.4
    assert _lunches(0.4, weekday) > 0.7
    assert _lunches(3.0, weekday) == pytest.approx(_lunches(1.0, weekday), abs=0.15)

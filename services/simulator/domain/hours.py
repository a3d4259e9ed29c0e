"""At which hours people go out and mean to eat: by weekday and weekend, and by what their days are like."""

import numpy as np

from services.simulator.domain.draws import Array, cumulate
from services.simulator.domain.population import routine_hours
from services.simulator.domain.specification import CityData

_LEAST_OUTING = 0.05
"""Part of an hour's visits that is nobody's reservation, however many tables are reserved for it: a choice."""
_WORKDAYS = 5
_LUNCH = slice(10, 16)
"""Hours at which what is planned is a lunch or a brunch."""


def visit_curves(data: CityData) -> Array:
    """Real visits of each category by local hour, each of mean 1; shape (categories, 24)."""
    counts = np.array([data.checkins[name] for name in data.world.categories], dtype=np.float64)
    return np.asarray((counts + 1) / (counts + 1).mean(axis=1, keepdims=True))


def outing_curves(data: CityData) -> Array:
    """Factor of going out by local hour, shape (weekday, weekend or holiday; personas; 24), of mean 1 over a day.

    What reservations leave of the real visits, moved to the hours of each kind of day, goes to those whose day has room
    for it then.
    """
    shares = np.array([category.share for category in data.world.categories.values()])
    outing = (visit_curves(data) * shares[:, None]).sum(axis=0)
    outing /= outing.sum()
    reserved = data.world.outings.reserved_share * data.reservations["visit_hour"]
    outing = np.maximum(outing - reserved, _LEAST_OUTING * outing)
    curves = outing * _shift(data.visits_by_hour_of_week)
    curves /= curves.mean(axis=1, keepdims=True)
    room = _room(data)
    weight = np.array([persona.share * persona.outings for persona in data.people.personas.values()])
    mean = (weight[:, None] * room).sum(axis=1) / weight.sum()
    return np.asarray(curves[[0, 1, 1], None, :] * room / mean[:, None, :])


def _shift(week: Array) -> Array:
    """How much likelier each hour is on weekdays and at weekends than on the mean day; shape (2, 24)."""
    kinds = np.array([week[:_WORKDAYS].sum(axis=0), week[_WORKDAYS:].sum(axis=0)])
    return np.asarray(kinds / kinds.sum(axis=1, keepdims=True) / (week.sum(axis=0) / week.sum()))


def _room(data: CityData) -> Array:
    """How free each persona is to go out, by kind of day and hour; shape (weekday, weekend, holiday; personas; 24)."""
    states = data.people.states
    days = [routine_hours(data.people.routines[persona.routine])[:3] for persona in data.people.personas.values()]
    return np.array([[[states[name].outings for name in day] for day in kinds] for kinds in days]).swapaxes(0, 1)


def meal_hours(data: CityData) -> Array:
    """Cumulative shares of the hours of planned meals, shape (weekday, weekend; categories; 24).

    At weekends lunch is liked more, and on weekdays less, so that reservations have their hours on the mean.
    """
    world, relative = data.world, visit_curves(data)
    tables = np.array([name in ("restaurant", "healthy") for name in world.categories])[:, None]
    any_hour = world.booking.any_hour_share * relative / 24
    planned = np.where(tables, data.reservations["visit_hour"][None, :] + any_hour, relative / 24)
    liked = np.array(world.booking.weekdays)
    weekend = liked[_WORKDAYS:].sum() / liked.sum()
    weekday = 1.0 / (1.0 - weekend + weekend * world.booking.weekend_lunch)
    found = np.stack([planned, planned])
    found[0, :, _LUNCH] *= weekday
    found[1, :, _LUNCH] *= weekday * world.booking.weekend_lunch
    return np.stack([cumulate(kind) for kind in found])

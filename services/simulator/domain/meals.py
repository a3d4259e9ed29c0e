"""When people mean to eat and with how many: lead times and party sizes of real reservations (REALISM B1-B4)."""

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR, MINUTE
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.turn import Turn

SOONEST = 40 * MINUTE
_QUARTER = 15 * MINUTE
_STAY = 75.0
_NEUTRAL_GROUP = 3.5
"""Usual number of people of somebody whose parties are just those of real reservations: a choice."""
_FRIDAY = 4
_PAST = 1e-6
_NEAR_HOURS = 3.0
"""Within so many hours the wish for an hour falls to 1/e for whom lead times are half as long as usual: a choice."""
_LEAST_GROUP = 1.5
"""Who usually eats alone asks for company now and then: a choice."""


def party_sizes(turn: Turn, users: Array, steps: Array, most: Array) -> Array:
    """People at the table, 1 to ``most``, leaning to the person's usual number. Shape (rows,)."""
    draws = turn.town.draws
    uniform = draws.uniform(Purpose.PARTY, users, tick=turn.tick, also=[steps])
    usual = turn.state.users["group"][users] * turn.effects[-1].party_size
    size = np.searchsorted(
        turn.town.tables.party, uniform ** (_NEUTRAL_GROUP / np.maximum(usual, _LEAST_GROUP)), side="right"
    )
    return np.clip(size, 1, most)


def meal_times(
    turn: Turn, users: Array, venues: Array, size: Array, steps: Array, *, within_hours: float = 1e9
) -> Array:
    """Start of a meal at each venue, while it is open for 75 minutes more; 0 where nothing fits. Shape (rows,)."""
    town, rates = turn.town, turn.town.data.world.booking
    uniform = [town.draws.uniform(Purpose.MEAL_TIME, users, tick=turn.tick, step=k, also=[steps]) for k in range(4)]
    normal = town.draws.normal(Purpose.MEAL_TIME, users, tick=turn.tick, step=9, also=[steps])
    persona = town.tables.persona[turn.state.users["persona"][users], 2]
    factor = turn.effects[-1].lead_time
    lead = factor * rates.lead_log_median_hours * persona * np.maximum(size / 2.0, 0.5) ** rates.lead_party_slope
    hours = np.minimum(lead * np.exp(rates.lead_log_sd * normal), within_hours)
    days = np.minimum(np.floor((turn.now.minute / 60 + hours) / 24), rates.longest_lead_days)
    days = np.where(uniform[0] < rates.same_day_share**factor, 0, days).astype(np.int64)
    days = _liked_days(turn, users, days, steps)
    hour = (_hours(turn, venues, days, factor) < uniform[1][:, None]).sum(axis=1)
    quarter = np.array([0, 0, 0, 30, 30, 15, 45])[(uniform[2] * 7).astype(np.int64)]
    midnight = turn.now.day * DAY
    local = midnight + days * DAY + hour * HOUR + quarter * MINUTE
    soonest = turn.now.local_us + SOONEST
    rushed = (soonest + (uniform[3] * 90 * MINUTE).astype(np.int64)) // _QUARTER * _QUARTER + _QUARTER
    local = np.where(local < soonest, rushed, local)
    when = town.local.to_utc(local)
    fits = turn.hours.minutes_left(venues, when) > _STAY
    evening = np.where(turn.now.minute < 18 * 60, midnight, midnight + DAY) + np.maximum(days, 0) * DAY + 18 * HOUR
    evening += (uniform[3] * 13).astype(np.int64) * _QUARTER
    second = town.local.to_utc(evening)
    second_fits = (turn.hours.minutes_left(venues, second) > _STAY) & (second > turn.start + SOONEST)
    return np.where(fits, when, np.where(second_fits, second, 0))


def _hours(turn: Turn, venues: Array, days: Array, factor: float) -> Array:
    """Cumulative shares of the hours of meals so many days ahead, shape (rows, 24).

    Who means to eat today, in more of a hurry than usual by the factor of lead times, takes an hour that is near.
    """
    free = (turn.now.weekday + days) % 7 > _FRIDAY
    free |= np.isin(turn.now.day + days, list(turn.town.data.days_off))
    hours = turn.town.tables.meal_hours[free.astype(np.int64), turn.state.venues["category"][venues]]
    rows = np.flatnonzero(days == 0)
    if factor >= 1.0 or len(rows) == 0:
        return np.asarray(hours)
    ahead = np.arange(24) - turn.now.hour
    near = np.where(ahead >= 0, np.exp(-ahead * (1.0 / factor - 1.0) / _NEAR_HOURS), _PAST)
    weighed = np.cumsum(np.diff(hours[rows], axis=1, prepend=0.0) * near, axis=1)
    hours[rows] = weighed / weighed[:, -1:]
    return np.asarray(hours)


def _liked_days(turn: Turn, users: Array, days: Array, steps: Array) -> Array:
    """Days ahead, moved a little to the evenings that people like to go out on; today stays today."""
    weights = np.log(np.array(turn.town.data.world.booking.weekdays))
    shift = np.arange(-2, 3)
    candidate = days[:, None] + shift[None, :]
    utility = weights[(turn.now.weekday + candidate) % 7] - 0.35 * np.abs(shift)
    utility = np.where(candidate >= 1, utility, -np.inf)
    utility[:, 2] = np.where(days >= 1, utility[:, 2], 0.0)
    utility += turn.town.draws.gumbel(Purpose.MEAL_TIME, users[:, None], tick=turn.tick, step=5, also=[
        steps[:, None], candidate + 8
    ])  # fmt: skip
    return np.asarray(np.where(days >= 1, days + shift[utility.argmax(axis=1)], days))

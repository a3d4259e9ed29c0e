"""What kind of day somebody has: a weekday, a weekend, a holiday, or a weekday off that is theirs alone."""

import numpy as np

from services.simulator.domain.calendar import Moment
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.specification import CityData
from services.simulator.domain.town import Town

WEEKDAY, WEEKEND, HOLIDAY, DAY_OFF = range(4)
"""Rows of the routines' tables."""
_SATURDAY = 5


def common_kind(data: CityData, now: Moment) -> int:
    """The kind of day that everybody has who did not take it off."""
    if now.day in data.days_off:
        return HOLIDAY
    return WEEKEND if now.weekday >= _SATURDAY else WEEKDAY


def possible_kinds(data: CityData, now: Moment) -> tuple[int, ...]:
    """The kinds of day that anybody can have."""
    kind = common_kind(data, now)
    return (WEEKDAY, DAY_OFF) if kind == WEEKDAY else (kind,)


def kinds_of_day(town: Town, now: Moment, users: Array, persona: Array) -> Array | int:
    """Kind of day of each person, shape (users,), or one for all: a draw of the person and the local day."""
    kind = common_kind(town.data, now)
    if kind != WEEKDAY:
        return kind
    free = town.draws.uniform(Purpose.DAY_OFF, users, tick=now.day) < town.tables.days_off[persona]
    return np.where(free, DAY_OFF, WEEKDAY)

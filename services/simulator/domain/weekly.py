"""What venues keep up week by week, for good: happy hours, and an event of their own once a week."""

from collections.abc import Mapping

import numpy as np

from services.simulator.domain.draws import Array, Draws, Purpose, cumulate, pick
from services.simulator.domain.specification import CityData

_START, _LENGTH, _WEEKDAY = 3, 4, 8
"""Draws of happy hours; what follows the last is for each weekday one."""
_EVENT_START, _EVENT_LENGTH, _EVENT_KIND, _EVENT_DAY = 1, 2, 3, 4


def happy_hours(data: CityData, draws: Draws, category: Array, opens: Array, closes: Array) -> dict[str, Array]:
    """Hours from and until, weekdays as bits from Monday on, and per cent off; all of them 0 where there are none.

    None on a day on which the house is not open then, and for an hour more. ``opens`` and ``closes`` are (venues, 7).
    """
    keeps = draws.uniform(Purpose.PROMOTION, np.arange(len(category)))
    starts, ends, days, percent = (np.zeros(len(category), dtype=np.int64) for _ in range(4))
    for number, name in enumerate(data.world.categories):
        rates = data.world.dynamics.happy_hours.get(name)
        if rates is None:
            continue
        who = np.flatnonzero((category == number) & (keeps < rates.share))
        starts[who] = _one_of(rates.starts, draws.uniform(Purpose.PROMOTION, who, step=_START))
        ends[who] = starts[who] + _one_of(rates.hours, draws.uniform(Purpose.PROMOTION, who, step=_LENGTH))
        percent[who] = round(100 * rates.discount)
        for day, share in enumerate(rates.weekdays):
            there = draws.uniform(Purpose.PROMOTION, who, step=_WEEKDAY + day) < share
            there &= (opens[who, day] <= 60 * starts[who]) & (closes[who, day] > 60 * (starts[who] + 1))
            days[who] |= there.astype(np.int64) << day
    columns = {"happy_from": starts, "happy_until": ends, "happy_days": days, "happy_percent": percent}
    return {name: np.where(days > 0, column, 0) for name, column in columns.items()}


def own_event_kinds(data: CityData) -> list[str]:
    """Every kind of event that venues hold; its place in this row is its number."""
    return list(dict.fromkeys(kind for rates in data.world.dynamics.own_events.values() for kind in rates.kinds))


def own_events(data: CityData, draws: Draws, category: Array, opens: Array, closes: Array) -> dict[str, Array]:
    """Number of the kind, weekday from 1 on, hour from, and hours; all of them 0 where a house holds no event.

    On a weekday on which the house is open all the while. ``opens`` and ``closes`` are (venues, 7).
    """
    holds = draws.uniform(Purpose.OWN_EVENT, np.arange(len(category)))
    kinds = {kind: number for number, kind in enumerate(own_event_kinds(data))}
    columns = {name: np.zeros(len(category), dtype=np.int64) for name in ("kind", "day", "from", "hours")}
    for number, name in enumerate(data.world.categories):
        rates = data.world.dynamics.own_events.get(name)
        if rates is None:
            continue
        who = np.flatnonzero((category == number) & (holds < rates.share))
        start, hours = (
            _one_of(weights, draws.uniform(Purpose.OWN_EVENT, who, step=step))
            for weights, step in ((rates.starts, _EVENT_START), (rates.hours, _EVENT_LENGTH))
        )
        there = (opens[who] <= 60 * start[:, None]) & (closes[who] >= 60 * (start + hours)[:, None])
        odds = np.cumsum(np.array(rates.weekdays) * there, axis=1)
        lot = draws.uniform(Purpose.OWN_EVENT, who, step=_EVENT_DAY) * odds[:, -1]
        numbered = {kinds[kind]: weight for kind, weight in rates.kinds.items()}
        columns["kind"][who] = _one_of(numbered, draws.uniform(Purpose.OWN_EVENT, who, step=_EVENT_KIND))
        columns["day"][who] = np.where(odds[:, -1] > 0, 1 + (odds <= lot[:, None]).sum(axis=1), 0)
        columns["from"][who], columns["hours"][who] = start, hours
    return {f"event_{name}": np.where(columns["day"] > 0, column, 0) for name, column in columns.items()}


def _one_of(weights: Mapping[int, float], uniform: Array) -> Array:
    """Keys drawn by their weights, shape of ``uniform``."""
    return np.array(list(weights))[pick(cumulate(np.array(list(weights.values()))), uniform)]

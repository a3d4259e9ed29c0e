"""Weather, traffic, holidays, crowds and trends: what the city does by itself, on the hour."""

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR, MINUTE
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.turn import Turn

TRAFFIC = ("light", "moderate", "heavy", "severe")
# Minutes a typical trip is late by local hour: two rush hours. A choice.
_DELAY = np.array([1, 1, 1, 1, 1, 2, 5, 10, 15, 12, 8, 7, 8, 8, 9, 11, 14, 17, 15, 10, 7, 5, 3, 2], dtype=np.float64)
_WET = {"rain": 1.3, "snow": 1.8, "storm": 1.7, "fog": 1.15}
_TREND_HALF_LIFE_HOURS = 18.0
_MOST_TRENDING = 5


def advance(turn: Turn, *, opening: bool = False) -> None:
    """Emit what changes at this tick; everything hourly happens at the first tick of a local hour."""
    if not opening:
        crowds(turn)
    ticks_an_hour = max(1, 3600 // turn.town.config.tick_seconds)
    if not opening and turn.now.minute % 60 >= turn.town.config.tick_seconds / 60 and ticks_an_hour > 1:
        return
    _weather(turn)
    _traffic(turn)
    if not opening:
        _holiday(turn)
        _trends(turn)
        if turn.now.hour == 9:  # noqa: PLR2004 — when the day's events are announced
            _announce(turn)


def _at(turn: Turn) -> Array:
    return np.array([turn.start])


def _weather(turn: Turn) -> None:
    numbers = turn.state.numbers
    row = turn.town.data.weather[turn.now.year_hour % len(turn.town.data.weather)]
    condition = int(row[0])
    if numbers["weather_until"] > turn.start:
        condition = numbers["weather_forced"]
    numbers["weather"] = condition
    out = turn.events.add(Kind.WEATHER_CHANGED, _at(turn))
    out["text"] = turn.events.text(CONDITIONS[condition])
    out["score"], out["latitude"], out["longitude"] = row[1], row[2], row[3]


def _traffic(turn: Turn) -> None:
    wobble = float(turn.town.draws.normal(Purpose.TRAFFIC, np.zeros(1, dtype=np.int64), tick=turn.tick)[0])
    rush = _DELAY[turn.now.hour] * (0.65 if turn.weekend else 1.0)
    delay = rush * _WET.get(CONDITIONS[turn.state.numbers["weather"]], 1.0) * float(np.exp(0.15 * wobble))
    level = int(np.searchsorted(np.array([4.0, 9.0, 16.0]), delay))
    turn.state.numbers["traffic"] = level
    out = turn.events.add(Kind.TRAFFIC_CHANGED, _at(turn))
    out["text"], out["score"] = turn.events.text(TRAFFIC[level]), delay


def _holiday(turn: Turn) -> None:
    day = turn.now.day
    if day in turn.town.data.holidays and turn.state.numbers["holiday"] != day:
        turn.state.numbers["holiday"] = day
        out = turn.events.add(Kind.HOLIDAY_STARTED, _at(turn))
        out["text"] = turn.events.text(turn.town.data.holidays[day])


def _trends(turn: Turn) -> None:
    """Visits decay; the venues most above their usual share trend."""
    venues = turn.state.venues
    if venues.count == 0:
        return
    everything = np.arange(venues.count)
    visits = venues["visits"] * np.float32(0.5 ** (1 / _TREND_HALF_LIFE_HOURS))
    venues.put("visits", everything, visits)
    lift = visits / np.maximum(np.sqrt(venues["popularity"]), 0.3)
    top = np.argsort(-lift, kind="stable")[:_MOST_TRENDING]
    top = top[visits[top] > 2]  # noqa: PLR2004 — two visits are no trend
    score = np.zeros(venues.count, dtype=np.float32)
    score[top] = np.round(np.minimum(np.log1p(lift[top]) / 2, 2.0), 2)
    changed = np.flatnonzero(np.abs(score - venues["trending"]) > 0.1)  # noqa: PLR2004 — smaller moves are noise
    venues.put("trending", changed, score[changed])
    risen = changed[score[changed] > 0]
    out = turn.events.add(Kind.VENUE_TRENDING, np.full(len(risen), turn.start))
    out["venue"], out["score"] = risen, score[risen]
    if len(changed):
        turn.dirty_venues.append(changed)


def _announce(turn: Turn) -> None:
    """Draw which arenas have an event tonight, and schedule it."""
    arenas = turn.town.data.world.special_events
    pool = turn.state.pools["gatherings"]
    for number, arena in enumerate(arenas):
        uniform = turn.town.draws.uniform(Purpose.SPECIAL_EVENT, np.array([number]), tick=turn.now.day)
        if uniform[0] >= arena.per_week / 7:
            continue
        local = turn.now.day * DAY + (19 * 60 + 30 * int(uniform[0] * 1000 % 3)) * MINUTE
        starts = int(turn.town.local.to_utc(np.array([local]))[0])
        row = pool.empty(1)
        row["number"], row["arena"], row["starts"] = turn.state.numbers["next_gathering"], number, starts
        row["ends"] = starts + 3 * HOUR
        turn.state.numbers["next_gathering"] += 1
        row["high"], row["low"] = turn.ids(Kind.EVENT_SCHEDULED, np.array([number]), 0)
        pool.add(row)
        _tell(turn, Kind.EVENT_SCHEDULED, row, turn.start)


def crowds(turn: Turn) -> None:
    """Start and end scheduled events."""
    pool = turn.state.pools["gatherings"]
    if len(pool) == 0:
        return
    starting = (pool.rows["phase"] == 0) & (pool.rows["starts"] < turn.end)
    for place in np.flatnonzero(starting):
        _tell(turn, Kind.EVENT_STARTED, pool.rows[place : place + 1], int(pool.rows["starts"][place]))
    if starting.any():
        pool.put("phase", np.flatnonzero(starting), 1)
    over = pool.rows["ends"] < turn.end
    if over.any():
        for row in pool.take(over):
            _tell(turn, Kind.EVENT_ENDED, np.array([row]), int(row["ends"]))


def _tell(turn: Turn, kind: Kind, row: Array, time: int) -> None:
    out = turn.events.add(kind, np.array([max(time, turn.start)]))
    out["value"], out["when"], out["money"], out["ordinal"] = row["arena"], row["starts"], row["ends"], row["arena"]
    if kind is Kind.EVENT_SCHEDULED:
        out["high"], out["low"] = row["high"], row["low"]
        out["ordinal"] = 0
    else:
        out["from_high"], out["from_low"] = row["high"], row["low"]

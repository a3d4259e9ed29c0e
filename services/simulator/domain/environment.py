"""Weather, traffic, holidays, crowds and trends: what the city does by itself, on the hour."""

from typing import NamedTuple

import numpy as np

from services.simulator.domain.almanac import HOLIDAY_TYPES, entry_of
from services.simulator.domain.calendar import DAY, HOUR, MINUTE
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.scenarios import TRAFFIC
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.turn import Turn
from services.simulator.domain.weather_orders import weather_now

TOLD_ELSEWHERE = 255
"""The arena of a special event that somebody triggered: felt like any other, and told by who triggered it."""
_AHEAD, _ON, _OVER = 0, 1, 2
_TEN_THOUSAND = 10_000
_ORDINALS = 50_000
_ORDINALS_LEFT = 15_000


class Spot(NamedTuple):
    """Where how many people gather, and how far that is felt."""

    latitude: float
    longitude: float
    radius_km: float
    crowd: int


def advance(turn: Turn, *, opening: bool = False) -> None:
    """Emit what changes at this tick; everything hourly happens at the first tick of a local hour."""
    if not opening:
        crowds(turn)
        if announces(turn):
            _announce(turn)
        if not _hourly(turn):
            return
    _weather(turn)
    _traffic(turn)
    if not opening:
        _holiday(turn)
        _trends(turn)


def announces(turn: Turn) -> bool:
    """Whether the events of the day are made known: in the morning, and as the city begins."""
    return turn.tick == 0 or (_hourly(turn) and turn.now.hour == turn.town.data.almanac.announce_hour)


def _hourly(turn: Turn) -> bool:
    """Whether this is the first tick of a local hour."""
    return turn.now.minute % 60 < turn.town.config.tick_seconds / 60


def _at(turn: Turn) -> Array:
    return np.array([turn.start])


def _weather(turn: Turn) -> None:
    row = weather_now(turn)
    turn.state.numbers["weather"] = condition = int(row[0])
    out = turn.events.add(Kind.WEATHER_CHANGED, _at(turn))
    out["text"] = turn.events.text(CONDITIONS[condition])
    out["score"], out["latitude"], out["longitude"] = row[1], row[2], row[3]


def _traffic(turn: Turn) -> None:
    """Minutes that trips are late by the hour, the weather and crowds on their way; ordered traffic holds instead."""
    rates, numbers = turn.town.data.almanac.traffic, turn.state.numbers
    if numbers["traffic_until"] > turn.start:
        return
    wobble = float(turn.town.draws.normal(Purpose.TRAFFIC, np.zeros(1, dtype=np.int64), tick=turn.tick)[0])
    delay = rates.delay_minutes[turn.now.hour] * (rates.weekend if turn.weekend else 1.0)
    delay *= rates.weather.get(CONDITIONS[numbers["weather"]], 1.0)
    delay = (delay + _crowd_minutes(turn)) * float(np.exp(rates.log_sd * wobble))
    level = int(np.searchsorted(np.array(rates.levels), delay, side="right"))
    numbers["traffic"] = level
    out = turn.events.add(Kind.TRAFFIC_CHANGED, _at(turn))
    out["text"], out["score"] = turn.events.text(TRAFFIC[level]), delay


def _crowd_minutes(turn: Turn) -> float:
    """What crowds on their way to and from special events add to the delay of trips."""
    rates, rows = turn.town.data.almanac.traffic, turn.state.pools["gatherings"].rows
    coming = (rows["starts"] - int(rates.before_minutes * MINUTE) <= turn.start) & (turn.start < rows["starts"])
    leaving = (rows["ends"] <= turn.start) & (turn.start < rows["ends"] + int(rates.after_minutes * MINUTE))
    return int(rows["crowd"][coming | leaving].sum()) / _TEN_THOUSAND * rates.minutes_per_10_000


def _holiday(turn: Turn) -> None:
    day = turn.now.day
    if day in turn.town.data.holidays and turn.state.numbers["holiday"] != day:
        turn.state.numbers["holiday"] = day
        name = turn.town.data.holidays[day]
        out = turn.events.add(Kind.HOLIDAY_STARTED, _at(turn))
        out["text"] = turn.events.text(name)
        out["value"] = HOLIDAY_TYPES.index(entry_of(turn.town.data.almanac, name).type)


def _trends(turn: Turn) -> None:
    """Visits decay; the venues most above their usual share trend."""
    venues, rates = turn.state.venues, turn.town.data.almanac.trends
    if venues.count == 0:
        return
    everything = np.arange(venues.count)
    visits = venues["visits"] * np.float32(0.5 ** (1 / rates.half_life_hours))
    venues.put("visits", everything, visits)
    lift = visits / np.maximum(np.sqrt(venues["popularity"]), 0.3)
    top = np.argsort(-lift, kind="stable")[: rates.most]
    top = top[visits[top] > rates.least_visits]
    score = np.zeros(venues.count, dtype=np.float32)
    score[top] = np.round(np.minimum(np.log1p(lift[top]) / 2, 2.0), 2)
    changed = np.flatnonzero(np.abs(score - venues["trending"]) > rates.least_step)
    venues.put("trending", changed, score[changed])
    risen = changed[score[changed] > 0]
    out = turn.events.add(Kind.VENUE_TRENDING, np.full(len(risen), turn.start))
    out["venue"], out["score"] = risen, score[risen]
    if len(changed):
        turn.dirty_venues.append(changed)


def _announce(turn: Turn) -> None:
    """Schedule today's events of arenas, as drawn, and tomorrow's of the calendar; at the first tick today's too."""
    almanac, day = turn.town.data.almanac, turn.now.day
    month = int(np.datetime64(day, "D").astype("datetime64[M]").astype(int)) % 12 + 1
    for number, arena in enumerate(almanac.arenas):
        uniform = float(turn.town.draws.uniform(Purpose.SPECIAL_EVENT, np.array([number]), tick=day)[0])
        if uniform < arena.per_week / 7 and (not arena.months or month in arena.months):
            which = int(uniform * 1000) % len(arena.from_hours)
            _schedule(turn, number, day, arena.from_hours[which], arena.hours)
    for when in (day, day + 1) if turn.tick == 0 else (day + 1,):
        for number in turn.town.data.fixtures.get(when, ()):
            fixture = almanac.fixtures[number - len(almanac.arenas)]
            _schedule(turn, number, when, fixture.from_hour, fixture.hours)


def _schedule(turn: Turn, place: int, day: int, from_hour: float, hours: float) -> None:
    """Add an event at a place of crowds on a local day, unless it has begun or is announced already."""
    pool = turn.state.pools["gatherings"]
    starts = int(turn.town.local.to_utc(np.array([day * DAY + int(from_hour * HOUR)]))[0])
    if starts < turn.end or ((pool.rows["arena"] == place) & (pool.rows["starts"] == starts)).any():
        return
    where = turn.town.data.almanac.venues_of_crowds[place]
    spot = Spot(where.latitude, where.longitude, where.radius_km, where.crowd)
    row = gathering(turn, spot, starts, starts + int(hours * HOUR))
    row["arena"] = place
    row["high"], row["low"] = turn.ids(Kind.EVENT_SCHEDULED, np.array([place]), day % _ORDINALS)
    pool.add(row)
    _tell(turn, Kind.EVENT_SCHEDULED, row, turn.start)


def happen(turn: Turn, place: str, starts: int, ends: int, cause: int) -> None:
    """Announce what a scenario is about, unless something is on there then: a place has room for one event."""
    number = [one.name for one in turn.town.data.almanac.venues_of_crowds].index(place)
    pool, where = turn.state.pools["gatherings"], turn.town.data.almanac.venues_of_crowds[number]
    taken = (pool.rows["arena"] == number) & (pool.rows["starts"] <= ends) & (pool.rows["ends"] >= starts)
    if taken.any():
        return
    row = gathering(turn, Spot(where.latitude, where.longitude, where.radius_km, where.crowd), starts, ends)
    row["arena"], row["cause"] = number, cause
    row["high"], row["low"] = turn.ids(Kind.EVENT_SCHEDULED, np.array([number]), _ORDINALS + cause % _ORDINALS_LEFT)
    pool.add(row)
    _tell(turn, Kind.EVENT_SCHEDULED, row, turn.start)


def call_off(turn: Turn, causes: Array) -> None:
    """End what these scenarios are about; to what has not begun nobody comes."""
    pool = turn.state.pools["gatherings"]
    index = np.flatnonzero(np.isin(pool.rows["cause"], causes) & (pool.rows["phase"] < _OVER))
    if len(index):
        crowd = np.where(pool.rows["phase"][index] == _AHEAD, 0, pool.rows["crowd"][index])
        pool.put_all(index, {"ends": turn.start, "crowd": crowd})


def gathering(turn: Turn, where: Spot, starts: int, ends: int) -> Array:
    """A row of the pool of special events, not yet added; its arena is told elsewhere."""
    row = turn.state.pools["gatherings"].empty(1)
    row["number"], row["arena"] = turn.state.numbers["next_gathering"], TOLD_ELSEWHERE
    turn.state.numbers["next_gathering"] += 1
    row["starts"], row["ends"] = starts, ends
    row["latitude"], row["longitude"] = where.latitude, where.longitude
    row["radius_km"], row["crowd"] = where.radius_km, where.crowd
    return row


def crowds(turn: Turn) -> None:
    """Start and end scheduled events; they are forgotten when their crowds are home."""
    pool = turn.state.pools["gatherings"]
    if len(pool) == 0:
        return
    starting = (pool.rows["phase"] == _AHEAD) & (pool.rows["starts"] < turn.end)
    ending = (pool.rows["phase"] < _OVER) & (pool.rows["ends"] < turn.end)
    told = pool.rows["arena"] != TOLD_ELSEWHERE
    for place in np.flatnonzero(starting & told):
        _tell(turn, Kind.EVENT_STARTED, pool.rows[place : place + 1], int(pool.rows["starts"][place]))
    for place in np.flatnonzero(ending & told):
        _tell(turn, Kind.EVENT_ENDED, pool.rows[place : place + 1], int(pool.rows["ends"][place]))
    changed = np.flatnonzero(starting | ending)
    if len(changed):
        pool.put("phase", changed, np.where(ending, _OVER, _ON)[changed])
    home = pool.rows["ends"] + int(turn.town.data.almanac.traffic.after_minutes * MINUTE) < turn.end
    if home.any():
        pool.take(home)


def _tell(turn: Turn, kind: Kind, row: Array, time: int) -> None:
    out = turn.events.add(kind, np.array([max(time, turn.start)]))
    out["value"], out["when"], out["money"], out["ordinal"] = row["arena"], row["starts"], row["ends"], row["arena"]
    out["cause"] = row["cause"]
    if kind is Kind.EVENT_SCHEDULED:
        out["high"], out["low"] = row["high"], row["low"]
        out["ordinal"] = 0
    else:
        out["from_high"], out["from_low"] = row["high"], row["low"]

"""What triggered events do to the city: weather, traffic, holidays, special events, promotions, prices, people.

What is not named here is told as it is: the city goes on as if somebody outside it had seen it. A booking that is
triggered is felt through the booking service's answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from services.simulator.domain import venue_events
from services.simulator.domain.actions import rate
from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.dynamics import end_promotions
from services.simulator.domain.environment import Spot, gathering
from services.simulator.domain.friendship import befriend
from services.simulator.domain.ids import parsed, printed
from services.simulator.domain.population import ACTIVE, CHURNED, DORMANT
from services.simulator.domain.refusals import RefusedError
from services.simulator.domain.scenarios import TRAFFIC
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import ANNOUNCED, BUSY, FREE, FULL, HAPPY_HOUR, ON, PROMOTION, seats
from services.simulator.domain.weather_orders import force_weather, weather_of

TIMED = ("weather.changed", "traffic.changed")
"""Events that hold for the hours that their payload says."""
_KIND = 250
_STARTED, _ENDED = 2, 3
_PERCENT = 100.0
_PRICE_BOUNDS = (0.5, 2.0)
_EVENT_HOURS = 3.0
"""How long a special event lasts where nobody says: a choice."""

What = Mapping[str, object]


def completed(turn: Turn, name: str, row: What) -> dict[str, object]:
    """Columns that the city can fill in: the usual of an arena or a venue, the delay of a level of traffic.

    Raises:
        RefusedError: There is no such level.

    """
    if name.startswith("special_event."):
        places = {one.name: one for one in turn.town.data.almanac.venues_of_crowds}
        known = places.get(str(row.get("name")))
        found: dict[str, object] = {} if known is None else {
            "kind": known.kind, "latitude": known.latitude, "longitude": known.longitude,
            "radius_km": known.radius_km, "crowd": known.crowd,
        }  # fmt: skip
        if known is None and "venue_id" in row:
            found = venue_events.usual(turn, int(_venue(row)[0]))
            if name == "special_event.ended":
                found |= next(iter(_on_at(turn, row)), {})
        starts = int(str(row.get("starts_at", turn.start)))
        hours = _EVENT_HOURS if known is None else known.hours
        return found | {"starts_at": starts, "ends_at": starts + int(hours * HOUR)}
    if name == "traffic.changed":
        if row.get("condition") not in TRAFFIC:
            raise RefusedError(f"condition must be one of {', '.join(TRAFFIC)}, not {row.get('condition')!r}")
        least = (0.0, *turn.town.data.almanac.traffic.levels)
        return {"delay_minutes": least[TRAFFIC.index(str(row["condition"]))]}
    if name == "holiday.started":
        return {"kind": "national"}
    return {}


def check(turn: Turn, name: str, row: What) -> None:
    """Refuse what could not be felt. Raises `RefusedError`."""
    if name.startswith("special_event.") and name != "special_event.ended":
        if not _number(row, "starts_at") < _number(row, "ends_at"):
            raise RefusedError("ends_at must come after starts_at")
        if _number(row, "ends_at") <= turn.start:
            raise RefusedError("ends_at has gone by")
        if _number(row, "radius_km") <= 0 or _number(row, "crowd") <= 0:
            raise RefusedError("radius_km and crowd must be above 0")
    if name.startswith("special_event.") and "venue_id" in row:
        _check_house(turn, name, row)
    if name == "promotion.started" and not 0 < _number(row, "value") < _PERCENT:
        raise RefusedError("value is the discount in percent, above 0 and below 100")


def _check_house(turn: Turn, name: str, row: What) -> None:
    """A house holds one event of a name at a time, and ends what is on."""
    told, venue = row["name"], row["venue_id"]
    if name == "special_event.ended":
        if told not in [one["name"] for one in _on_at(turn, row)]:
            raise RefusedError(f"nothing of the name {told!r} is on at {venue}")
        return
    own = venue_events.holds(turn, int(_venue(row)[0]), ANNOUNCED, ON)
    if told in [own, *(entry["columns"]["name"] for entry in _ends_at(turn, row))]:
        raise RefusedError(f"{venue} holds {told!r} already; give another name, or end it first")


def _on_at(turn: Turn, row: What) -> list[dict[str, object]]:
    """Name and kind of what is on at a venue: what somebody had it hold, then its own."""
    venue = int(_venue(row)[0])
    begun = [what["columns"] for what in _ends_at(turn, row) if what["starts"] <= turn.start]
    found = [{key: columns[key] for key in ("name", "kind")} for columns in begun]
    return [*found, venue_events.own(turn, venue)] if venue_events.holds(turn, venue, ON) else found


def _ends_at(turn: Turn, row: What) -> list[dict[str, Any]]:
    """Ends still to come of what somebody had a venue hold."""
    return [what for what in (json.loads(entry) for _, entry in turn.state.queue) if _is_end(what, row["venue_id"])]


def _is_end(what: Mapping[str, Any], venue: object) -> bool:
    ends = what["event_type"] == "special_event.ended" and what.get("follows") is not None
    return bool(ends and what["columns"].get("venue_id") == venue)


def feel(turn: Turn, what: What) -> None:
    """Let an event have its effect; ``what`` is an entry of the queue, decoded."""
    columns = what["columns"]
    act = _EFFECTS.get(str(what["event_type"]))
    if act is not None and isinstance(columns, Mapping):
        act(turn, columns, what)


def _weather(turn: Turn, row: What, what: What) -> None:
    force_weather(turn, weather_of(row["condition"], what["hours"]), turn.start)


def _traffic(turn: Turn, row: What, what: What) -> None:
    turn.state.numbers["traffic"] = TRAFFIC.index(str(row["condition"]))
    turn.state.numbers["traffic_until"] = turn.start + int(_number(what, "hours") * HOUR)


def _holiday(turn: Turn, row: What, _what: What) -> None:
    """It holds until midnight; a name that the almanac does not know is any holiday's."""
    names = list(turn.town.data.almanac.holidays)
    name = str(row["name"])
    turn.state.numbers["holiday_ordered"] = 1 + (names.index(name) if name in names else len(names))
    turn.state.numbers["holiday_until"] = midnight(turn)


def midnight(turn: Turn) -> int:
    """When the city's day is over."""
    return int(turn.start - turn.now.local_us % DAY + DAY)


def _gather(turn: Turn, row: What, what: What) -> None:
    """Let a crowd gather; its start, if that is ahead, and its end are told when they come."""
    if what.get("follows"):
        return
    starts, ends = int(_number(row, "starts_at")), int(_number(row, "ends_at"))
    latitude, longitude, radius_km = (_number(row, name) for name in ("latitude", "longitude", "radius_km"))
    spot = Spot(latitude, longitude, radius_km, int(_number(row, "crowd")))
    pool = turn.state.pools["gatherings"]
    made = gathering(turn, spot, starts, ends)
    (made["high"],), (made["low"],) = parsed(pl.Series([str(what["event_id"])]))
    made["cause"] = int(str(what["cause"]))
    pool.add(made)
    number = int(made["number"][0])
    if what["event_type"] == "special_event.scheduled":
        _follow(turn, what, "special_event.started", max(starts, turn.end), (number, _STARTED))
    _follow(turn, what, "special_event.ended", max(ends, turn.end), (number, _ENDED))


def _disperse(turn: Turn, row: What, what: What) -> None:
    """End what is on under this name, here or at this venue, now; its own end, still to come, is not told again."""
    if what.get("follows"):
        return
    pool, venues = turn.state.pools["gatherings"], turn.state.venues
    places = turn.town.data.almanac.venues_of_crowds
    spots = [(one.latitude, one.longitude) for one in places if one.name == row["name"]]
    if "venue_id" in row:
        venue = int(_venue(row)[0])
        if venue_events.holds(turn, venue, ON) == row["name"]:
            venue_events.call_off(turn, venue)
            return
        spots = [(float(venues["latitude"][venue]), float(venues["longitude"][venue]))]
    for latitude, longitude in spots:
        here = (pool.rows["latitude"] == np.float32(latitude)) & (pool.rows["longitude"] == np.float32(longitude))
        pool.take(here & (pool.rows["starts"] <= turn.start))
    turn.state.queue = tuple(entry for entry in turn.state.queue if not _is_end_of(row, json.loads(entry[1])))


def _is_end_of(row: What, what: Mapping[str, Any]) -> bool:
    return _is_end(what, row.get("venue_id")) and what["columns"]["name"] == row["name"]


def _follow(turn: Turn, what: What, name: str, due: int, key: tuple[int, int]) -> None:
    number, ordinal = key
    high, low = turn.town.ids.of(_KIND, np.array([number]), turn.tick + 1, np.array([ordinal]))
    entry = {**what, "event_type": name, "event_id": printed(high, low)[0].decode(), "follows": what["event_id"]}
    if name == "special_event.ended":
        columns = what["columns"]
        assert isinstance(columns, Mapping)
        entry["starts"] = int(_number(columns, "starts_at"))
        entry["columns"] = {column: columns[column] for column in ("name", "kind", "venue_id") if column in columns}
    queue = [*turn.state.queue, (due, json.dumps(entry, sort_keys=True).encode())]
    turn.state.queue = tuple(sorted(queue, key=lambda one: one[0]))


def _promote(turn: Turn, row: What, what: What) -> None:
    venue, venues = _venue(row), turn.state.venues
    if what["event_type"] == "promotion.ended":
        end_promotions(turn, venue)
        return
    venues.put("discount", venue, _number(row, "value") / _PERCENT)
    venues.put("discount_until", venue, int(_number(row, "ends_at")))
    venues.put("promotion", venue, HAPPY_HOUR if row.get("kind") == "happy_hour" else PROMOTION)
    turn.dirty_venues.append(venue)


def _reprice(turn: Turn, row: What, _what: What) -> None:
    """``value`` is the price in tiers, as the city tells it."""
    venue, venues = _venue(row), turn.state.venues
    level = _number(row, "value") / float(venues["price"][venue][0])
    venues.put("price_level", venue, float(np.clip(level, *_PRICE_BOUNDS)))
    turn.dirty_venues.append(venue)


def _fill(turn: Turn, row: What, _what: What) -> None:
    """``value`` is seats free; it holds until guests are counted again."""
    venue, venues, rates = _venue(row), turn.state.venues, turn.town.data.world.dynamics
    free = _number(row, "value") / max(int(seats(venues, venue)[0]), 1)
    level = FULL if free <= rates.full_below else BUSY if free <= rates.busy_below else FREE
    venues.put("fullness", venue, level)


def _trend(turn: Turn, row: What, _what: What) -> None:
    turn.state.venues.put("trending", _venue(row), float(str(row.get("value", 1.0))))
    turn.dirty_venues.append(_venue(row))


def _live(turn: Turn, row: What, what: What) -> None:
    stage = {"user.dormant": DORMANT, "user.returned": ACTIVE, "user.churned": CHURNED}[str(what["event_type"])]
    turn.state.users.put("lifecycle", _user(row), stage)
    if stage == CHURNED and turn.state.users["session_end"][_user(row)] > 0:
        turn.state.users.put("session_end", _user(row), turn.start)
    if stage == ACTIVE:
        turn.state.users.put("came", _user(row), turn.start)
    turn.dirty_users.append(_user(row))


def _befriend(turn: Turn, row: What, _what: What) -> None:
    befriend(turn, _user(row), np.array([int(str(row["other_user_id"])[1:])]))


def _review(turn: Turn, row: What, _what: What) -> None:
    rate(turn, _venue(row), np.array([int(_number(row, "rating"))]))


def _venue(row: What) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(str(row["venue_id"])[1:])])


def _user(row: What) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(str(row["user_id"])[1:])])


def _number(row: What, name: str) -> float:
    return float(str(row[name]))


_EFFECTS: Mapping[str, Callable[[Turn, What, What], None]] = {
    "weather.changed": _weather, "traffic.changed": _traffic, "holiday.started": _holiday,
    "special_event.scheduled": _gather, "special_event.started": _gather, "special_event.ended": _disperse,
    "promotion.started": _promote, "promotion.ended": _promote, "price.changed": _reprice,
    "venue.availability_changed": _fill, "venue.trending": _trend, "user.dormant": _live, "user.returned": _live,
    "user.churned": _live, "friend.accepted": _befriend, "review.submitted": _review,
}  # fmt: skip

"""Weather that people order: it holds in the city for some hours instead of its own."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.draws import Array
from services.simulator.domain.events import Kind
from services.simulator.domain.refusals import RefusedError
from services.simulator.domain.specification import CONDITIONS, CityData
from services.simulator.domain.turn import Turn

LONGEST_HOURS = 240.0
"""Ten days: longer than any weather of the kind lasts. A choice."""
USUAL_HOURS = 3.0
"""How long ordered weather holds where nobody says: a choice."""


class Forced(NamedTuple):
    """A condition by its number, and for how many hours."""

    condition: int
    hours: float


def order_weather(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Carry out a command; without a condition the city's own weather holds again. The answer says what holds.

    Raises:
        RefusedError: The condition, the hours or the city is none.

    """
    here, wanted = turn.town.identity.city, parameters.get("city")
    if wanted not in {None, here}:
        raise RefusedError(f"no city {wanted!r} here; there is {here}")
    condition = parameters.get("condition")
    if condition is None:
        own = Forced(int(weather_row(turn)[0]), 0.0)
        force_weather(turn, own, turn.start)
        _tell(turn, own)
        return {"city": here, "condition": CONDITIONS[own.condition], "hours": 0.0, "forced": False}
    forced = weather_of(condition, parameters.get("hours", USUAL_HOURS))
    force_weather(turn, forced, turn.start)
    _tell(turn, forced)
    return {"city": here, "condition": condition, "hours": forced.hours, "forced": True}


def weather_of(condition: object, hours: object) -> Forced:
    """What is asked for, once it is known to make sense; raises `RefusedError`."""
    if condition not in CONDITIONS:
        near = get_close_matches(str(condition), CONDITIONS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise RefusedError(f"condition must be one of {', '.join(CONDITIONS)}, not {condition!r}{hint}")
    return Forced(CONDITIONS.index(str(condition)), hours_of(hours))


def hours_of(hours: object) -> float:
    """For how long something is to hold; raises `RefusedError`."""
    if not isinstance(hours, int | float) or isinstance(hours, bool) or not 0 < hours <= LONGEST_HOURS:
        raise RefusedError(f"hours must be above 0 and at most {LONGEST_HOURS:g}, not {hours!r}")
    return float(hours)


def force_weather(turn: Turn, forced: Forced, since: int) -> None:
    """Let it hold, from a moment on."""
    numbers = turn.state.numbers
    numbers["weather_forced"] = numbers["weather"] = forced.condition
    numbers["weather_until"] = since + int(forced.hours * HOUR)


def weather_row(turn: Turn) -> Array:
    """The city's own weather of this hour: condition, temperature, precipitation, wind."""
    return np.asarray(turn.town.data.weather[turn.now.year_hour % len(turn.town.data.weather)])


def weather_now(turn: Turn) -> Array:
    """What is told and felt now: the city's own, or what somebody ordered."""
    numbers = turn.state.numbers
    ordered = numbers["weather_until"] > turn.start
    return weather_of_kind(turn, numbers["weather_forced"] if ordered else int(weather_row(turn)[0]))


def weather_of_kind(turn: Turn, condition: int) -> Array:
    """The city's own weather of this hour, as near as can be where another kind is ordered: no snow at 29 degrees."""
    return weather_as_if(turn.town.data, turn.now.year_hour, condition)


def weather_as_if(data: CityData, year_hour: int, condition: int) -> Array:
    """A city's weather at an hour of the year, were it of a kind: temperature and rain are moved as needed."""
    row = np.asarray(data.weather[year_hour % len(data.weather)])
    if condition == int(row[0]):
        return row
    sky = data.world.skies[CONDITIONS[condition]]
    celsius, wet = np.clip(row[1], *sky.temperature_c), np.clip(row[2], *sky.precipitation_mm)
    return np.array([condition, celsius, wet, row[3]])


def _tell(turn: Turn, forced: Forced) -> None:
    row = weather_of_kind(turn, forced.condition)
    number = sum(result.accepted for result in turn.results)
    out = turn.events.add(Kind.WEATHER_CHANGED, np.array([turn.start]))
    out["text"], out["ordinal"] = turn.events.text(CONDITIONS[forced.condition]), 1 + number
    out["score"], out["latitude"], out["longitude"] = row[1], row[2], row[3]

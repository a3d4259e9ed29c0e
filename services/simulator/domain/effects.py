"""Named rates that can be modified, by how much one modifier changes one, and what a tick's modifiers amount to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from services.simulator.domain.draws import Array
from services.simulator.domain.scenarios import TRAFFIC, WEEKDAYS, Modifier, Scenario, Temporal
from services.simulator.domain.specification import ACTIONS, CONDITIONS, CityData

FACTOR, WEIGHT, UTILITY, ODDS, TIERS = "factor of a rate", "weight", "utility", "log-odds", "tiers"
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    FACTOR: ("multiply", "add", "override"),
    WEIGHT: ("multiply", "add", "override", "shift"),
    UTILITY: ("multiply", "add", "override", "shift"),
    ODDS: ("multiply", "shift"),
    TIERS: ("add",),
}
"""Which operations make sense on which kind of target."""
PLAIN: Mapping[str, str] = {
    "sessions": FACTOR, "walk_ins": FACTOR, "registrations": FACTOR, "friend_requests": FACTOR, "distance": FACTOR,
    "party_size": FACTOR, "lead_time": FACTOR, "price": TIERS, "outdoor": UTILITY, "invite_answers": ODDS,
    "friend_answers": ODDS,
}  # fmt: skip
"""Targets without a dot. Distance is its weight, price the tier people look for, outdoor the pull of seats outside."""
BY_PERSONA = ("sessions", "walk_ins", *(f"action.{name}" for name in ACTIONS))
"""Targets that a modifier may change for some personas only."""
_LEAST = 1e-9
CATEGORIES = 16


@dataclass(frozen=True)
class Effects:
    """What holds at one moment with some causes added; the default changes nothing.

    ``session_override`` and ``walk_in_override`` are (value, part): the curve of the day gives way to the value by
    that part. ``actions`` (actions,) adds to log weights, ``categories`` (16,) to utilities, ``places`` (venues,) to
    utilities where anything acts on places; ``by_persona`` (personas, 2 + actions) is ln factors of sessions and of
    walk-ins, then log weights. ``areas`` are zones from which everybody considers some venues, in start order.
    """

    sessions: float = 1.0
    session_override: tuple[float, float] = (0.0, 0.0)
    walk_ins: float = 1.0
    distance: float = 1.0
    price: float = 0.0
    actions: Array = field(default_factory=lambda: np.zeros(len(ACTIONS)))
    categories: Array = field(default_factory=lambda: np.zeros(CATEGORIES))
    walk_in_override: tuple[float, float] = (0.0, 0.0)
    registrations: float = 1.0
    friend_requests: float = 1.0
    party_size: float = 1.0
    lead_time: float = 1.0
    invite_answers: float = 0.0
    friend_answers: float = 0.0
    places: Array | None = None
    by_persona: Array | None = None
    areas: tuple[int, ...] = ()


class Surroundings(NamedTuple):
    """What the clock, the calendar and the environment say: the key of everything temporal."""

    period: str | None
    day: str
    holiday: str | None
    weather: str
    traffic: str
    weekday: str | None
    warmth: str | None = None


class Running(NamedTuple):
    """A scenario under way: how much of it holds, how strong it is, and minutes since its start."""

    scenario: Scenario
    part: float
    intensity: float = 1.0
    minutes: float = 0.0


def targets(data: CityData) -> dict[str, str]:
    """Every name a modifier may act on, with what kind of number it is."""
    names = [
        *PLAIN,
        *(f"action.{name}" for name in ACTIONS),
        *(f"category.{name}" for name in data.world.categories),
        *(f"feature.{name}" for name in data.world.features),
        *(f"area.{arena.name}" for arena in data.almanac.venues_of_crowds),
    ]
    return {name: kind_of(name) for name in names}


def kind_of(target: str) -> str:
    """What kind of number a target is."""
    return PLAIN.get(target, WEIGHT if target.startswith("action.") else UTILITY)


def amount(modifier: Modifier, kind: str, before: float, part: float, intensity: float) -> float:
    """What a modifier adds on its target's scale, on top of ``before``, when a part of it holds."""
    if modifier.operation == "multiply" and part > 1:  # a backlog: still a factor, whatever its size
        return float(np.log(modifier.value) * intensity * part)
    if modifier.operation == "multiply":
        return float(np.log(max(1.0 + (modifier.value**intensity - 1.0) * part, _LEAST)))
    if modifier.operation == "override":
        if modifier.target in ("sessions", "walk_ins"):
            return 0.0
        value = float(np.log(max(modifier.value, _LEAST))) if kind in (FACTOR, WEIGHT) else modifier.value
        return value * intensity * min(part, 1.0)
    change = modifier.value * intensity * part
    if kind == FACTOR:
        return float(np.log(max(np.exp(before) + change, _LEAST))) - before
    return change


def holds(modifier: Modifier, minutes: float) -> bool:
    """Whether a modifier's own window covers a time since its scenario's start."""
    return modifier.from_minutes <= minutes and (modifier.until_minutes is None or minutes < modifier.until_minutes)


def distance_from_baseline(modifier: Modifier, part: float, intensity: float) -> float:
    """How far the multiplier that a modifier amounts to is from 1; a utility counts as its exponential."""
    if modifier.operation == "override":
        return abs(modifier.value - 1.0) * intensity * min(part, 1.0)
    change = amount(modifier, kind_of(modifier.target), 0.0, part, intensity)
    return float(abs(np.expm1(change)))


def period_at(temporal: Temporal, hour: float) -> str | None:
    """The part of the day that a local hour falls in."""
    for name, period in temporal.periods.items():
        start, end = period.from_hour, period.until_hour
        if start <= hour < end or (end < start and (hour >= start or hour < end)):
            return name
    return None


def surroundings(
    temporal: Temporal,
    minute: int,
    *,
    weekend: bool,
    holiday: str | None,
    weather: int,
    traffic: int,
    weekday: int,
    celsius: float,
) -> Surroundings:
    """The key of a moment: local minute of the day; numbers of weather, traffic and weekday, from Monday 0."""
    day = "weekend" if weekend else "weekday"
    return Surroundings(
        period_at(temporal, minute / 60),
        day,
        holiday,
        CONDITIONS[weather],
        TRAFFIC[traffic],
        WEEKDAYS[weekday],
        warmth_at(temporal, celsius),
    )


def warmth_at(temporal: Temporal, celsius: float) -> str | None:
    """The first range of temperatures that one lies in, if any."""
    return next(
        (
            name
            for name, warmth in temporal.temperature.items()
            if (warmth.from_celsius is None or celsius >= warmth.from_celsius)
            and (warmth.below_celsius is None or celsius < warmth.below_celsius)
        ),
        None,
    )


def shifted(share: Array | float, log_odds: float) -> Array | float:
    """A probability with its odds multiplied by e to the ``log_odds``."""
    if log_odds == 0:
        return share
    known = np.clip(share, 0.0, 1.0)
    raised = known * float(np.exp(log_odds))
    return np.asarray(raised / (raised + (1.0 - known)))


def edge(scenario: Scenario, minutes: float) -> float:
    """The last moment, in minutes since the start, at which a modifier of the scenario began or ceased to hold."""
    edges = [m.from_minutes for m in scenario.modifiers]
    edges += [m.until_minutes for m in scenario.modifiers if m.until_minutes is not None]
    return max((at for at in edges if at <= minutes), default=0.0)

"""The one mechanism by which hours, days, holidays, weather, traffic and scenarios act on named rates.

Amounts on one target are summed: logarithms of factors, utilities, log-odds. What a tick brings is computed once,
before anybody decides anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from services.simulator.domain.almanac import entry_of
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import (
    BY_PERSONA,
    CATEGORIES,
    FACTOR,
    PLAIN,
    Effects,
    Running,
    Surroundings,
    amount,
    holds,
    targets,
)
from services.simulator.domain.geography import kilometres
from services.simulator.domain.scenarios import Modifier
from services.simulator.domain.specification import ACTIONS, CityData


class Contribution(NamedTuple):
    """What one modifier does to one target: ``amount`` on the target's scale, for some personas or all."""

    source: str
    modifier: Modifier
    amount: float


@dataclass
class Sum:
    """Amounts by target, shape (targets,), and by persona and target where some differ, (personas, 2 + actions)."""

    total: Array
    by_persona: Array
    overrides: dict[str, tuple[float, float]] = field(default_factory=dict)
    areas: list[int] = field(default_factory=list)


class Mechanism:
    """Targets of one world, and what acts on them. Remembers what it summed up last; no state of the city."""

    def __init__(self, data: CityData) -> None:
        self.kinds = targets(data)
        self._data = data
        self._index = {name: number for number, name in enumerate(self.kinds)}
        self._personas = {name: number for number, name in enumerate(data.people.personas)}
        self._zones = _zones(data)
        self._known: dict[Surroundings, Sum] = {}
        self._last: tuple[object, list[Effects]] = ((), [])
        self._features: tuple[int, dict[str, Array]] = (-1, {})

    def levels(self, around: Surroundings, running: Sequence[Running], venues: Mapping[str, Array]) -> list[Effects]:
        """Effects at the baseline, then with each scenario added in start order. ``venues`` are columns."""
        key = (around, tuple(running), len(venues["outdoor"]))
        if self._last[0] != key:
            levels = [self._effects(self.total(around, running[:count]), venues) for count in range(len(running) + 1)]
            self._last = (key, levels)
        return list(self._last[1])

    def temporal(self, around: Surroundings) -> Iterator[tuple[str, Modifier, float]]:
        """Modifiers that hold in these surroundings, each with its source in words and its strength."""
        given = self._data.temporal
        if around.period is not None:
            yield from ((f"meal period {around.period}", m, 1.0) for m in given.periods[around.period].modifiers)
        yield from ((around.day, m, 1.0) for m in given.days.get(around.day, ()))  # type: ignore[call-overload]
        if around.weekday is not None:
            yield from ((around.weekday, m, 1.0) for m in given.days.get(around.weekday, ()))  # type: ignore[call-overload]
        if around.holiday is not None:
            entry = entry_of(self._data.almanac, around.holiday)
            told = f"holiday {around.holiday} ({entry.type}, {entry.impact})"
            yield from ((told, m, self._data.almanac.impacts[entry.impact]) for m in given.holiday)
            yield from ((told, m, 1.0) for m in entry.modifiers)
        yield from ((f"weather {around.weather}", m, 1.0) for m in given.weather.get(around.weather, ()))
        if around.warmth is not None:
            yield from ((f"temperature {around.warmth}", m, 1.0) for m in given.temperature[around.warmth].modifiers)
        yield from ((f"traffic {around.traffic}", m, 1.0) for m in given.traffic.get(around.traffic, ()))

    def total(self, around: Surroundings, running: Sequence[Running]) -> Sum:
        """All modifiers summed: temporal ones as far as scenarios leave them, then scenarios by precedence."""
        calm = self._calm(around)
        total = Sum(calm.total.copy(), calm.by_persona.copy())
        order = sorted(running, key=lambda one: one.scenario.precedence)
        for one in order:
            self._replace(total, around, one)
        for one in running:
            for contribution in self.contributions(total, one, running):
                self._apply(total, contribution)
        return total

    def contributions(self, total: Sum, one: Running, running: Sequence[Running]) -> Iterator[Contribution]:
        """What a scenario adds to what others made of each target, lessened by scenarios of higher precedence."""
        for modifier in one.scenario.modifiers:
            if not holds(modifier, one.minutes):
                continue
            left = 1.0
            for other in running:
                if other.scenario.precedence > one.scenario.precedence and modifier.target in _targets(other):
                    left *= 1.0 - min(other.part, 1.0)
            before = float(total.total[self._index[modifier.target]])
            kind = self.kinds[modifier.target]
            yield Contribution(
                one.scenario.name, modifier, left * amount(modifier, kind, before, one.part, one.intensity)
            )

    def value(self, total: Sum, target: str) -> float:
        """A target's amount for everybody."""
        return float(total.total[self._index[target]])

    def _calm(self, around: Surroundings) -> Sum:
        """Temporal modifiers alone, remembered."""
        known = self._known.get(around)
        if known is None:
            known = Sum(np.zeros(len(self.kinds)), np.zeros((len(self._personas), len(BY_PERSONA))))
            for source, modifier, strength in self.temporal(around):
                kind, before = self.kinds[modifier.target], float(known.total[self._index[modifier.target]])
                self._apply(known, Contribution(source, modifier, amount(modifier, kind, before, 1.0, strength)))
            self._known[around] = known
        return known

    def _replace(self, total: Sum, around: Surroundings, one: Running) -> None:
        """Let a scenario put its own hours and days, and its overrides, in the place of temporal modifiers."""
        part, scenario = min(one.part, 1.0), one.scenario
        if scenario.period is not None or scenario.day is not None:
            weekday = around.weekday if scenario.day is None else None  # a day of that kind, of no name
            meant = self._calm(
                around._replace(
                    period=scenario.period or around.period, day=scenario.day or around.day, weekday=weekday
                )
            )
            total.total += part * (meant.total - total.total)
            total.by_persona += part * (meant.by_persona - total.by_persona)
        for modifier in scenario.modifiers:
            if modifier.operation != "override" or not holds(modifier, one.minutes):
                continue
            at = self._index[modifier.target]
            total.total[at] *= 1.0 - part
            if modifier.target in BY_PERSONA:
                total.by_persona[:, BY_PERSONA.index(modifier.target)] *= 1.0 - part
            if modifier.target in ("sessions", "walk_ins"):
                value = 1.0 + (modifier.value - 1.0) * one.intensity
                total.overrides[modifier.target] = (max(value, 0.0), part)

    def _apply(self, total: Sum, contribution: Contribution) -> None:
        modifier, change = contribution.modifier, contribution.amount
        if modifier.personas:
            column = BY_PERSONA.index(modifier.target)
            total.by_persona[[self._personas[name] for name in modifier.personas], column] += change
        else:
            total.total[self._index[modifier.target]] += change
        if modifier.target in self._zones:
            total.areas.append(self._zones[modifier.target])

    def _effects(self, total: Sum, venues: Mapping[str, Array]) -> Effects:
        amounts = dict(zip(self.kinds, total.total.tolist(), strict=True))
        plain = {
            name: float(np.exp(amounts[name])) if kind == FACTOR else amounts[name]
            for name, kind in PLAIN.items()
            if name != "outdoor"
        }
        categories = np.zeros(CATEGORIES)
        for number, name in enumerate(self._data.world.categories):
            categories[number] = amounts[f"category.{name}"]
        return Effects(
            **plain,
            actions=np.array([amounts[f"action.{name}"] for name in ACTIONS]),
            categories=categories,
            session_override=total.overrides.get("sessions", (0.0, 0.0)),
            walk_in_override=total.overrides.get("walk_ins", (0.0, 0.0)),
            places=self._places(amounts, venues),
            by_persona=total.by_persona if total.by_persona.any() else None,
            areas=tuple(total.areas),
        )

    def _places(self, amounts: Mapping[str, float], venues: Mapping[str, Array]) -> Array | None:
        """Utility added to each venue by what it has and where it is."""
        if self._features[0] != len(venues["outdoor"]):
            self._features = (len(venues["outdoor"]), place_features(self._data, venues))
        utility: Array | None = None
        for name, column in self._features[1].items():
            if amounts[name] != 0:
                utility = amounts[name] * column if utility is None else utility + amounts[name] * column
        return utility


def place_features(data: CityData, venues: Mapping[str, Array]) -> dict[str, Array]:
    """Columns (venues,) by which targets act on places: seats outside, features, nearness to an arena (1 to 0)."""
    columns = {"outdoor": venues["outdoor"].astype(np.float64)}
    for bit, name in enumerate(data.world.features):
        columns[f"feature.{name}"] = (venues["features"] >> bit & 1).astype(np.float64)
    for arena in data.almanac.venues_of_crowds:
        columns[f"area.{arena.name}"] = np.exp(
            -kilometres(venues["latitude"], venues["longitude"], arena.latitude, arena.longitude) / arena.radius_km
        )
    return columns


def _targets(one: Running) -> set[str]:
    return {modifier.target for modifier in one.scenario.modifiers if holds(modifier, one.minutes)}


def _zones(data: CityData) -> dict[str, int]:
    """The neighbourhood nearest to each arena, by the name of its area."""
    places = data.place.neighbourhoods
    latitude, longitude = np.array([p.latitude for p in places]), np.array([p.longitude for p in places])
    return {
        f"area.{arena.name}": int(kilometres(latitude, longitude, arena.latitude, arena.longitude).argmin())
        for arena in data.almanac.venues_of_crowds
    }

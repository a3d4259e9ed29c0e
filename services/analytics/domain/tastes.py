"""The formula of a taste: what a person taught by own acts, what others pull, and the time of the year.

For each column, with ``b`` the baseline, ``own`` what the person's own acts made of it, ``W`` the pull of bookings and
friends and ``m`` the point they pull to on average, at time t:

    faded = own + (b - own) * min(1, decay_per_day * days without an own act)     (not price and terrace)
    mixed = faded + limit * W / (W + limit) * (m - faded)
    shown = clip(mixed + drift * cos(2 pi (t - warmest day) / year))

Every line but the last is a move towards a point in bounds by a share below 1, so values stay in bounds by themselves.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from services.analytics.domain.learning import MOOD, OUTDOORS, LearningParameters
from services.analytics.domain.venues import AMBIANCES, TASTES

DAY_US = 86_400_000_000
YEAR_DAYS = 365.2425
"""Mean Gregorian year."""

TASTE_COUNT = len(TASTES)
PRICE = TASTE_COUNT
OUTDOOR = TASTE_COUNT + 1
MOODS = TASTE_COUNT + 2
WIDTH = MOODS + len(AMBIANCES)
"""Columns: tastes, price tier, terrace, moods."""

COLUMNS = (
    *(f"taste_{taste}" for taste in TASTES),
    "price_tier",
    OUTDOORS,
    *(MOOD + mood for mood in AMBIANCES),
)
"""Their names on ``preferences``."""

MIDDLE_PRICE = 2.5
"""Middle of the price tiers 1 to 4: what is assumed of someone who never went anywhere."""

Array = NDArray[np.float64]


LOWEST, HIGHEST = np.zeros(WIDTH), np.ones(WIDTH)
LOWEST[PRICE], HIGHEST[PRICE] = 1.0, 4.0


class Formula:
    """The formula with its parameters. Times are microseconds; arrays of people have shape (rows,) or (rows, WIDTH)."""

    def __init__(self, parameters: LearningParameters) -> None:
        self.start = np.full(WIDTH, parameters.baseline)
        self.start[PRICE] = MIDDLE_PRICE
        self._fading = np.full(WIDTH, parameters.decay)
        self._fading[[PRICE, OUTDOOR]] = 0.0
        self._limit = parameters.pull.limit
        self._rate = math.log(2) / (parameters.pull.half_life_days * DAY_US)
        self._warmest = parameters.season.warmest_day
        self._drift = _drift(parameters.season.drifts) if parameters.parts.season else np.zeros(WIDTH)
        self._phases: dict[int, float] = {}

    def faded(self, own: Array, idle_us: NDArray[np.int64]) -> Array:
        """What is left of own acts after some time without one."""
        back = np.minimum(self._fading * (np.maximum(idle_us, 0) / DAY_US)[:, None], 1.0)
        return np.asarray(own + (self.start - own) * back)

    def left(self, span_us: NDArray[np.int64]) -> Array:
        """Share of a pull that is left after some time."""
        return np.asarray(np.exp(-self._rate * np.maximum(span_us, 0)))

    def strength(self, weight: Array) -> Array:
        """Share of the way that a pull of some weight moves."""
        return np.asarray(self._limit * weight / (weight + self._limit) if self._limit else np.zeros_like(weight))

    def mixed(self, faded: Array, weight: Array, target: Array) -> Array:
        """Own and others' together; ``target`` is the sum of what was pulled to, each times its weight."""
        mean = np.divide(target, weight, out=faded.copy(), where=weight > 0)
        return np.asarray(faded + self.strength(weight) * (mean - faded))

    def shown(self, mixed: Array, times: NDArray[np.int64]) -> Array:
        """With the time of the year, inside the bounds."""
        return np.clip(mixed + self.phase(times)[:, None] * self._drift, LOWEST, HIGHEST)

    def turned(self, since: NDArray[np.int64], times: NDArray[np.int64]) -> Array:
        """L1 over the tastes that the year alone moved in between; shape (rows,)."""
        return np.abs(self.phase(times) - self.phase(since)) * math.fsum(np.abs(self._drift[:TASTE_COUNT]).tolist())

    def phase(self, times: NDArray[np.int64]) -> Array:
        """1 on the warmest day, -1 half a year later. The same all day long, so that it is computed once a day."""
        days, place = np.unique(times // DAY_US, return_inverse=True)
        return np.array([self._phase(day) for day in days.tolist()])[place]

    def _phase(self, day: int) -> float:
        if day not in self._phases:
            self._phases[day] = math.cos(2 * math.pi * (day - self._warmest) / YEAR_DAYS)
        return self._phases[day]


def _drift(drifts: Mapping[str, float]) -> Array:
    named = {name.removeprefix("taste_"): index for index, name in enumerate(COLUMNS)}
    drift = np.zeros(WIDTH)
    for name, size in drifts.items():
        drift[named[name]] = size
    return drift


def distance(one: Array, other: Array) -> Array:
    """L1 over the tastes; shape (rows,). Column by column: a sum along an axis may be grouped otherwise by length."""
    total = np.zeros(len(one))
    for column in range(TASTE_COUNT):
        total += np.abs(one[:, column] - other[:, column])
    return total

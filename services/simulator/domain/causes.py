"""Scenarios as causes: how much of one holds at a moment, and which one made a decision come out as it did.

Causes are added in start order. A label is the last cause whose addition changed the outcome; 0 is none.
"""

from collections.abc import Sequence

import numpy as np

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import distance_from_baseline
from services.simulator.domain.scenarios import Scenario

SETTLED = 0.05
"""A scenario is settled when no multiplier is farther than this from 1."""
RAMPING, HOLDING, SETTLING, OVER, WAITING = 0, 1, 2, 3, 4
PHASES = ("ramping", "holding", "settling", "settled", "waiting")

CAUSE = np.dtype([
    ("number", "i2"), ("scenario", "u1"), ("phase", "u1"), ("started", "i8"), ("released", "i8"),
    ("high", "u8"), ("low", "u8"), ("from_high", "u8"), ("from_low", "u8"), ("intensity", "f8"), ("parent", "i2"),
])  # fmt: skip
"""A scenario under way: ``number`` is what ``cause`` columns hold; ``released`` is when settling begins.

One that waits (a cascade whose time has not come) has no number yet; ``from_*`` is its parent's window.
"""


def strength(scenario: Scenario, started: int, released: int, now: int, intensity: float = 1.0) -> tuple[float, int]:
    """How much of a scenario holds (0 to 1, or its backlog), and its phase. Times in microseconds."""
    ramp = scenario.ramp_minutes * MINUTE
    if now < released:
        part = min(1.0, (now - started + MINUTE) / ramp) if ramp > 0 else 1.0
        return part, HOLDING if part >= 1.0 else RAMPING
    since = (now - released) / MINUTE
    peak = min(1.0, (released - started + MINUTE) / ramp) if ramp > 0 else 1.0
    if scenario.curve == "exponential":
        part = peak * float(np.exp(-since / scenario.settle_minutes))
    elif scenario.curve == "linear":
        part = peak * max(0.0, 1.0 - since / scenario.settle_minutes)
    else:
        part = peak * (scenario.backlog if since < scenario.settle_minutes else 0.0)
    minutes = (now - started) / MINUTE
    largest = max(
        (
            distance_from_baseline(modifier, part, intensity)
            for modifier in scenario.modifiers
            if modifier.until_minutes is None or minutes < modifier.until_minutes
        ),
        default=0.0,
    )
    return part, OVER if largest <= SETTLED else SETTLING


def settled_at(scenario: Scenario, started: int, released: int, intensity: float = 1.0) -> int:
    """When a scenario released at a time will have settled, to the minute."""
    now = released
    while strength(scenario, started, released, now, intensity)[1] != OVER:
        now += MINUTE
    return now


def overridden(rate: Array, value: float) -> Array:
    """A rate where a value takes its place: one above 1 lifts what is below it, one below 1 lowers what is above."""
    return np.asarray(np.maximum(value, rate) if value >= 1.0 else np.minimum(value, rate))


def label(outcomes: Sequence[Array], numbers: Sequence[int]) -> Array:
    """Cause of each decision; ``outcomes[0]`` is the baseline's, ``outcomes[j]`` with the first j causes added.

    Shapes (rows,). 0 where the last outcome equals the baseline's.
    """
    cause = np.zeros(len(outcomes[0]), dtype=np.int16)
    for before, after, number in zip(outcomes, outcomes[1:], numbers, strict=False):
        cause[before != after] = number
    cause[outcomes[-1] == outcomes[0]] = 0
    return cause

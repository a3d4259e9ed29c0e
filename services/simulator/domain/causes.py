"""Scenarios as causes: what each changes at a moment, and which one made a decision come out as it did.

Causes are added in start order. A label is the last cause whose addition changed the outcome; 0 is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.draws import Array
from services.simulator.domain.specification import ACTIONS, CityData, Scenario

SETTLED = 0.05
"""A scenario is settled when no multiplier is farther than this from 1."""
RAMPING, HOLDING, SETTLING, OVER = 0, 1, 2, 3
PHASES = ("ramping", "holding", "settling", "settled")

CAUSE = np.dtype([
    ("number", "i2"), ("scenario", "u1"), ("phase", "u1"), ("started", "i8"), ("released", "i8"),
    ("high", "u8"), ("low", "u8"), ("from_high", "u8"), ("from_low", "u8"),
])  # fmt: skip
"""A running scenario: ``number`` is what ``cause`` columns hold; ``released`` is when settling begins."""


@dataclass(frozen=True)
class Effects:
    """What holds at one moment with some causes added: the neutral one changes nothing."""

    sessions: float = 1.0
    session_override: tuple[float, float] = (0.0, 0.0)
    walk_ins: float = 1.0
    distance: float = 1.0
    price: float = 0.0
    actions: Array = field(default_factory=lambda: np.zeros(len(ACTIONS)))
    categories: Array = field(default_factory=lambda: np.zeros(16))


def strength(scenario: Scenario, started: int, released: int, now: int) -> tuple[float, int]:
    """How much of a scenario holds, 0 to 1, and its phase."""
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
        part = peak * (1.5 if since < scenario.settle_minutes else 0.0)
    largest = max((abs(m.value - 1.0) for m in scenario.modifiers if m.operation != "add"), default=1.0)
    return part, OVER if part * largest <= SETTLED else SETTLING


def settled_at(scenario: Scenario, released: int) -> int:
    """When a scenario released at a time will have settled."""
    now = released
    while strength(scenario, released - 10**12, released, now)[1] != OVER:
        now += MINUTE
    return now


def add(effects: Effects, scenario: Scenario, part: float, categories: Mapping[str, int]) -> Effects:
    """``effects`` with a scenario added at a strength. Conflicts multiply; overrides are later ones' to win."""
    actions, kinds = effects.actions.copy(), effects.categories.copy()
    changed = effects
    for modifier in scenario.modifiers:
        factor = 1.0 + (modifier.value - 1.0) * part
        name, _, rest = modifier.target.partition(".")
        if name == "action":
            actions[ACTIONS.index(rest)] += np.log(factor)
        elif name == "category":
            kinds[categories[rest]] += modifier.value * part
        elif name == "sessions" and modifier.operation == "override":
            changed = replace(changed, session_override=(modifier.value, part))
        elif name == "sessions":
            changed = replace(changed, sessions=changed.sessions * factor)
        elif name == "walk_ins":
            changed = replace(changed, walk_ins=changed.walk_ins * factor)
        elif name == "distance":
            changed = replace(changed, distance=changed.distance * factor)
        elif name == "price":
            changed = replace(changed, price=changed.price + modifier.value * part)
    return replace(changed, actions=actions, categories=kinds)


def targets(data: CityData) -> tuple[str, ...]:
    """Every name a modifier may act on."""
    plain = ("sessions", "walk_ins", "distance", "price")
    return (*plain, *(f"action.{a}" for a in ACTIONS), *(f"category.{c}" for c in data.world.categories))


def label(outcomes: Sequence[Array], numbers: Sequence[int]) -> Array:
    """Cause of each decision; ``outcomes[0]`` is the baseline's, ``outcomes[j]`` with the first j causes added.

    Shapes (rows,). 0 where the last outcome equals the baseline's.
    """
    cause = np.zeros(len(outcomes[0]), dtype=np.int16)
    for before, after, number in zip(outcomes, outcomes[1:], numbers, strict=False):
        cause[before != after] = number
    cause[outcomes[-1] == outcomes[0]] = 0
    return cause

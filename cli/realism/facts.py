"""The facts, read from `data/facts/*.yaml`: one file a group; unknown or missing keys are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

DIRECTORY: Final = Path(__file__).parent / "data" / "facts"
GROUPS: Final = ("time", "space", "social", "choice", "booking", "reviews", "lifecycle")
MEASURED: Final = ("C", "V")
"""Tags of facts that were computed from raw data, or stated by their source."""

WEIGHTS: Final[Mapping[str, float]] = {"C": 1.0, "V": 1.0, "V2": 0.5, "R": 0.0, "W": 0.25, "A": 0.0}
KEYS: Final = frozenset({"id", "statement", "statistic", "measured_on", "source", "tag", "accept", "needs"})
OPTIONAL: Final = frozenset({"whole"})


class FactError(ValueError):
    """A fact that is not written as facts are."""


@dataclass(frozen=True, slots=True)
class Range:
    """Accepted values, both ends included; None is no bound."""

    low: float | None
    high: float | None

    def contains(self, value: float) -> bool:
        """Whether a value is accepted; what is not a number never is."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high) and value == value  # noqa: PLR0124

    @property
    def width(self) -> float:
        """Distance from the range at which nothing is scored any more; 1 where the range has no width of its own."""
        if self.low is None or self.high is None or self.low == self.high:
            return 1.0
        return self.high - self.low

    def score(self, value: float) -> float:
        """1 inside, falling linearly to 0 at one width outside (REALISM, suggested score)."""
        if value != value:  # noqa: PLR0124 — not a number
            return 0.0
        below = 0.0 if self.low is None else max(self.low - value, 0.0)
        above = 0.0 if self.high is None else max(value - self.high, 0.0)
        return max(1.0 - (below + above) / self.width, 0.0)

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"≤ {self.high:g}" if self.low is None else f"≥ {self.low:g}"
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g} … {self.high:g}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One stylised fact: what is claimed, how it is measured here, and what is accepted, part by part.

    ``needs`` is the least of users, venues or tail points the measurement must rest on; ``whole`` marks facts that
    a sample of people cannot show, so that no noise is estimated by halving the people.
    """

    id: str
    group: str
    statement: str
    statistic: str
    measured_on: str
    source: str
    tag: str
    accept: Mapping[str, Range]
    needs: int
    whole: bool = False

    @property
    def tags(self) -> tuple[str, ...]:
        """Evidence tags, the strongest first."""
        return tuple(self.tag.split(","))

    @property
    def measured(self) -> bool:
        """Whether the fact counts among those computed from raw data or stated by a source."""
        return any(tag in MEASURED for tag in self.tags)

    @property
    def weight(self) -> float:
        """Weight in the group: of the strongest tag, but of the weak part where one is mixed in (W)."""
        strongest = max(WEIGHTS[tag] for tag in self.tags)
        return min(strongest, WEIGHTS["W"]) if "W" in self.tags else strongest


def load(directory: Path = DIRECTORY) -> tuple[Fact, ...]:
    """All facts, in the order of groups and files.

    Raises:
        FactError: A key is unknown or missing, a range is empty, a tag unknown, or an id used twice.
    """
    facts = [
        _fact(row, group)
        for group in GROUPS
        for row in yaml.safe_load((directory / f"{group}.yaml").read_text(encoding="utf-8"))
    ]
    ids = [fact.id for fact in facts]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise FactError(f"used twice: {', '.join(twice)}")
    return tuple(facts)


def _fact(row: Mapping[str, Any], group: str) -> Fact:
    name = row.get("id", "a fact without id")
    if unknown := set(row) - KEYS - OPTIONAL:
        raise FactError(f"{group}.yaml, {name}: unknown {', '.join(sorted(unknown))}")
    if absent := KEYS - set(row):
        raise FactError(f"{group}.yaml, {name}: {', '.join(sorted(absent))} missing")
    if strange := [tag for tag in str(row["tag"]).split(",") if tag not in WEIGHTS]:
        raise FactError(f"{group}.yaml, {name}: no tag {', '.join(strange)}; there are {', '.join(WEIGHTS)}")
    accept = {str(part): _range(ends, f"{group}.yaml, {name}, {part}") for part, ends in row["accept"].items()}
    words = {key: str(row[key]) for key in ("id", "statement", "statistic", "measured_on", "source", "tag")}
    return Fact(group=group, accept=accept, needs=int(row["needs"]), whole=bool(row.get("whole", False)), **words)


def _range(ends: Any, where: str) -> Range:
    if not isinstance(ends, list) or len(ends) != 2:  # noqa: PLR2004 — low and high
        raise FactError(f"{where}: a range is low and high")
    low, high = (None if end is None else float(end) for end in ends)
    if low is not None and high is not None and low > high:
        raise FactError(f"{where}: {low} is above {high}")
    return Range(low, high)

"""Scores of one city: every fact measured and judged, groups and headline summed up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cli.realism.city import City, Measurement, NotMeasuredError
from cli.realism.facts import GROUPS, Fact
from cli.realism.functions import FUNCTIONS

NULL_BAR: Final = 0.40
PASS_BAR: Final = 0.85
GROUP_BAR: Final = 0.80
"""Bars of the project (issue 4): share of C and V facts passed, every group's score; the null stays below its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fact, what was measured of it, and what that is worth.

    ``reason`` is empty where the fact was measured as it is defined; ``noise`` is half the difference between two
    random halves of the people, by part: about one standard error of the value.
    """

    fact: Fact
    measurement: Measurement | None
    reason: str
    passed: bool
    score: float
    noise: Mapping[str, float]

    def printable(self) -> Mapping[str, Any]:
        """As JSON."""
        found = self.measurement
        return {
            "id": self.fact.id,
            "group": self.fact.group,
            "statement": self.fact.statement,
            "statistic": self.fact.statistic,
            "source": self.fact.source,
            "tag": self.fact.tag,
            "weight": self.fact.weight,
            "values": None if found is None else {part: _finite(value) for part, value in found.values.items()},
            "accept": {part: [ends.low, ends.high] for part, ends in self.fact.accept.items()},
            "noise": dict(self.noise),
            "n": None if found is None else found.n,
            "unit": None if found is None else found.unit,
            "note": "" if found is None else found.note,
            "reason": self.reason,
            "score": self.score,
            "pass": self.passed,
        }


def _finite(value: float) -> float | None:
    """JSON knows no infinity."""
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All verdicts of a city."""

    verdicts: Sequence[Verdict]

    @property
    def share_passed(self) -> float:
        """Share of the C and V facts that pass; what could not be computed did not."""
        counted = [verdict.passed for verdict in self.verdicts if verdict.fact.measured]
        return float(np.mean(counted)) if counted else 0.0

    @property
    def groups(self) -> Mapping[str, float]:
        """Weighted mean score of each group, in the order of REALISM's sections."""
        scores = {}
        for group in GROUPS:
            own = [verdict for verdict in self.verdicts if verdict.fact.group == group and verdict.fact.weight > 0]
            if own:
                weights = [verdict.fact.weight for verdict in own]
                scores[group] = float(np.average([verdict.score for verdict in own], weights=weights))
        return scores

    @property
    def shares(self) -> Mapping[str, tuple[int, int]]:
        """C and V facts passed, and how many there are, by group."""
        counted = [verdict for verdict in self.verdicts if verdict.fact.measured]
        return {
            group: (sum(v.passed for v in own), len(own))
            for group in self.groups
            if (own := [v for v in counted if v.fact.group == group])
        }

    @property
    def weakest(self) -> float:
        """Score of the weakest group: one good group cannot hide a dead one."""
        return min(self.groups.values(), default=0.0)

    @property
    def good(self) -> bool:
        """Whether the project's bars are met."""
        return self.share_passed >= PASS_BAR and self.weakest >= GROUP_BAR

    def printable(self) -> Mapping[str, Any]:
        """As JSON."""
        return {
            "share_passed": self.share_passed,
            "weakest_group": self.weakest,
            "groups": dict(self.groups),
            "passed": {group: list(pair) for group, pair in self.shares.items()},
            "facts": [verdict.printable() for verdict in self.verdicts],
        }


def measure(fact: Fact, city: City) -> tuple[Measurement | None, str]:
    """What a fact's function finds, and why it does not count if it does not."""
    try:
        found = FUNCTIONS[fact.id](city)
    except NotMeasuredError as error:
        return None, str(error)
    if absent := [part for part in fact.accept if part not in found.values]:
        return found, found.unmet or f"{', '.join(absent)} not measured"
    if found.n < fact.needs:
        return found, found.unmet or f"rests on {found.n} {found.unit}, {fact.needs} are needed"
    return found, found.unmet


def judge(fact: Fact, city: City, halves: Sequence[City] = (), *, lenient: bool = False) -> Verdict:
    """Measure a fact and compare it with what is accepted.

    Args:
        fact: The fact.
        city: The city.
        halves: Two halves of its people, to show the noise; none to leave it out.
        lenient: Judge values that rest on too little data, too.
    """
    found, reason = measure(fact, city)
    if found is None or (reason and not lenient):
        return Verdict(fact, found, reason, passed=False, score=0.0, noise={})
    parts = {part: ends for part, ends in fact.accept.items() if part in found.values}
    passed = len(parts) == len(fact.accept) and all(ends.contains(found.values[part]) for part, ends in parts.items())
    score = sum(ends.score(found.values[part]) for part, ends in parts.items()) / len(fact.accept)
    return Verdict(fact, found, reason, passed, score, {} if fact.whole else _noise(fact, halves))


def _noise(fact: Fact, halves: Sequence[City]) -> Mapping[str, float]:
    values = [found.values for found, _ in (measure(fact, half) for half in halves) if found is not None]
    if len(values) != 2:  # noqa: PLR2004 — two halves
        return {}
    return {part: abs(values[0][part] - values[1][part]) / 2 for part in fact.accept if all(part in v for v in values)}


def score(city: City, facts: Sequence[Fact], halves: Sequence[City] = (), *, lenient: bool = False) -> Scorecard:
    """Judge all facts of a city."""
    return Scorecard([judge(fact, city, halves, lenient=lenient) for fact in facts])


def halved(city: City) -> tuple[City, City]:
    """Two random halves of the people, always the same."""
    heads = np.random.default_rng(2).random(city.users) < 0.5  # noqa: PLR2004 — a fair coin
    return city.of_people(heads), city.of_people(~heads)

"""The one place where partials of all partitions meet: sums and unions of any stretches of time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from services.analytics.domain.aggregates.folding import SERIES, Aggregates
from services.analytics.domain.aggregates.names import Numbering
from services.analytics.domain.aggregates.partials import STEPS
from services.analytics.domain.aggregates.series import MEASURE


@dataclass(slots=True)
class Merged:
    """What happened in some stretches: ``kinds`` by (topic, type), ``split`` by dimension, value and type."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    split: dict[str, dict[str, Counter[tuple[str, str]]]] = field(default_factory=dict)
    bins: dict[str, dict[int, int]] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)
    active: int = 0

    def of_type(self, event_type: str, kinds: Counter[tuple[str, str]] | None = None) -> int:
        """Records of a type, of all or of some part."""
        counted = self.kinds if kinds is None else kinds
        return sum(count for (_, kind), count in counted.items() if kind == event_type)


class Merger:
    """Merges partials of one scope. Names of series are taken apart once."""

    def __init__(self, aggregates: Aggregates) -> None:
        self._aggregates = aggregates
        self._parsed: list[tuple[str, ...]] = []

    def vector(self, vector: int, numbering: Numbering, width: str, starts: Iterable[int]) -> NDArray[np.int64]:
        """Sum of one vector over stretches, shape (common numbers by deeds of the vector,)."""
        deeds = {"series-names": 1, "venue-names": 7, "people-names": 4, "cell-names": 2}[numbering.kind]
        translations = {part: numbering.to_common(part) for part in list(numbering.partitions())}
        total = np.zeros(len(numbering.names) * deeds, dtype=np.int64)
        for start in starts:
            for partition, partial in self._aggregates.partials.parts(width, start).items():
                at, counts = partial.counts(vector)
                if len(at):
                    total[translations[partition][at // deeds] * deeds + at % deeds] += counts
        return total

    def merged(self, width: str, starts: Sequence[int], *, splits: Iterable[str] = ()) -> Merged:
        """Sum over stretches; broken down by the dimensions named, which cost most."""
        total = self.vector(SERIES, self._aggregates.series, width, starts)
        names = self._aggregates.series.names
        self._parsed += [tuple(name.split("\t")) for name in names[len(self._parsed) :]]
        found = Merged(active=self.active(width, starts))
        wanted = {"", *splits}
        at = np.flatnonzero(total)
        for number, count in zip(at.tolist(), total[at].tolist(), strict=True):
            topic, kind, dimension, value = self._parsed[number]
            if topic == MEASURE:
                _measure(found, kind, value, count)
            elif not dimension:
                found.kinds[topic, kind] += count
            elif dimension in wanted:
                found.split.setdefault(dimension, {}).setdefault(value, Counter())[topic, kind] += count
        return found

    def active(self, width: str, starts: Sequence[int]) -> int:
        """People active in any of the stretches. Everybody's actions are on one partition, so partitions add up."""
        by_partition: dict[int, list[BitMap]] = {}
        for start in starts:
            for partition, partial in self._aggregates.partials.parts(width, start).items():
                by_partition.setdefault(partition, []).append(partial.people(0))
        return sum(len(sets[0] if len(sets) == 1 else BitMap.union(*sets)) for sets in by_partition.values())

    def step_people(self, width: str, starts: Sequence[int]) -> list[BitMap]:
        """People who took each step in the stretches, in common numbers: bookings come on other partitions."""
        found = [BitMap() for _ in STEPS]
        sets: dict[tuple[int, int], list[BitMap]] = {}
        for start in starts:
            for partition, partial in self._aggregates.partials.parts(width, start).items():
                for step in range(len(STEPS)):
                    people = partial.people(1 + step)
                    if people:
                        sets.setdefault((partition, step), []).append(people)
        for (partition, step), people_sets in sets.items():
            local = np.array(BitMap.union(*people_sets).to_array(), dtype=np.int64)
            found[step] |= BitMap(self._aggregates.persons.to_common(partition)[local].astype(np.uint32))
        return found


def _measure(found: Merged, name: str, value: str, count: int) -> None:
    if value:
        found.bins.setdefault(name, {})[int(value)] = count
    else:
        found.sums[name] += count

"""Counts of kinds of records, and of each kind by persona, category and borough, as one vector a stretch of time.

A series is a text ``topic, type, dimension, value``; one with topic ``-`` is a measure: a sum, or a bin of a histogram.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from services.analytics.domain.aggregates.columns import NONE, Columns, Words
from services.analytics.domain.aggregates.kinds import DIMENSIONS
from services.analytics.domain.aggregates.names import Names
from services.analytics.domain.codes import Numbers

MEASURE = "-"
_SPLITS = len(DIMENSIONS) + 1


def measure(name: str, dimension: str = "", value: str = "") -> str:
    """Name of a measure's series."""
    return f"{MEASURE}\t{name}\t{dimension}\t{value}"


@dataclass(slots=True)
class _Table:
    """Series number by kind and value, `NONE` where none was given yet. Shape (kinds, values), grown when needed."""

    numbers: Numbers = field(default_factory=lambda: np.full((64, 32), NONE, dtype=np.int64))

    def fit(self, kinds: int, values: int) -> None:
        rows, columns = self.numbers.shape
        if kinds > rows or values > columns:
            larger = np.full((max(rows, 2 * kinds), max(columns, 2 * values)), NONE, dtype=np.int64)
            larger[:rows, :columns] = self.numbers
            self.numbers = larger


class SeriesFold:
    """Which series every record of a chunk counts in. One for each scope; tables are by partition and topic."""

    def __init__(self, kinds: Words, values: Words) -> None:
        self._kinds = kinds
        self._values = values
        self._tables: dict[tuple[int, str, int], _Table] = {}

    def of(self, names: Names, partition: int, columns: Columns) -> Iterator[tuple[Numbers | None, Numbers]]:
        """For each split: rows that have it (None: all), and the number of the series each of them counts in."""
        whole = np.zeros(len(columns), dtype=np.int64)
        yield None, self._numbers(names, partition, columns.topic, 0, columns.kind, whole)
        for split, values in enumerate(columns.values, 1):
            rows = np.flatnonzero(values != NONE)
            if len(rows):
                yield rows, self._numbers(names, partition, columns.topic, split, columns.kind[rows], values[rows])

    def _numbers(
        self, names: Names, partition: int, topic: str, split: int, kinds: Numbers, values: Numbers
    ) -> Numbers:
        table = self._tables.setdefault((partition, topic, split), _Table())
        table.fit(len(self._kinds.words), len(self._values.words))
        found = table.numbers[kinds, values]
        if found.min(initial=0) == NONE:
            missing = found == NONE
            for kind, value in set(zip(kinds[missing].tolist(), values[missing].tolist(), strict=True)):
                of = ("", "") if split == 0 else (DIMENSIONS[split - 1], self._values.words[value])
                table.numbers[kind, value] = names.number("\t".join((topic, self._kinds.words[kind], *of)))
            found = table.numbers[kinds, values]
        return found


assert _SPLITS == 4  # noqa: PLR2004 - nothing, persona, category, borough

"""What is done where: counts of each venue by kind of event, partition by partition."""

import json
from collections import Counter
from typing import TypeAlias

import polars as pl

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json

KIND = "venue"

Counts: TypeAlias = Counter[str]


class Popularity:
    """Counts of all venues of one scope."""

    def __init__(self, scope: Scope, cells: Cells) -> None:
        self._scope = scope
        self._cells = cells
        self._parts: dict[str, dict[int, Counts]] = {}

    def load(self, partition: int, name: str, data: bytes) -> None:
        """Take back one partial."""
        self._parts.setdefault(name, {})[partition] = Counter(json.loads(data))

    def fold(self, partition: int, frame: pl.DataFrame) -> None:
        """Add records of one partition that name a venue."""
        if "venue_id" not in frame.columns:
            return
        at_venues = frame.filter(pl.col("venue_id").is_not_null())
        touched: dict[str, Counts] = {}
        for venue, event_type, count in at_venues.group_by("venue_id", "event_type").len().iter_rows():
            counts = touched.setdefault(venue, self._parts.setdefault(venue, {}).setdefault(partition, Counter()))
            counts[event_type] += count
        for venue, counts in touched.items():
            self._cells.write(partition, cell_key(self._scope, KIND, venue), pack_json(dict(counts)))

    def of(self, venue: str) -> Counts:
        """Merged counts of one venue."""
        total: Counts = Counter()
        for counts in self._parts.get(venue, {}).values():
            total.update(counts)
        return total

    def top(self, event_type: str, limit: int) -> list[tuple[str, int]]:
        """Venues with the most events of a type, most first, equals by name."""
        totals = ((venue, self.of(venue)[event_type]) for venue in self._parts)
        return sorted((pair for pair in totals if pair[1]), key=lambda pair: (-pair[1], pair[0]))[:limit]

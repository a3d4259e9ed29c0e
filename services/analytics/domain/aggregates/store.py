"""The partials of a scope by width, stretch of time and partition: which changed, are to be written, have ended."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from services.analytics.domain.aggregates.partials import Partial
from services.analytics.domain.cells import Cells, Scope, cell_key

WIDTHS: Mapping[str, int] = {"minute": 1, "quarter": 15, "hour": 60, "day": 1_440}
"""Simulated minutes of each width; quarters serve the map alone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Simulated minutes that partials of each width are kept for after the last tick."""

    minute: int = 1_560
    quarter: int = 1_440 + 15
    hour: int = 32 * 1_440
    day: int = 400 * 1_440

    def of(self, width: str) -> int:
        """Minutes that one width is kept."""
        return int(getattr(self, width))


class PartialStore:
    """Invariant: every partial is in a cell as it is here once `save` was called."""

    def __init__(self, scope: Scope, cells: Cells, kept: Kept) -> None:
        self._scope = scope
        self._cells = cells
        self.kept = kept
        self._partials: dict[str, dict[int, dict[int, Partial]]] = {width: {} for width in WIDTHS}
        self._dirty: set[tuple[str, int, int]] = set()
        self._changed: dict[str, set[int]] = {width: set() for width in WIDTHS}
        self._horizon: dict[str, int] = dict.fromkeys(WIDTHS, -1)

    def load(self, width: str, partition: int, name: str, data: bytes) -> None:
        """Take back one partial."""
        self._partials[width].setdefault(int(name), {})[partition] = Partial(data)
        self._changed[width].add(int(name))

    def horizon(self, width: str) -> int:
        """Newest stretch that is no longer kept; -1 before any tick."""
        return self._horizon[width]

    def reach(self, width: str, now_minute: int) -> int:
        """First stretch that is kept; by the clock alone before the first tick after a start."""
        known = self._horizon[width]
        return (known if known >= 0 else max((now_minute - self.kept.of(width)) // WIDTHS[width], -1)) + 1

    def touch(self, width: str, start: int, partition: int) -> Partial:
        """A partial that is about to change."""
        self._dirty.add((width, start, partition))
        self._changed[width].add(start)
        parts = self._partials[width].setdefault(start, {})
        found = parts.get(partition)
        if found is None:
            found = parts[partition] = Partial()
        return found

    def save(self, closed_until: int) -> None:
        """Write what was touched: once a commit, however many chunks it was touched by.

        Of what lies before the minute ``closed_until`` only the bytes are kept: it is over, and seldom read.
        """
        for width, start, partition in sorted(self._dirty):
            partial = self._partials[width][start][partition]
            self._cells.write(partition, cell_key(self._scope, width, str(start)), partial.pack())
            if (start + 1) * WIDTHS[width] <= closed_until:
                partial.close()
        self._dirty.clear()

    def take_changed(self, width: str) -> set[int]:
        """Stretches that changed since the last call."""
        changed, self._changed[width] = self._changed[width], set()
        return changed

    def parts(self, width: str, start: int) -> Mapping[int, Partial]:
        """Partials of one stretch by partition."""
        return self._partials[width].get(start, {})

    def between(self, width: str, first: int, end: int) -> list[int]:
        """Stretches in [first, end) that have records, in order."""
        return sorted(start for start in self._partials[width] if first <= start < end)

    def close(self, width: str, start: int) -> None:
        """Keep a stretch as bytes; what is still to be written of it, `save` closes."""
        for partition, part in self.parts(width, start).items():
            if (width, start, partition) not in self._dirty:
                part.close()

    def expire(self, now_minute: int) -> Iterator[tuple[str, Collection[int]]]:
        """Forget what is older than it is kept, by the clock of the city; what was forgotten, by width."""
        for width, minutes in WIDTHS.items():
            horizon = (now_minute - self.kept.of(width)) // minutes
            if horizon <= self._horizon[width]:
                continue
            self._horizon[width] = horizon
            partials = self._partials[width]
            old = [start for start in partials if start <= horizon]
            for start in old:
                for partition in partials.pop(start):
                    self._dirty.discard((width, start, partition))
                    self._cells.remove(partition, cell_key(self._scope, width, str(start)))
            self._changed[width].difference_update(old)
            yield width, old

"""The newest records of one topic, bounded, as the columnar chunks they came in."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.gateway.state.chunk import Chunk
from services.gateway.state.filters import Filters
from services.gateway.state.positions import Vector, at_or_after


@dataclass(frozen=True, slots=True)
class Page:
    """Records newest first, as chunks of rows already in that order.

    ``before`` continues to older ones, None at the end of what is held; ``complete`` says that nothing older existed.
    """

    chunks: Sequence[Chunk]
    before: Vector | None
    complete: bool


_PIECE = 1_000
"""Records of a chunk that was put in order."""

_SMALL, _LOOSE = 50, 32
"""Records of a small chunk, and how many of such become one. A column costs some hundred bytes however short it is, and
a quiet city's chunks are of a record or two: ten thousand of them would be a third of a gigabyte."""


class Ring:
    """Holds at least the newest ``capacity`` records (whole chunks), and knows what it has let go.

    ``beginnings`` is where reading of each partition began: records before it were never seen. A ring that is
    ``behind`` is fed from a log's beginning, which comes partition by partition: its newest are known by their
    timestamps until it has caught up, and by their arrival from then on.
    """

    def __init__(self, capacity: int, partitions: int, beginnings: Mapping[int, int], *, behind: bool = False) -> None:
        self.capacity = capacity
        self.held = 0
        self.number = 0
        self._behind = behind
        self._beginnings = beginnings
        self._next = [0] * partitions
        self._floor = [0] * partitions
        self._chunks: deque[Chunk] = deque()
        self._loose = 0

    def append(self, chunk: Chunk) -> None:
        """Take a chunk in and let the oldest go."""
        self.number += 1
        self._chunks.append(chunk)
        self.held += len(chunk)
        _raise_to(self._next, chunk)
        if self._behind:
            if self.held >= 2 * self.capacity:
                self._put_in_order()
            return
        self._loose = self._loose + 1 if len(chunk) < _SMALL else 0
        if self._loose == _LOOSE:
            self._join_loose()
        while self.held - len(self._chunks[0]) >= self.capacity:
            oldest = self._chunks.popleft()
            self.held -= len(oldest)
            self._loose = min(self._loose, len(self._chunks))
            _raise_to(self._floor, oldest)

    def catch_up(self) -> None:
        """The log has been read to its end: from now on records come as they are written."""
        if self._behind:
            self._put_in_order()
            self._behind = False

    def vector(self) -> Vector:
        """Next offset of each partition."""
        return tuple(max(own, self._beginnings.get(number, 0)) for number, own in enumerate(self._next))

    def since(self, vector: Vector) -> list[Chunk] | None:
        """Everything a watcher at this vector has missed, oldest first; None when some of it is gone."""
        for number, floor in enumerate(self._floor):
            wanted = vector[number] if number < len(vector) else 0
            if wanted < max(floor, self._beginnings.get(number, 0)):
                return None
        missed = []
        for chunk in self._chunks:
            rows = np.flatnonzero(at_or_after(vector, chunk.partitions, chunk.offsets))
            if len(rows):
                missed.append(chunk if len(rows) == len(chunk) else chunk.take(rows))
        return missed

    def newest(self, filters: Filters, limit: int, before: Vector | None = None) -> Page:
        """Up to ``limit`` records that pass, newest first, older than ``before``."""
        found: list[Chunk] = []
        left = limit
        edge = list(before if before is not None else self.vector())
        for chunk in reversed(self._chunks):
            rows = self._rows_before(chunk, filters, before)
            taken = rows[::-1][:left]
            if len(taken):
                part = chunk.take(taken)
                found.append(part)
                left -= len(taken)
                _lower_to(edge, part)
            if left == 0:
                return Page(found, tuple(edge), complete=False)
        return Page(found, None, complete=not any(self._floor))

    def _join_loose(self) -> None:
        """Make one chunk of the small ones that came last."""
        loose = [self._chunks.pop() for _ in range(self._loose)][::-1]
        removed = [key for chunk in loose for key in chunk.removed]
        self._chunks.append(replace(Chunk.joined(loose).packed(), removed=removed))
        self._loose = 0

    def _put_in_order(self) -> None:
        """Hold the newest by their timestamps, oldest first, each partition's in the order of its offsets."""
        if not self._chunks:
            return
        held = Chunk.joined(self._chunks)
        by_place = np.lexsort((held.offsets, held.partitions))
        held = held.take(by_place[np.argsort(_written(held, by_place), kind="stable")])
        gone = max(0, len(held) - self.capacity)
        rows = np.arange(len(held))
        if gone:
            _raise_to(self._floor, held.take(rows[:gone]))
        self.held = len(held) - gone
        self._chunks = deque(held.take(rows[at : at + _PIECE]) for at in range(gone, len(held), _PIECE))

    @staticmethod
    def _rows_before(chunk: Chunk, filters: Filters, before: Vector | None) -> NDArray[np.intp]:
        rows = filters.keep(chunk.frame)
        if rows is None:
            rows = np.arange(len(chunk))
        if before is not None:
            rows = rows[~at_or_after(before, chunk.partitions[rows], chunk.offsets[rows])]
        return rows


def _written(chunk: Chunk, by_place: NDArray[np.intp]) -> NDArray[np.int64]:
    """When records were written, ms, never before their partition's earlier ones; in the order ``by_place``."""
    written, partitions = chunk.timestamps_ms[by_place], chunk.partitions[by_place]
    for partition in np.unique(partitions):
        of_partition = partitions == partition
        written[of_partition] = np.maximum.accumulate(written[of_partition])
    return written


def _raise_to(edges: list[int], chunk: Chunk) -> None:
    for partition in np.unique(chunk.partitions):
        number = int(partition)
        edges.extend([0] * (number + 1 - len(edges)))
        edges[number] = max(edges[number], int(chunk.offsets[chunk.partitions == partition].max()) + 1)


def _lower_to(edges: list[int], chunk: Chunk) -> None:
    for partition in np.unique(chunk.partitions):
        number = int(partition)
        lowest = int(chunk.offsets[chunk.partitions == partition].min())
        edges[number] = min(edges[number], lowest)

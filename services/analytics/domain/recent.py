"""First wins: the ids seen lately on each partition of each topic, kept beside the applied offset.

A producer that crashed tells its last records again under the same ids but new offsets; offsets alone would count
them twice. The window is a ring of segments, so that a chunk rewrites one segment and never the whole window.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.cells import Cells, cell_key
from streamkit.identity import ID_LENGTH

KIND = "ids"


@dataclass(slots=True)
class _Window:
    """Ids of one partition of one topic; ``segments`` holds (slot, ids), oldest first."""

    seen: set[int] = field(default_factory=set)
    segments: deque[tuple[int, NDArray[np.uint64]]] = field(default_factory=deque)


def short_ids(event_ids: pl.Series) -> NDArray[np.uint64]:
    """64 bits of each printed id, mixed from its last 24 letters; the same on every machine.

    Two ids of a window of 40,000 collide with a probability below 1e-10. Ids of another length are padded or cut.
    """
    fixed = event_ids.to_numpy().astype(f"S{ID_LENGTH}")
    tail = fixed.view(np.uint8).reshape(len(fixed), ID_LENGTH)[:, 2:].copy().view(np.uint64)
    mixed = tail[:, 0]
    for column in (1, 2):
        mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15) ^ tail[:, column]
    return mixed


class RecentIds:
    """Windows of every (topic, partition), of at least ``segments - 1`` full segments each."""

    def __init__(self, cells: Cells, segment_size: int = 4096, segments: int = 9) -> None:
        self._cells = cells
        self._size = segment_size
        self._count = segments
        self._windows: dict[tuple[str, int], _Window] = {}

    def load(self, partition: int, name: str, data: bytes) -> None:
        """Take back one segment; its first number tells its place among the others."""
        topic, _, _ = name.rpartition("/")
        numbers = np.frombuffer(data, dtype=np.uint64)
        window = self._windows.setdefault((topic, partition), _Window())
        window.segments.append((int(numbers[0]), numbers[1:]))
        window.segments = deque(sorted(window.segments, key=lambda segment: segment[0]))
        window.seen.update(numbers[1:].tolist())

    def fresh(self, topic: str, partition: int, event_ids: pl.Series) -> NDArray[np.bool_]:
        """Which of these were not seen before, in the window or earlier in the same series; they count as seen now."""
        window = self._windows.setdefault((topic, partition), _Window())
        seen = window.seen
        numbers = short_ids(event_ids)
        ids = numbers.tolist()
        keep = np.ones(len(ids), dtype=np.bool_)
        if seen.isdisjoint(ids) and len(set(ids)) == len(ids):  # nearly always, and much quicker than one by one
            seen.update(ids)
        else:
            for index, number in enumerate(ids):
                if number in seen:
                    keep[index] = False
                else:
                    seen.add(number)
        self._remember(topic, partition, window, numbers[keep])
        return keep

    def _remember(self, topic: str, partition: int, window: _Window, new: NDArray[np.uint64]) -> None:
        while len(new):
            if not window.segments or len(window.segments[-1][1]) >= self._size:
                following = window.segments[-1][0] + 1 if window.segments else 0
                window.segments.append((following, np.empty(0, dtype=np.uint64)))
                if len(window.segments) > self._count:
                    window.seen.difference_update(window.segments.popleft()[1].tolist())
            number, ids = window.segments[-1]
            taken, new = new[: self._size - len(ids)], new[self._size - len(ids) :]
            ids = np.concatenate([ids, taken])
            window.segments[-1] = number, ids
            data = np.concatenate([np.array([number], dtype=np.uint64), ids]).tobytes()
            self._cells.write(partition, cell_key(None, KIND, f"{topic}/{number % self._count}"), data)

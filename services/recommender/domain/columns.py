"""Growing NumPy columns: one row an entity, a few hundred bytes instead of a handful of objects."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

GROWTH = 1.2
"""Rows made at a time, relative to those there: little is held empty, at some 60 copies of a column a million rows."""

LEAST_ROWS = 64


class Kind(NamedTuple):
    """Type of a column, its width (0: one value a row) and what an untold row holds."""

    dtype: str
    width: int
    fill: float


class Columns:
    """Named columns of the same number of rows."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._capacity = 0
        self._count = 0
        self._held = {name: self._empty(kind, 0) for name, kind in kinds.items()}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> Array:
        """A column as a view of shape (rows,) or (rows, width); writing to it writes the column."""
        return self._held[name][: self._count]

    def append(self) -> int:
        """Add an untold row; its number."""
        if self._count == self._capacity:
            self._reserve(max(LEAST_ROWS, int(self._capacity * GROWTH)))
        self._count += 1
        return self._count - 1

    def clear(self, row: int) -> None:
        """Make a row untold again."""
        for name, kind in self._kinds.items():
            self._held[name][row] = kind.fill

    def dump(self) -> dict[str, Array]:
        """Copies of the columns."""
        return {name: self[name].copy() for name in self._kinds}

    def load(self, saved: Mapping[str, Array]) -> None:
        """Take up what `dump` gave. Raises ValueError where a column is missing or of another shape."""
        counts = {len(saved[name]) for name in self._kinds if name in saved}
        if set(self._kinds) - set(saved) or len(counts) > 1:
            raise ValueError("saved columns do not fit these")
        self._count = 0
        self._capacity = 0
        self._reserve(counts.pop() if counts else 0)
        self._count = self._capacity
        for name in self._kinds:
            if saved[name].shape != self._held[name].shape:
                raise ValueError(f"saved column {name} has shape {saved[name].shape}")
            self._held[name][:] = saved[name]

    def _reserve(self, capacity: int) -> None:
        for name, kind in self._kinds.items():
            grown = self._empty(kind, capacity)
            grown[: self._count] = self._held[name][: self._count]
            self._held[name] = grown
        self._capacity = capacity

    @staticmethod
    def _empty(kind: Kind, rows: int) -> Array:
        shape = (rows, kind.width) if kind.width else (rows,)
        return np.full(shape, kind.fill, dtype=kind.dtype)


def tally(keys: Array, counts: Array, key: int, weight: int) -> int:
    """Add to the count of a key in one row of slots; the slot. A new key takes the place of the least counted one.

    ``keys`` (-1: free) and ``counts``, both of shape (slots,), are one row of two columns and are written to.
    """
    found = np.flatnonzero(keys == key)
    if len(found):
        slot = int(found[0])
    else:
        slot = int(np.argmin(counts))
        keys[slot], counts[slot] = key, 0
    most = int(np.iinfo(counts.dtype).max)
    counts[slot] = min(int(counts[slot]) + weight, most)
    return slot


def forget(keys: Array, counts: Array, key: int) -> None:
    """Free the slot of a key, where it has one."""
    found = keys == key
    counts[found] = 0
    keys[found] = -1

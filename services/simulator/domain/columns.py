"""The city's memory: growable columns and small pools of pending things, with undo: a tick is all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from services.simulator.domain.draws import Array

Allocate: TypeAlias = Callable[[Mapping[str, tuple[str, int]], int], Mapping[str, Array]]
"""(name → (dtype, width), rows) → zeroed columns: where a city's memory lies is its host's business."""


def own_memory(shape: Mapping[str, tuple[str, int]], rows: int) -> Mapping[str, Array]:
    """Columns that this process alone sees; width 1 is a plain column, more is a matrix (rows, width)."""
    return {
        name: np.zeros((rows,) if width == 1 else (rows, width), dtype=dtype) for name, (dtype, width) in shape.items()
    }


class Columns:
    """Named columns of equal length. Writes go through `put` and `append`, which can be rolled back."""

    def __init__(
        self, shape: Mapping[str, tuple[str, int]], capacity: int = 1024, allocate: Allocate = own_memory
    ) -> None:
        """``shape`` maps a name to (dtype, width); width 1 is a plain column, more is a matrix (rows, width)."""
        self.shape = dict(shape)
        self.count = 0
        self._allocate = allocate
        self._arrays = allocate(self.shape, capacity)
        self._undo: list[tuple[str, Array, Array]] = []
        self._before: tuple[int, Mapping[str, Array]] = (0, {})

    @property
    def arrays(self) -> Mapping[str, Array]:
        """The columns as they were allocated, with room for more rows than there are."""
        return self._arrays

    def attach(self, arrays: Mapping[str, Array], count: int) -> None:
        """See columns that lie somewhere else, ``count`` rows of them; nothing is copied."""
        self._arrays, self.count = arrays, count

    def __getitem__(self, name: str) -> Array:
        """The column's rows, to read; write with `put`."""
        return self._arrays[name][: self.count]

    def put(self, name: str, index: Array, values: Array | float) -> None:
        """Write rows ``index`` (no repetition) of a column."""
        array = self._arrays[name]
        self._undo.append((name, index, array[index]))
        array[index] = values

    def append(self, rows: Mapping[str, Array], count: int) -> Array:
        """Add ``count`` rows; columns not given are zero. Returns their indices."""
        first, self.count = self.count, self.count + count
        capacity = len(next(iter(self._arrays.values())))
        if self.count > capacity:
            room = max(self.count, capacity + capacity // 4) - capacity
            held, self._arrays = self._arrays, self._allocate(self.shape, capacity + room)
            for name, array in held.items():
                self._arrays[name][:capacity] = array
        for name, array in self._arrays.items():
            array[first : self.count] = rows.get(name, 0)
        return np.arange(first, self.count)

    def begin(self) -> None:
        """Remember this moment for `rollback`."""
        self._undo.clear()
        self._before = (self.count, self._arrays)

    def rollback(self) -> None:
        """Be as at `begin`."""
        for name, index, old in reversed(self._undo):
            self._arrays[name][index] = old
        self._undo.clear()
        count, arrays = self._before
        for array in self._arrays.values():
            array[count:] = 0
        self.count = count
        for name, array in arrays.items():
            if array is not self._arrays[name]:
                array[:count] = self._arrays[name][:count]
        self._arrays = arrays

    def mark(self) -> int:
        """A point in this tick's writes, for `undo_to`."""
        return len(self._undo)

    def undo_to(self, mark: int) -> None:
        """Take back what was written since a mark; nothing may have been appended since."""
        for name, index, old in reversed(self._undo[mark:]):
            self._arrays[name][index] = old
        del self._undo[mark:]

    def save(self, prefix: str) -> dict[str, Array]:
        """Copies of all columns, by prefixed name."""
        return {f"{prefix}.{name}": array[: self.count].copy() for name, array in self._arrays.items()}

    def load(self, prefix: str, arrays: Mapping[str, Array]) -> None:
        """The state of an earlier `save`."""
        self.count = len(arrays[f"{prefix}.{next(iter(self.shape))}"])
        self._arrays = self._allocate(self.shape, self.count)
        for name, array in self._arrays.items():
            array[:] = arrays[f"{prefix}.{name}"]
        self.begin()


class Pool:
    """Pending things as one structured array, replaced whole on every change: an old reference stays as it was."""

    def __init__(self, dtype: np.dtype[np.void]) -> None:
        self.rows: Array = np.zeros(0, dtype=dtype)
        self._before = self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, rows: Array) -> None:
        """Append rows."""
        if len(rows):
            self.rows = joined([self.rows, rows])

    def take(self, mask: Array) -> Array:
        """Remove and return the rows of a mask of shape (len,)."""
        if not mask.any():
            return self.empty(0)
        taken = selected(self.rows, mask)
        self.rows = selected(self.rows, ~mask)
        return taken

    def put(self, name: str, index: Array, values: Array | float) -> None:
        """Write a field of some rows."""
        self.put_all(index, {name: values})

    def put_all(self, index: Array, fields: Mapping[str, Array | float]) -> None:
        """Write several fields of the same rows."""
        self.rows = copied(self.rows)
        for name, values in fields.items():
            self.rows[name][index] = values

    def empty(self, count: int) -> Array:
        """Zeroed rows of this pool's type, to fill and `add`."""
        return np.zeros(count, dtype=self.rows.dtype)

    def begin(self) -> None:
        """Remember this moment for `rollback`."""
        self._before = self.rows

    def rollback(self) -> None:
        """Be as at `begin`."""
        self.rows = self._before


def selected(rows: Array, which: Array) -> Array:
    """``rows[which]`` of a structured array, moved as blocks of bytes: field by field it takes twenty times as long."""
    return _blocks(rows)[which].view(rows.dtype)


def copied(rows: Array) -> Array:
    """A copy of a structured array, as blocks of bytes."""
    return _blocks(rows).copy().view(rows.dtype)


def joined(chunks: Sequence[Array]) -> Array:
    """Structured arrays of one dtype, one after another, as blocks of bytes."""
    out = np.empty(sum(len(chunk) for chunk in chunks), dtype=chunks[0].dtype)
    blocks, at = _blocks(out), 0
    for chunk in chunks:
        blocks[at : at + len(chunk)] = _blocks(chunk)
        at += len(chunk)
    return out


def _blocks(rows: Array) -> Array:
    return rows.view(np.dtype((np.void, rows.dtype.itemsize)))


def first_of_each(keys: Array) -> Array:
    """Index of the first row of each distinct key, in order of key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.asarray(order[new])


def match(keys: Array, wanted: Array) -> Array:
    """Index into ``keys`` (unique) of each of ``wanted``; -1 where absent. Shapes (n,) and (m,)."""
    if len(keys) == 0 or len(wanted) == 0:
        return np.full(len(wanted), -1)
    sought, inverse = np.unique(wanted, return_inverse=True)
    place = np.minimum(np.searchsorted(sought, keys), len(sought) - 1)
    hits = np.flatnonzero(sought[place] == keys)
    found = np.full(len(sought), -1)
    found[place[hits]] = hits
    return np.asarray(found[inverse])


def rank_within(keys: Array) -> Array:
    """Number of each row among those of its key, in the order given. Shape (rows,)."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(keys) else order
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - np.repeat(first, np.diff(np.r_[first, len(keys)]))
    return rank

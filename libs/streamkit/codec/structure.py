"""Does every record end exactly where its bytes end? A walk over all records of a chunk at once, before decoding.

A block decoder reads records back to back: one that is damaged and still decodes shifts all that follow, and
two such can cancel out unseen. So each record is walked alone, from its own first byte against its own last:
union branches, booleans, varint widths, string lengths. Only records that pass are decoded together.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from streamkit.codec.plan import Field, Kind, Plan

HEADER_BYTES = 5
SLACK = 4096
"""Zero bytes behind the buffer: a cursor passes its end by at most 11 bytes a column before it is checked."""

CHUNK = 8192
"""Rows walked at a time: their cursors and bytes stay in the second-level cache."""

FIXED = {"float": 4, "double": 8}
HIGH_BITS = np.uint64(0x8080808080808080)
VARINT_LIMITS: dict[Kind, tuple[int, int]] = {"int": (5, 0x0F), "long": (10, 0x01)}
"""Most bytes of a varint of the kind, and the largest last byte of one that long."""

Cursors = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Walker:
    """The walk for one schema. A record is given by the place of its header's first byte and of its end."""

    def __init__(self, plan: Plan) -> None:
        self._steps = [(field, self._step(field)) for field in plan.fields]

    def sound(self, joined: bytes, starts: Cursors, ends: Cursors) -> Flags:
        """Which records are sound; shape (rows,). ``joined`` must carry `SLACK` bytes behind the last record."""
        data = np.frombuffer(joined, dtype=np.uint8)
        words = np.ndarray((data.size - 7,), dtype="<u8", buffer=data, strides=(1,))
        sound = np.empty(len(starts), dtype=np.bool_)
        for first in range(0, len(starts), CHUNK):
            part = slice(first, first + CHUNK)
            walk = _Walk(data, words, starts[part] + HEADER_BYTES, ends[part])
            for field, step in self._steps:
                walk.field(step, nullable=field.nullable)
            sound[part] = ~walk.bad & (walk.at == walk.ends)
        return sound

    @staticmethod
    def _step(field: Field) -> "Step":
        if field.kind == "string":
            return _string
        if field.kind == "boolean":
            return _boolean
        if field.kind in FIXED:
            size = FIXED[field.kind]
            return lambda _walk, at, _ends: (at + size, None)
        most, last = VARINT_LIMITS[field.kind]
        return lambda walk, at, _ends: walk.varint(at, most, last)


class _Walk:
    """Cursors of some records under way."""

    def __init__(self, data: NDArray[np.uint8], words: NDArray[np.uint64], at: Cursors, ends: Cursors) -> None:
        self.data, self.words, self.ends = data, words, ends
        self.bad: Flags = at > ends
        self.at: Cursors = np.minimum(at, ends)

    def field(self, step: "Step", *, nullable: bool) -> None:
        """Move every cursor over one column."""
        if not nullable:
            self.at, bad = step(self, self.at, self.ends)
            if bad is not None:
                self.bad |= bad
            return
        branch = self.data[self.at]
        self.at += 1
        highest = int(branch.max(initial=0))
        if highest == 0:
            return
        wrong = (branch & 0xFD) != 0
        if wrong.any():
            self.bad |= wrong
            branch &= np.uint8(2)
        present = np.flatnonzero(branch)
        if len(present) == len(branch):
            self.at, bad = step(self, self.at, self.ends)
            if bad is not None:
                self.bad |= bad
            return
        moved, bad = step(self, self.at[present], self.ends[present])
        self.at[present] = moved
        if bad is not None:
            self.bad[present[bad]] = True

    def varint(self, at: Cursors, most: int, last: int) -> tuple[Cursors, Flags | None]:
        """Cursors behind a varint each, and which are too long or out of range."""
        stops = ~self.words[at] & HIGH_BITS
        first = (stops & (np.uint64(0) - stops)) - np.uint64(1)
        size = (np.bitwise_count(first) >> 3).astype(np.int64) + 1
        long = size >= min(most, 9)
        if not long.any():
            return at + size, None
        bad = np.zeros(len(at), dtype=np.bool_)
        for row in np.flatnonzero(long):
            length = self._length(int(at[row]), most)
            bad[row] = length == 0 or (length == most and self.data[at[row] + most - 1] > last)
            size[row] = length or 1
        return at + size, bad

    def _length(self, at: int, most: int) -> int:
        """Bytes of one varint, 0 if it has more than ``most``."""
        return next((size for size in range(1, most + 1) if self.data[at + size - 1] <= 0x7F), 0)  # noqa: PLR2004  # no continuation bit


Step = Callable[[_Walk, Cursors, Cursors], tuple[Cursors, Flags | None]]


def _boolean(walk: _Walk, at: Cursors, _ends: Cursors) -> tuple[Cursors, Flags | None]:
    bad = walk.data[at] > 1
    return at + 1, bad if bad.any() else None


def _string(walk: _Walk, at: Cursors, ends: Cursors) -> tuple[Cursors, Flags | None]:
    prefix = walk.data[at]
    if int(prefix.max(initial=0)) <= 0x7F:  # noqa: PLR2004  # every length fits one byte
        size = (prefix >> 1).astype(np.int64)
        moved = at + 1 + size
        bad = (moved > ends) | ((prefix & 1) == 1)
    else:
        size, wide = _wide_sizes(walk, at)
        moved = at + wide + size
        bad = (size < 0) | (moved > ends)
    if bad.any():
        return np.where(bad, ends, moved), bad
    return moved, None


def _wide_sizes(walk: _Walk, at: Cursors) -> tuple[Cursors, Cursors]:
    """Sizes of strings, -1 where negative or beyond 32 bits (no record is that long), and bytes of their prefixes."""
    words = walk.words[at]
    stops = ~words & HIGH_BITS
    first = (stops & (np.uint64(0) - stops)) - np.uint64(1)
    wide = (np.bitwise_count(first) >> 3).astype(np.int64) + 1
    value = np.zeros(len(at), dtype=np.int64)
    for byte in range(5):
        value |= np.where(byte < wide, ((words >> np.uint64(8 * byte)) & np.uint64(0x7F)).astype(np.int64), 0) << (
            7 * byte
        )
    size = np.where((value & 1) | (wide > 5), -1, value >> 1)  # noqa: PLR2004  # five groups of seven bits
    return size, wide

"""A walk over all records of a chunk at once, column by column: each from its own first byte to its own last.

A reader of records laid back to back is shifted by one that is damaged and still decodes, and two damages can cancel
out unseen. Here every record has a cursor of its own, held against its own end: union branches, booleans, varint
widths and string lengths are checked as they are passed, so that a damaged record can touch no other.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from streamkit.codec.plan import Field, Kind, Plan

HEADER_BYTES = 5
SLACK = 4096
"""Zero bytes behind the buffer: a cursor passes its end by at most 11 bytes a column before it is held back."""

CHUNK = 8192
"""Rows walked at a time: their cursors and bytes stay in the second-level cache."""

WORD = 8
LARGEST_BYTE = 0x7F
"""The largest byte that ends a varint."""

HIGH_BITS = np.uint64(0x8080808080808080)
ONE = np.uint64(1)
KEPT = np.array([(1 << (8 * size)) - 1 for size in range(WORD + 1)], dtype=np.uint64)
"""Mask of the low bytes of a word that belong to a varint of each size."""

VARINT_LIMITS: dict[Kind, tuple[int, int]] = {"int": (5, 0x0F), "long": (10, 0x01)}
"""Most bytes of a varint of the kind, and the largest last byte of one that long."""

DTYPES: dict[Kind, str] = {"int": "<i4", "long": "<i8", "float": "<f4", "double": "<f8", "boolean": "?"}

Cursors: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(slots=True)
class Found:
    """What the walk found of one column, shape (rows,).

    ``values`` are numbers, or for strings where each begins; ``sizes`` the strings' bytes. ``null`` is None where no
    row is null. Rows that are not sound hold anything. ``constant`` is the text of every row, where it is the same.
    """

    values: NDArray[Any]
    sizes: Cursors | None
    null: Flags | None = None
    constant: bytes | None = None


class Walk:
    """Cursors of the records of a chunk. ``joined`` must carry `SLACK` bytes behind the last record."""

    def __init__(self, joined: bytes, starts: Cursors, ends: Cursors) -> None:
        self.data: NDArray[np.uint8] = np.frombuffer(joined, dtype=np.uint8)
        self.words = self._overlapping("<u8")
        self._starts, self._ends = starts, ends
        self._last = self.data.size - WORD
        self.sound: Flags = np.empty(len(starts), dtype=np.bool_)

    def run(self, plan: Plan) -> list[Found]:
        """Walk over every column; afterwards ``sound`` tells which records are exactly one record of the plan."""
        rows = len(self._starts)
        found = [
            Found(np.zeros(rows, np.int64), np.zeros(rows, np.int64), constant=b"")
            if field.kind == "string"
            else Found(np.zeros(rows, DTYPES[field.kind]), None)
            for field in plan.fields
        ]
        for first in range(0, rows, CHUNK):
            part = slice(first, min(first + CHUNK, rows))
            self._part(plan, found, part)
        return found

    def _part(self, plan: Plan, found: list[Found], part: slice) -> None:
        ends = self._ends[part]
        at = self._starts[part] + HEADER_BYTES
        bad: Flags = at > ends
        at = np.minimum(at, ends)
        for field, column in zip(plan.fields, found, strict=True):
            present = None
            if field.nullable:
                branch = self.data[at]
                at = at + 1
                bad |= (branch & np.uint8(0xFD)) != 0
                absent = (branch & np.uint8(2)) == 0
                if absent.any():
                    if column.null is None:
                        column.null = np.zeros(len(self._starts), dtype=np.bool_)
                    column.null[part] = absent
                    present = np.flatnonzero(~absent)
            if present is None:
                at = self._column(field, column, part, at, ends, bad)
            elif len(present):
                own_bad = np.zeros(len(present), dtype=np.bool_)
                at[present] = self._column(field, column, part.start + present, at[present], ends[present], own_bad)
                bad[present] |= own_bad
        self.sound[part] = ~bad & (at == ends)

    def _column(self, field: Field, column: Found, rows: Any, at: Cursors, ends: Cursors, bad: Flags) -> Cursors:
        """Read one column at the cursors into ``rows`` and return the cursors behind it; marks ``bad`` in place."""
        if field.kind == "string":
            size, wide = self._lengths(at)
            after = at + wide + size
            wrong = (size < 0) | (after > ends)
            bad |= wrong
            assert column.sizes is not None  # a string's
            column.values[rows] = at + wide
            column.sizes[rows] = size
            after = np.where(wrong, ends, after) if wrong.any() else after
            self._follow_constant(column, at + wide, size)
            return after
        if field.kind in VARINT_LIMITS:
            numbers, size = self._varints(at, bad, *VARINT_LIMITS[field.kind])
            column.values[rows] = numbers
            return at + size
        if field.kind == "boolean":
            bad |= self.data[at] > 1
            column.values[rows] = self.data[at] == 1
            return at + 1
        column.values[rows] = self._overlapping(DTYPES[field.kind])[at]
        return at + column.values.dtype.itemsize

    def _follow_constant(self, column: Found, starts: Cursors, sizes: Cursors) -> None:
        """Keep ``constant`` while every text is the same: eight bytes at a time, leaving at the first difference."""
        text = column.constant
        if text is None:
            return
        if not text:
            first = int(starts[0])
            text = column.constant = self.data[first : first + max(int(sizes[0]), 0)].tobytes()
        column.constant = None
        if not text or int(starts.max()) + len(text) > self._last:
            return
        if int(sizes.min()) != len(text) or int(sizes.max()) != len(text):
            return
        for place in range(0, len(text), WORD):
            part = text[place : place + WORD]
            words = self.words[starts + place] if place else self.words[starts]
            if len(part) < WORD:
                words &= KEPT[len(part)]
            if not bool((words == np.uint64(int.from_bytes(part, "little"))).all()):
                return
        column.constant = text

    def _lengths(self, at: Cursors) -> tuple[Cursors, Cursors | int]:
        """Lengths of strings, negative where they are no length, and the bytes that the lengths take."""
        prefix = self.data[at]
        if int(prefix.max(initial=0)) <= LARGEST_BYTE:
            size = (prefix >> 1).astype(np.int64)
            odd = (prefix & 1).astype(np.bool_)
            return (np.where(odd, -1, size) if odd.any() else size), 1
        bad = np.zeros(len(at), dtype=np.bool_)
        numbers, wide = self._varints(at, bad, *VARINT_LIMITS["int"])
        return np.where(bad, -1, numbers), wide

    def _varints(self, at: Cursors, bad: Flags, most: int, last: int) -> tuple[Cursors, Cursors]:
        """Zig-zag numbers and the bytes they take; marks those too long or out of range ``bad`` in place."""
        words = self.words[at]
        stops = ~words & HIGH_BITS
        size = (np.bitwise_count((stops & (~stops + ONE)) - ONE) >> 3).astype(np.int64) + 1
        numbers = _unzigzag(_packed(words & KEPT[np.minimum(size, WORD)]))
        for row in np.flatnonzero(size >= min(most, WORD + 1)).tolist():
            body = self.data[at[row] : at[row] + most].tolist()
            length = next((place + 1 for place, byte in enumerate(body) if byte <= LARGEST_BYTE), 0)
            if length == 0 or (length == most and body[-1] > last):
                bad[row] = True
                size[row] = 1
                continue
            zigzag = sum((byte & LARGEST_BYTE) << (7 * place) for place, byte in enumerate(body[:length]))
            numbers[row] = (zigzag >> 1) ^ -(zigzag & 1)
            size[row] = length
        return numbers, size

    def _overlapping(self, dtype: str) -> NDArray[Any]:
        """Values of a type, one starting at each byte of the buffer."""
        count = self.data.size - np.dtype(dtype).itemsize + 1
        return np.ndarray((count,), dtype=dtype, buffer=self.data, strides=(1,))


def _packed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Groups of seven bits, one a byte, moved together: neighbours, then pairs, then halves."""
    words = (words & np.uint64(0x007F007F007F007F)) | ((words & np.uint64(0x7F007F007F007F00)) >> ONE)
    words = (words & np.uint64(0x00003FFF00003FFF)) | ((words & np.uint64(0x3FFF00003FFF0000)) >> np.uint64(2))
    return (words & np.uint64(0x000000000FFFFFFF)) | ((words & np.uint64(0x0FFFFFFF00000000)) >> np.uint64(4))


def _unzigzag(words: NDArray[np.uint64]) -> Cursors:
    signed: Cursors = (words >> ONE).view(np.int64)
    return signed ^ -(words & ONE).view(np.int64)

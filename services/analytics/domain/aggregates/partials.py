"""What one partition contributed to one stretch of simulated time: vectors of counts and sets of people."""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

VECTORS = ("series", "venues", "people", "cells")
"""Counts by number of: kind of record and breakdown; venue and deed; person and deed; map cell and kind."""

STEPS = ("browse", "interest", "invite", "booking", "visit", "review")
"""Steps of the funnel; a set of people each, after the set of who was active."""

SETS = 1 + len(STEPS)
_LENGTH = struct.Struct("<I")


class Counts:
    """A vector of counts that grows as numbers are given."""

    __slots__ = ("values",)

    def __init__(self, values: NDArray[np.int64] | None = None) -> None:
        self.values = np.zeros(0, dtype=np.int64) if values is None else values

    def add(self, more: NDArray[np.int64]) -> None:
        """Add a vector to it, of any length."""
        if len(more) > len(self.values):
            self.values = np.concatenate([self.values, np.zeros(len(more) - len(self.values), dtype=np.int64)])
        self.values[: len(more)] += more

    def pack(self) -> bytes:
        """Numbers that are not zero, then their counts, as narrow as they fit."""
        at = self.values.nonzero()[0]
        if not len(at):
            return b""
        counts = self.values[at]
        wide = counts.max() > np.iinfo(np.uint32).max or counts.min() < 0
        return b"".join(
            (
                b"\x01" if wide else b"\x00",
                at.astype("<u4").tobytes(),
                counts.astype("<i8" if wide else "<u4").tobytes(),
            )
        )

    @staticmethod
    def unpack(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers and their counts out of the bytes."""
        if not data:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        width = 8 if data[0] else 4
        entries = (len(data) - 1) // (4 + width)
        at = np.frombuffer(data, dtype="<u4", count=entries, offset=1).astype(np.int64)
        counts = np.frombuffer(data, dtype="<i8" if data[0] else "<u4", offset=1 + 4 * entries).astype(np.int64)
        return at, counts


def join(parts: Sequence[bytes]) -> bytes:
    """Several byte strings as one."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def split(data: bytes) -> list[bytes]:
    """The byte strings that were joined."""
    parts, at = [], 0
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        parts.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return parts


class Partial:
    """Open while it changes, else only its bytes: a minute that is over takes as much memory as its cell."""

    __slots__ = ("_packed", "_sets", "_vectors")

    def __init__(self, packed: bytes | None = None) -> None:
        self._packed = packed
        self._vectors: list[Counts] | None = None
        self._sets: list[BitMap] | None = None

    def _opened(self) -> tuple[list[Counts], list[BitMap]]:
        if self._vectors is None or self._sets is None:
            if not self._packed:
                self._vectors, self._sets = [Counts() for _ in VECTORS], [BitMap() for _ in range(SETS)]
                return self._vectors, self._sets
            parts = split(self._packed)
            self._vectors = [_dense(part) for part in parts[: len(VECTORS)]]
            self._sets = [BitMap.deserialize(part) if part else BitMap() for part in parts[len(VECTORS) :]]
        return self._vectors, self._sets

    def add(self, vector: int, more: NDArray[np.int64]) -> None:
        """Add to one of `VECTORS`."""
        self._opened()[0][vector].add(more)
        self._packed = None

    def unite(self, place: int, people: BitMap) -> None:
        """Add people to a set: 0 is who was active, then `STEPS`."""
        opened = self._opened()[1]
        opened[place] |= people
        self._packed = None

    def pack(self) -> bytes:
        """Bytes of the partial."""
        if self._packed is None:
            vectors, sets = self._opened()
            self._packed = join(
                [*(counts.pack() for counts in vectors), *(people.serialize() if people else b"" for people in sets)]
            )
        return self._packed

    def close(self) -> None:
        """Keep the bytes alone."""
        self.pack()
        self._vectors = self._sets = None

    def counts(self, vector: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers and counts of one vector, without opening the rest."""
        if self._vectors is not None:
            values = self._vectors[vector].values
            at = np.flatnonzero(values)
            return at, values[at]
        return Counts.unpack(split(self._packed)[vector] if self._packed else b"")

    def people(self, place: int) -> BitMap:
        """One set, in the partition's numbers."""
        if self._sets is not None:
            return self._sets[place]
        part = split(self._packed)[len(VECTORS) + place] if self._packed else b""
        return BitMap.deserialize(part) if part else BitMap()


def _dense(data: bytes) -> Counts:
    at, counts = Counts.unpack(data)
    values = np.zeros(int(at[-1]) + 1 if len(at) else 0, dtype=np.int64)
    values[at] = counts
    return Counts(values)

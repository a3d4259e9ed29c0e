"""What is known of everybody's tastes in one scope: columns, a row a person, and the cell each row is kept in."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.analytics.domain.codes import Codes
from services.analytics.domain.learning import REASONS, Reason
from services.analytics.domain.tastes import TASTE_COUNT, WIDTH, Array

SHIFTS_KEPT = 5
"""Shifts remembered of a person, those published last."""

_HEAD = struct.Struct("<B4q")
_PULLED = 1
_GROWING = (
    "weight", "target", "version", "acted", "pulled", "told", "home", "shift_time", "shift_reason", "shift_size",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shift:
    """A published shift: simulated time, kind, and size (L1 over the tastes)."""

    time: int
    reason: Reason
    size: float


class Learners:
    """Columns of shape (rows,) or (rows, WIDTH).

    ``own``: what own acts taught, as of ``acted``. ``weight`` and ``target``: the sums that make the pull of others, as
    of ``pulled``. ``told`` is the time of the row published last, ``published`` what it said of the tastes, the time of
    the year apart. Times are microseconds, 0 where there is none.
    """

    def __init__(self, start: Array) -> None:
        self._start = start
        self.index = Codes()
        self.own = np.empty((0, WIDTH))
        self.weight = np.empty((0, WIDTH))
        self.target = np.empty((0, WIDTH))
        self.published = np.empty((0, TASTE_COUNT), dtype=np.float32)
        self.version, self.acted, self.pulled, self.told = (np.empty(0, dtype=np.int64) for _ in range(4))
        self.home = np.empty(0, dtype=np.int16)
        self.shift_time = np.empty((0, SHIFTS_KEPT), dtype=np.int64)
        self.shift_reason = np.empty((0, SHIFTS_KEPT), dtype=np.int8)
        self.shift_size = np.empty((0, SHIFTS_KEPT), dtype=np.float32)

    @property
    def ids(self) -> list[str]:
        """Person of each row."""
        return self.index.order

    def rows(self, users: Sequence[str], partition: int) -> NDArray[np.int64]:
        """Row of each person, made where somebody is new. ``partition`` is where their records come."""
        known = len(self.ids)
        found = self.index.numbers(users)
        if len(self.ids) > len(self.version):
            self._grow(max(len(self.ids) - len(self.version), 1024, len(self.version)))
        self.home[known : len(self.ids)] = partition
        return found

    def _grow(self, more: int) -> None:
        self.own = np.concatenate([self.own, np.tile(self._start, (more, 1))])
        self.published = np.concatenate([
            self.published, np.tile(self._start[:TASTE_COUNT].astype(np.float32), (more, 1))
        ])  # fmt: skip
        for name in _GROWING:
            held = getattr(self, name)
            setattr(self, name, np.concatenate([held, np.zeros((more, *held.shape[1:]), dtype=held.dtype)]))

    def learned(self, partition: int | None = None) -> NDArray[np.intp]:
        """Rows of those who ever shifted, of one partition or of all."""
        count = len(self.ids)
        shifted = self.version[:count] > 0
        return np.flatnonzero(shifted if partition is None else shifted & (self.home[:count] == partition))

    def note(self, person: NDArray[np.intp], times: NDArray[np.int64], reasons: NDArray[np.int8], sizes: Array) -> None:
        """Remember what was published of different people."""
        for ring, values in (
            (self.shift_time, times),
            (self.shift_reason, reasons),
            (self.shift_size, sizes),
        ):
            ring[person, 1:] = ring[person, :-1]  # the right side is a copy
            ring[person, 0] = values

    def shifts(self, person: int) -> Iterator[Shift]:
        """What was published of a person, latest first."""
        for time, reason, size in zip(
            self.shift_time[person].tolist(), self.shift_reason[person].tolist(), self.shift_size[person].tolist(),
            strict=True,
        ):  # fmt: skip
            if time:
                yield Shift(time, REASONS[reason], size)

    def pack(self, people: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Bytes of the rows of different people, each with its row."""
        person = np.array(people, dtype=np.intp)
        for pulled in (False, True):
            chosen = person[(self.pulled[person] > 0) == pulled]
            if not len(chosen):
                continue
            flags = np.full((len(chosen), 1), _PULLED if pulled else 0, dtype=np.uint8)
            times = np.stack([column[chosen] for column in (self.version, self.acted, self.pulled, self.told)], axis=1)
            kept = [times, *(column[chosen] for column in self._kept(pulled=pulled))]
            rows = np.concatenate([flags, *(np.ascontiguousarray(one).view(np.uint8) for one in kept)], axis=1)
            data, width = rows.tobytes(), rows.shape[1]
            yield from ((one, data[place * width : (place + 1) * width]) for place, one in enumerate(chosen.tolist()))

    def unpack(self, person: int, data: bytes) -> None:
        """A row out of its bytes."""
        flags, *times = _HEAD.unpack_from(data)
        self.version[person], self.acted[person], self.pulled[person], self.told[person] = times
        at = _HEAD.size
        for column in self._kept(pulled=bool(flags & _PULLED)):
            size = column[person].nbytes
            column[person] = np.frombuffer(data[at : at + size], dtype=column.dtype)
            at += size

    def _kept(self, *, pulled: bool) -> Iterator[NDArray[np.generic]]:
        yield from (self.own, self.published, self.shift_time, self.shift_reason, self.shift_size)
        if pulled:
            yield from (self.weight, self.target)

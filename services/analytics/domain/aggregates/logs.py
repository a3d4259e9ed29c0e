"""Lists that only grow, in cells: adding to one rewrites its last segment and never the whole."""

import struct
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from services.analytics.domain.cells import Cells, Scope, cell_key

Item = TypeVar("Item")
_NUMBER = struct.Struct("<q")


class GrowingLog(Generic[Item]):
    """The end of one partition's list. ``segments`` bounds how many are kept, oldest overwritten; None keeps all."""

    def __init__(
        self,
        cells: Cells,
        place: tuple[Scope, int, str],
        pack: Callable[[Sequence[Item]], bytes],
        size: int,
        segments: int | None = None,
    ) -> None:
        """``place`` is scope, partition and kind of the cells; ``size`` items make a segment."""
        self._cells = cells
        self._scope, self._partition, self._kind = place
        self._pack = pack
        self._size = size
        self._segments = segments
        self._number = 0
        self._tail: list[Item] = []
        self._written = 0

    @property
    def length(self) -> int:
        """Items ever added."""
        return self._number * self._size + len(self._tail)

    @staticmethod
    def opened(data: bytes) -> tuple[int, bytes]:
        """Number of a segment, and what it holds."""
        return _NUMBER.unpack_from(data)[0], data[_NUMBER.size :]

    def resume(self, number: int, items: Sequence[Item]) -> None:
        """Take back a segment; the one with the highest number is added to."""
        if number >= self._number:
            self._number, self._tail, self._written = number, list(items), len(items)

    def add(self, items: Sequence[Item]) -> None:
        """Add items; `save` writes them."""
        self._tail.extend(items)

    def save(self) -> None:
        """Write every segment that was added to."""
        if self._written == len(self._tail):
            return
        while len(self._tail) >= self._size:
            self._write(self._tail[: self._size])
            del self._tail[: self._size]
            self._number += 1
        if self._tail:
            self._write(self._tail)
        self._written = len(self._tail)

    def _write(self, items: Sequence[Item]) -> None:
        name = self._number if self._segments is None else self._number % self._segments
        data = _NUMBER.pack(self._number) + self._pack(items)
        self._cells.write(self._partition, cell_key(self._scope, self._kind, str(name)), data)

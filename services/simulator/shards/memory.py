"""Columns in memory that several processes see. It has no name anywhere: the kernel frees it with its last reader."""

import mmap
import os
import tempfile
import weakref
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from services.simulator.domain.draws import Array
from services.simulator.domain.population import USER_COLUMNS
from services.simulator.domain.state import POOLS
from services.simulator.domain.venues import VENUE_COLUMNS

Shape: TypeAlias = Mapping[str, tuple[str | np.dtype[np.void], int]]
"""Name → (dtype, width) of columns, in the order in which they lie."""

ROWS = "rows"
"""The one column of a pool."""

SHAPES: Mapping[str, Shape] = {
    "users": USER_COLUMNS,
    "venues": VENUE_COLUMNS,
    **{name: {ROWS: (dtype, 1)} for name, dtype in POOLS.items()},
}
"""Tables of a city by name."""
ALIGNED = 64
"""Columns begin at multiples of a cache line, in bytes."""


class Shared(dict[str, Array]):
    """Columns by name, ``capacity`` rows each, in the file ``fd``, which lives as long as this does."""

    def __init__(self, shape: Shape, capacity: int) -> None:
        self.capacity = capacity
        self.fd = _unnamed()
        weakref.finalize(self, os.close, self.fd)
        os.ftruncate(self.fd, size_of(shape, capacity))
        super().__init__(mapped(self.fd, shape, capacity, mmap.ACCESS_WRITE))


def shared_memory(shape: Mapping[str, tuple[str, int]], rows: int) -> Mapping[str, Array]:
    """Zeroed columns that other processes can be shown."""
    return Shared(shape, rows)


def size_of(shape: Shape, capacity: int) -> int:
    """Bytes of all columns, at least one."""
    return max(sum(_room(dtype, width, capacity) for dtype, width in shape.values()), 1)


def mapped(fd: int, shape: Shape, capacity: int, access: int = mmap.ACCESS_READ) -> dict[str, Array]:
    """Columns of a file, to read unless ``access`` says otherwise; the file may be closed afterwards."""
    memory = mmap.mmap(fd, size_of(shape, capacity), access=access)
    found, at = {}, 0
    for name, (dtype, width) in shape.items():
        column = np.frombuffer(memory, dtype, capacity * width, at)
        found[name] = column if width == 1 else column.reshape(capacity, width)
        at += _room(dtype, width, capacity)
    return found


def _room(dtype: str | np.dtype[np.void], width: int, capacity: int) -> int:
    return -(-np.dtype(dtype).itemsize * width * capacity // ALIGNED) * ALIGNED


def _unnamed() -> int:
    """A file without a name, in memory where the system can."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("luna-columns")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())

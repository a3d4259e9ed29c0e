"""Batches of records as columns: what a service reads, and what it publishes.

Timestamps are int64 microseconds since 1970 UTC everywhere between the two codecs. Strings that repeat travel
dictionary-encoded, so that the hot path never touches a Python string per record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Coded:
    """A dictionary-encoded string column: ``values[codes[i]]`` is row i, code -1 is null.

    ``codes`` has shape (rows,) and any integer type.
    """

    codes: NDArray[np.integer]
    values: Sequence[str]


Scalar: TypeAlias = str | int | float | bool
"""The same value in every row."""

Column: TypeAlias = (
    Coded | NDArray[np.generic] | np.ma.MaskedArray[tuple[int], np.dtype[np.generic]] | pl.Series | Scalar | None
)
"""One column of a batch to publish, of shape (rows,).

* numbers, booleans, timestamps: an array; masked where null
* fixed-width ASCII strings (ids): an array of dtype ``S``; empty is null
* repeated strings: `Coded`
* any strings: a polars Series of String
* a `Scalar` or None: the same in every row
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Records to publish on one topic, as columns. Nullable columns that are absent are null.

    The record key is the topic's key column (``topics.yaml``). ``timestamps_ms`` are Kafka record timestamps,
    shape (rows,), given only in a backfill; the wall clock of the send otherwise. ``damaged`` rows, shape (rows,), are
    cut off in the middle once they are encoded, so that nobody can decode them: to test those who read.
    """

    topic: str
    rows: int
    columns: Mapping[str, Column]
    timestamps_ms: NDArray[np.int64] | None = None
    damaged: NDArray[np.bool_] | None = None

    @staticmethod
    def from_rows(topic: str, rows: Sequence[Mapping[str, object]]) -> "Outgoing":
        """Columns out of row dictionaries: the slow path, for services that publish a few records at a time."""
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: pl.Series(name, [row.get(name) for row in rows], strict=False) for name in names}
        return Outgoing(topic, len(rows), columns)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Keys whose rows are removed from a compacted topic."""

    topic: str
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records read from one topic, decoded, in order of arrival (offset order within a partition).

    ``frame`` has every column of the topic's schema. ``partitions`` and ``offsets`` have shape (rows,).
    ``removed`` are the keys of tombstones that arrived among them; on a compacted topic a key is never both
    in the frame and removed within one batch. ``values`` are the rows' bytes as they came, where the host has them.
    """

    topic: str
    frame: pl.DataFrame
    partitions: NDArray[np.int32]
    offsets: NDArray[np.int64]
    removed: Sequence[str] = field(default=())
    values: Sequence[bytes | None] = field(default=(), repr=False, compare=False)

    def __len__(self) -> int:
        return self.frame.height

    def filter(self, keep: NDArray[np.bool_]) -> "Batch":
        """The same batch with some of its rows."""
        values = list(compress(self.values, keep.tolist()))
        return Batch(
            self.topic, self.frame.filter(keep), self.partitions[keep], self.offsets[keep], self.removed, values
        )

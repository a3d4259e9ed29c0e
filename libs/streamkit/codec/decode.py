"""Values of one writer schema → columns of the reader schema; damaged records are named and left out.

Each record is walked within its own bytes (`structure`), all of a chunk at once, and what was found becomes a data
frame (`series`). Nothing raises on bad data and no record can touch another's row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.few import read_few
from streamkit.codec.plan import Plan
from streamkit.codec.series import frame_of
from streamkit.codec.structure import Walk


@dataclass(frozen=True, slots=True)
class Poison:
    """A value that cannot be read: its index in the chunk, the kind of error, and the reason for people."""

    index: int
    error: str
    message: str


class Reader:
    """Reads the bodies of one writer schema into the columns of the reader schema."""

    def __init__(self, writer: Mapping[str, Any], reader: Mapping[str, Any]) -> None:
        self._writer, self._reader = Plan.of(writer), Plan.of(reader)
        self._defaults = {column["name"]: column.get("default") for column in reader["fields"]}

    def read(self, joined: bytes, lengths: NDArray[np.int64]) -> tuple[pl.DataFrame, NDArray[np.intp], list[Poison]]:
        """Frame of the readable records, their indices, and the poison among the records that ``joined`` holds.

        ``lengths`` are the bytes of each value, header included, shape (rows,); `SLACK` zero bytes follow the last.
        """
        ends = np.cumsum(lengths)
        walk = Walk(joined, ends - lengths, ends)
        columns = walk.run(self._writer)
        rows = np.flatnonzero(walk.sound)
        poison = [
            Poison(row, "MalformedRecord", "the bytes do not follow the schema they name")
            for row in np.flatnonzero(~walk.sound).tolist()
        ]
        if not len(rows):
            return self._reader.empty, rows, poison
        frame, broken = frame_of(joined, walk, self._writer.fields, columns, rows)
        if broken.any():
            poison += [Poison(row, "MalformedRecord", "a string is not UTF-8") for row in rows[broken].tolist()]
            frame, rows = frame.filter(~broken), rows[~broken]
        return self._resolve(frame), rows, poison

    def read_few(self, values: Sequence[bytes]) -> tuple[pl.DataFrame, NDArray[np.intp], list[Poison]]:
        """The same for a handful of values."""
        frame, rows, bad = read_few(self._writer, values)
        return self._resolve(frame), rows, [Poison(row, "MalformedRecord", reason) for row, reason in bad.items()]

    def _resolve(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Columns of the reader schema: those the writer did not know take their default."""
        if self._writer is self._reader or self._writer == self._reader:
            return frame
        have = set(frame.columns)
        return frame.select(
            (pl.col(field.name) if field.name in have else pl.lit(self._defaults[field.name]).alias(field.name)).cast(
                field.dtype
            )
            for field in self._reader.fields
        )

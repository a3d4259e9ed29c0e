"""Records of one topic read together, kept as columns from the decoder to the moment somebody asks for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.records import Batch

_FEW = 500


@dataclass(frozen=True, slots=True)
class Chunk:
    """Decoded records in order of arrival, with where and when Kafka holds them.

    ``partitions``, ``offsets`` and ``timestamps_ms`` (Kafka record timestamps) have shape (rows,); ``removed`` are
    the keys of tombstones. ``schema_ids``, of the same shape, are those that the records were written by.
    """

    topic: str
    frame: pl.DataFrame
    partitions: NDArray[np.int32]
    offsets: NDArray[np.int64]
    timestamps_ms: NDArray[np.int64]
    removed: Sequence[str] = field(default=())
    schema_ids: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return self.frame.height

    @staticmethod
    def of(batch: Batch, timestamps_ms: NDArray[np.int64]) -> "Chunk":
        """The chunk of a decoded batch and its record timestamps."""
        return Chunk(batch.topic, batch.frame, batch.partitions, batch.offsets, timestamps_ms, batch.removed)

    @staticmethod
    def joined(chunks: Collection["Chunk"]) -> "Chunk":
        """One chunk of several of a topic, without their tombstones."""
        known = [chunk.schema_ids for chunk in chunks if chunk.schema_ids is not None]
        return Chunk(
            next(iter(chunks)).topic,
            pl.concat([chunk.frame for chunk in chunks]),
            np.concatenate([chunk.partitions for chunk in chunks]),
            np.concatenate([chunk.offsets for chunk in chunks]),
            np.concatenate([chunk.timestamps_ms for chunk in chunks]),
            schema_ids=None if len(known) < len(chunks) else np.concatenate(known),
        )

    def packed(self) -> "Chunk":
        """The same, its columns in one piece and free of the memory of the chunks it was joined from."""
        return replace(self, frame=_in_one_piece(self.frame.rechunk()))

    def take(self, rows: NDArray[np.intp]) -> "Chunk":
        """The rows of these indices, in their order; tombstones are left behind."""
        return Chunk(
            self.topic,
            _rows_of(self.frame, rows),
            self.partitions[rows],
            self.offsets[rows],
            self.timestamps_ms[rows],
            schema_ids=None if self.schema_ids is None else self.schema_ids[rows],
        )


def _rows_of(frame: pl.DataFrame, rows: NDArray[np.intp]) -> pl.DataFrame:
    """Rows by index; a few of them column by column, as handing columns to other threads takes longer than that."""
    if len(rows) > _FEW:
        return frame[rows]
    index = pl.Series(rows, dtype=pl.UInt32)
    return pl.DataFrame([column[index] for column in frame.get_columns()])


def _in_one_piece(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with texts of its own: those of a frame put together stay in the memory of the frames it came from."""
    return frame.with_columns(
        pl.Series(column.name, column.to_list(), dtype=pl.String)
        for column in frame.get_columns()
        if column.dtype == pl.String
    )

"""Kafka values → columns: a chunk's Avro bodies framed as one in-memory object container and read by polars.

The five bytes of the Confluent header stay in front of each body and are read as two columns that nobody asks for,
so that a chunk is joined without touching its records. What cannot be read is named and left out; it never raises
and never touches another row.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.plan import Plan, varint
from streamkit.codec.structure import HEADER_BYTES, SLACK, Walker

SYNC = b"luna-sync-marker"
HEADER_COLUMNS = [{"name": "_magic_and_id", "type": "float"}, {"name": "_id_low", "type": "boolean"}]
"""Five bytes in Avro's fixed widths: float 4, boolean 1."""


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
        self._walker = Walker(self._writer)
        self._defaults = {column["name"]: column.get("default") for column in reader["fields"]}
        fields = [{"name": f.name, "type": ["null", f.kind] if f.nullable else f.kind} for f in self._writer.fields]
        record = {"type": "record", "name": "Row", "fields": [*HEADER_COLUMNS, *fields]}
        schema = json.dumps(record).encode()
        self._preamble = b"Obj\x01\x02" + varint(11) + b"avro.schema" + varint(len(schema)) + schema + b"\0" + SYNC
        self._names = [field.name for field in self._writer.fields]

    def read(
        self, joined: bytes, lengths: NDArray[np.int64], values: Sequence[bytes]
    ) -> tuple[pl.DataFrame, NDArray[np.intp], list[Poison]]:
        """Frame of the readable records, their indices, and the poison among ``values``, whose join is ``joined``."""
        ends = np.cumsum(lengths)
        sound = self._walker.sound(joined + bytes(SLACK), ends - lengths, ends)
        poison: list[Poison] = []
        rows = np.arange(len(values), dtype=np.intp)
        if not sound.all():
            poison = [
                Poison(row, "MalformedRecord", "the bytes do not follow the schema they name")
                for row in np.flatnonzero(~sound).tolist()
            ]
            rows = np.flatnonzero(sound)
            values = [values[row] for row in rows.tolist()]
            joined = b"".join(values)
        frame = self._container(joined, len(values))
        if frame is None:
            readable = [self._container(value, 1) is not None for value in values]
            kept = np.flatnonzero(readable)
            poison += [
                Poison(int(rows[row]), "MalformedRecord", "a string is not UTF-8")
                for row in np.flatnonzero(~np.asarray(readable)).tolist()
            ]
            rows, values = rows[kept], [values[row] for row in kept.tolist()]
            frame = self._container(b"".join(values), len(values))
            assert frame is not None  # every record of it was read alone
        return self._resolve(frame), rows, poison

    def _container(self, joined: bytes, count: int) -> pl.DataFrame | None:
        """Records of one block, None if polars cannot read them."""
        if count == 0:
            return self._writer.empty
        block = self._preamble + varint(count) + varint(len(joined)) + joined + SYNC
        try:
            frame = pl.read_avro(io.BytesIO(block), columns=self._names)
        except pl.exceptions.PolarsError:
            return None
        return frame if frame.height == count else None

    def _resolve(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Columns of the reader schema: those the writer did not know take their default."""
        if self._writer == self._reader:
            return frame
        have = set(frame.columns)
        return frame.select(
            (pl.col(field.name) if field.name in have else pl.lit(self._defaults[field.name]).alias(field.name)).cast(
                field.dtype
            )
            for field in self._reader.fields
        )


__all__ = ["HEADER_BYTES", "Poison", "Reader"]

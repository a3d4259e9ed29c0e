"""Single rows out of a batch of columns and back, for the few records that do not go the way of the others."""

import json
from collections.abc import Sequence

import numpy as np
import polars as pl

from services.simulator.runtime.spread import take
from streamkit.records import Coded, Column, Outgoing

Array = np.ndarray[tuple[int], np.dtype[np.intp]]


def rows_of(batch: Outgoing, index: Array) -> list[dict[str, object]]:
    """Rows of a batch as plain values; nulls are left out."""
    part = take(batch, index)
    columns = {name: values_of(column, part.rows) for name, column in part.columns.items()}
    return [
        {name: values[row] for name, values in columns.items() if values[row] is not None} for row in range(part.rows)
    ]


def values_of(column: Column, rows: int) -> list[object]:
    """The values of one column, None where null."""
    if isinstance(column, Coded):
        return [None if code < 0 else column.values[code] for code in column.codes.tolist()]
    if isinstance(column, pl.Series):
        return column.to_list()
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "S":
            return [value.decode() or None for value in column.tolist()]
        return list(column.tolist())
    return [column] * rows


def packed(row: dict[str, object]) -> bytes:
    """A row as bytes that `unpacked` understands, to the last digit."""
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode()


def unpacked(topic: str, rows: Sequence[bytes]) -> Outgoing:
    """Records of a topic out of packed rows."""
    return Outgoing.from_rows(topic, [json.loads(row) for row in rows])

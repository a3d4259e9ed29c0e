"""Columns → Avro bodies with the Confluent header, for a whole batch at a time.

Every row gets a region of its own in one buffer, wide enough for the longest; columns are written left to right,
each many bytes a row in one indexed copy, and what a cell overruns is overwritten by the next one. Constants and
runs of nulls are merged into single byte strings before the first row is touched.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from streamkit.codec.cells import Cells, constant_cells, windows
from streamkit.codec.columns import Ready, ready
from streamkit.codec.plan import Plan
from streamkit.records import Column

REGION_BYTES = 1 << 20
"""Bytes of one buffer of rows: it stays in the second-level cache, so that a column's scatter does not miss."""

SLICE_ROWS = 4096


def encode_bodies(plan: Plan, header: bytes, columns: Mapping[str, Column], rows: int) -> list[bytes]:
    """Encoded values, each ``header`` + Avro body; raises `EncodeError` that names the column."""
    if rows == 0:
        return []
    pieces = merged(header, [ready(field, columns.get(field.name), rows) for field in plan.fields])
    if len(pieces) == 1 and isinstance(pieces[0], bytes):
        return [pieces[0]] * rows
    values: list[bytes] = []
    size = SLICE_ROWS
    start = 0
    while start < rows:
        part = slice(start, min(start + size, rows))
        cells = [piece if isinstance(piece, bytes) else piece(part) for piece in pieces]
        width = sum(len(cell) if isinstance(cell, bytes) else cell.matrix.shape[1] for cell in cells)
        if width * (part.stop - part.start) > REGION_BYTES and part.stop - part.start > 1:
            size = max(1, min(size // 2, REGION_BYTES // width))
            continue
        values += _assemble(cells, width, part.stop - part.start)
        start = part.stop
    return values


def merged(header: bytes, columns: Sequence[Ready]) -> list[Ready]:
    """Neighbouring constants joined into one piece, the header in front."""
    pieces: list[Ready] = [header]
    for column in columns:
        last = pieces[-1]
        if isinstance(column, bytes) and isinstance(last, bytes):
            pieces[-1] = last + column
        else:
            pieces.append(column)
    return pieces


def _assemble(pieces: Sequence[bytes | Cells], width: int, rows: int) -> list[bytes]:
    """Write the pieces of some rows and cut the rows out. ``width`` is the sum of the pieces' widths."""
    buffer = np.empty(rows * width, dtype=np.uint8)
    region = buffer.reshape(rows, width)
    starts = np.arange(rows, dtype=np.int64) * width
    fixed = 0
    at: NDArray[np.int64] | None = None
    for piece in pieces:
        cells = constant_cells(piece) if isinstance(piece, bytes) else piece
        size, lengths, matrix = cells.matrix.shape[1], cells.lengths, cells.matrix
        if at is None:
            region[:, fixed : fixed + size] = matrix
        else:
            windows(buffer, size)[at] = matrix.view(f"V{size}").ravel()
        if at is not None:
            at += lengths
        elif isinstance(lengths, int):
            fixed += lengths
        else:
            at = starts + fixed + lengths
    raw = buffer.tobytes()
    ends = starts + fixed if at is None else at
    return [raw[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

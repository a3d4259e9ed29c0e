"""Columns of a batch to publish, made ready to be encoded slice by slice.

Whatever a caller may give for a column (`streamkit.records.Column`) becomes one function from a slice of rows to
its encoded cells, or the bytes that are the same in every row. Nulls, ranges and types are checked here, once.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.cells import Cells, fixed_cells, table_of, take, text_cells, varint_cells
from streamkit.codec.plan import Field, varint
from streamkit.records import Coded, Column

Slicer: TypeAlias = Callable[[slice], Cells]
Ready: TypeAlias = bytes | Slicer

RANGES = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
FLOATS: dict[str, np.dtype[Any]] = {"float": np.dtype("<f4"), "double": np.dtype("<f8")}
SPARSE = 2
"""A dictionary this many times longer than the batch is narrowed to the codes in use before it is encoded."""


class EncodeError(Exception):
    """A batch cannot be written: the message names topic and column."""


def ready(field: Field, column: Column, rows: int) -> Ready:
    """Make one column ready; raises `EncodeError`."""
    if column is None or isinstance(column, str | int | float | bool | np.generic):
        return scalar_cell(field, column)
    size = len(column.codes) if isinstance(column, Coded) else len(column)
    if size != rows:
        raise EncodeError(f"column {field.name!r} has {size} rows, the batch {rows}")
    if field.kind == "string":
        return _strings(field, column)
    if isinstance(column, Coded):
        raise EncodeError(f"column {field.name!r} is {field.kind}, got strings")
    return _numbers(field, column)


def scalar_cell(field: Field, value: Any) -> bytes:
    """Encoded bytes of one value, branch byte included."""
    if value is None or (field.kind == "string" and value == ""):
        if value is None and not field.nullable:
            raise EncodeError(f"column {field.name!r} must be set")
        if value is None:
            return b"\0"
    prefix = b"\x02" if field.nullable else b""
    if field.kind == "string":
        if not isinstance(value, str):
            raise EncodeError(f"column {field.name!r} is a string, got {type(value).__name__}")
        text = value.encode()
        return prefix + varint(len(text)) + text
    if isinstance(value, str):
        raise EncodeError(f"column {field.name!r} is {field.kind}, got a string")
    ready_column = _numbers(field, np.asarray([value]))
    cells = ready_column(slice(0, 1))
    return cells.matrix[0, : int(np.max(cells.lengths))].tobytes()


def _strings(field: Field, column: Any) -> Ready:
    if isinstance(column, Coded):
        return _coded(field, column)
    if isinstance(column, np.ndarray) and column.dtype.kind == "S":
        return _fixed_text(field, column)
    series = column if isinstance(column, pl.Series) else pl.Series(field.name, column.tolist())
    if series.dtype == pl.Null:
        return _all_null(field)
    if series.dtype != pl.String:
        if not isinstance(series.dtype, pl.Categorical | pl.Enum):
            raise EncodeError(f"column {field.name!r} is a string, got {series.dtype}")
        series = series.cast(pl.String)
    return _series_text(field, series)


def _all_null(field: Field) -> bytes:
    return scalar_cell(field, None)


def _coded(field: Field, column: Coded) -> Ready:
    codes = np.asarray(column.codes)
    values: Sequence[str] = column.values
    if codes.size and (int(codes.max()) >= len(values) or int(codes.min()) < -1):
        raise EncodeError(f"column {field.name!r} has a code outside its {len(values)} values")
    if len(values) > SPARSE * codes.size:
        used, codes = np.unique(codes, return_inverse=True)
        if used.size and used[0] < 0:
            used, codes = used[1:], codes - 1
        values = [values[int(code)] for code in used]
    if not field.nullable and codes.size and int(codes.min()) < 0:
        raise EncodeError(f"column {field.name!r} must be set")
    if any(value is None for value in values):
        raise EncodeError(f"column {field.name!r} has None among its values; null is code -1")
    encoded = [scalar_cell(field, value) for value in values]
    null = [b"\0"] if field.nullable else [encoded[0] if encoded else b"\0"]
    table = table_of([*encoded, *null])
    if field.nullable and encoded and codes.size and int(codes.min()) >= 0:
        table = table_of(encoded)
    return lambda rows: take(table, codes[rows])


def _fixed_text(field: Field, column: Any) -> Ready:
    masked = np.ma.getmaskarray(column) if isinstance(column, np.ma.MaskedArray) else None
    values = np.ascontiguousarray(np.ma.getdata(column))
    width = max(values.dtype.itemsize, 1)
    sizes = np.strings.str_len(values).astype(np.int64)
    null = sizes == 0 if masked is None else (sizes == 0) | masked
    has_null = bool(null.any())
    if has_null and not field.nullable:
        raise EncodeError(f"column {field.name!r} must be set")
    raw = values.view(np.uint8).reshape(-1, width)
    if raw.size and int(raw.max()) > 0x7F:  # noqa: PLR2004  # the end of ASCII
        raise EncodeError(f"column {field.name!r} of bytes must be ASCII")
    if has_null:
        sizes = np.where(null, 0, sizes)
    flat = np.concatenate([raw.ravel(), np.zeros(width, dtype=np.uint8)])
    starts = np.arange(len(values), dtype=np.int64) * width
    return lambda rows: text_cells(
        flat, starts[rows], sizes[rows], null[rows] if has_null else None, nullable=field.nullable
    )


def _series_text(field: Field, series: pl.Series) -> Ready:
    has_null = series.null_count() > 0
    if has_null and not field.nullable:
        raise EncodeError(f"column {field.name!r} must be set")
    if series.null_count() == len(series):
        return _all_null(field) if len(series) else b""
    null = series.is_null().to_numpy() if has_null else None
    filled = series.fill_null("") if has_null else series
    sizes = filled.str.len_bytes().to_numpy().astype(np.int64)
    joined = filled.str.join("").item().encode()
    flat = np.frombuffer(joined + bytes(int(sizes.max(initial=0))), dtype=np.uint8)
    starts = np.cumsum(sizes) - sizes
    return lambda rows: text_cells(
        flat, starts[rows], sizes[rows], null[rows] if null is not None else None, nullable=field.nullable
    )


def _numbers(field: Field, column: Any) -> Slicer:
    values, null = _plain_numbers(field, column)
    if null is not None and not field.nullable:
        raise EncodeError(f"column {field.name!r} must be set")
    if field.kind in RANGES:
        whole = _integers(field, values)
        return lambda rows: varint_cells(whole[rows], None if null is None else null[rows], nullable=field.nullable)
    if field.kind == "boolean":
        if values.dtype != np.bool_:
            raise EncodeError(f"column {field.name!r} is boolean, got {values.dtype}")
        fixed: NDArray[np.generic] = values
    else:
        if values.dtype.kind not in "fiu":
            raise EncodeError(f"column {field.name!r} is {field.kind}, got {values.dtype}")
        with np.errstate(over="ignore"):
            fixed = values.astype(FLOATS[field.kind])
        if not np.isfinite(fixed).all():
            raise EncodeError(f"column {field.name!r} has a value that is not finite")
    return lambda rows: fixed_cells(fixed[rows], None if null is None else null[rows], nullable=field.nullable)


def _plain_numbers(field: Field, column: Any) -> tuple[Any, NDArray[np.bool_] | None]:
    """Values with zero where null, and the null mask or None."""
    if isinstance(column, pl.Series):
        if isinstance(column.dtype, pl.Datetime):
            column = column.dt.timestamp("us")
        if column.dtype == pl.Null:
            column = column.cast(field.dtype)
        if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
            raise EncodeError(f"column {field.name!r} is {field.kind}, got {column.dtype}")
        if column.null_count():
            filled = column.fill_null(value=False) if column.dtype == pl.Boolean else column.fill_null(0)
            return filled.to_numpy(), column.is_null().to_numpy()
        return column.to_numpy(), None
    if isinstance(column, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(column)
        if mask.any():
            return np.where(mask, column.dtype.type(0), column.data), mask
        return np.asarray(column.data), None
    return np.asarray(column), None


def _integers(field: Field, values: NDArray[Any]) -> NDArray[np.int64]:
    if values.dtype.kind == "M" and field.timestamp:
        values = values.astype("datetime64[us]").astype(np.int64)
    if values.dtype.kind not in "iu":
        raise EncodeError(f"column {field.name!r} is {field.kind}, got {values.dtype}")
    low, high = RANGES[field.kind]
    if values.size and (int(values.min()) < low or int(values.max()) > high):
        raise EncodeError(f"column {field.name!r} has a value outside {field.kind}")
    return values.astype(np.int64)

"""The same codec for a handful of records, in plain Python: a column at a time costs more than it saves there.

Byte for byte and refusal for refusal what `encode` and `structure` do; one set of property tests holds both.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.columns import RANGES, EncodeError, scalar_cell
from streamkit.codec.plan import Field, Plan, varint
from streamkit.codec.structure import HEADER_BYTES, LARGEST_BYTE, VARINT_LIMITS
from streamkit.records import Coded, Column

FEW = 128
"""Up to so many records plain Python is the faster of the two (measured: even at about 150 rows of user_actions)."""

NULL = b"\0"
PRESENT = b"\x02"

_PACK: Mapping[str, Callable[[float], bytes]] = {"float": struct.Struct("<f").pack, "double": struct.Struct("<d").pack}
_UNPACK: Mapping[str, struct.Struct] = {"float": struct.Struct("<f"), "double": struct.Struct("<d")}

Cells: TypeAlias = bytes | list[bytes]


class Malformed(Exception):  # noqa: N818  # a verdict on one record, never seen outside
    """The bytes are not exactly one record of the schema."""


def encode_few(plan: Plan, header: bytes, columns: Mapping[str, Column], rows: int) -> list[bytes]:
    """Encoded values, each ``header`` + Avro body; raises `EncodeError` that names the column."""
    cells = [_cells(field, columns.get(field.name), rows) for field in plan.fields]
    lists = [[cell] * rows if isinstance(cell, bytes) else cell for cell in cells]
    return [header + b"".join(row) for row in zip(*lists, strict=True)]


def _cells(field: Field, column: Any, rows: int) -> Cells:
    if column is None or isinstance(column, str | int | float | bool | np.generic):
        return scalar_cell(field, column)
    values = cell_values(field, column, rows)
    prefix = PRESENT if field.nullable else b""
    write = _WRITERS[field.kind]
    try:
        return [NULL if value is None else prefix + write(field, value) for value in values]
    except (OverflowError, struct.error) as error:
        raise EncodeError(f"column {field.name!r} has a value that is no {field.kind}") from error


def cell_values(field: Field, column: Any, rows: int) -> list[Any]:
    """A column that is no scalar as plain values, strings as UTF-8, None where null; raises `EncodeError`.

    Whether numbers fit their kind is for `check_cells`, or the writing, to say.
    """
    size = len(column.codes) if isinstance(column, Coded) else len(column)
    if size != rows:
        raise EncodeError(f"column {field.name!r} has {size} rows, the batch {rows}")
    values = _texts(field, column) if field.kind == "string" else _numbers(field, column)
    if not field.nullable and None in values:
        raise EncodeError(f"column {field.name!r} must be set")
    return values


def check_cells(field: Field, values: list[Any]) -> None:
    """Raise `EncodeError` where a number is one that the field cannot hold."""
    if field.kind in RANGES:
        low, high = RANGES[field.kind]
        if any(value is not None and not low <= value <= high for value in values):
            raise EncodeError(f"column {field.name!r} has a value outside {field.kind}")
    elif field.kind in _PACK:
        for value in values:
            if value is not None:
                _write_float(field, value)


def _texts(field: Field, column: Any) -> list[bytes | None]:
    if isinstance(column, Coded):
        return _coded(field, column)
    if isinstance(column, np.ndarray) and column.dtype.kind == "S":
        texts = [raw or None for raw in column.tolist()]
        if any(max(raw) > LARGEST_BYTE for raw in texts if raw):
            raise EncodeError(f"column {field.name!r} of bytes must be ASCII")
        return texts
    if isinstance(column, pl.Series) and column.dtype not in (pl.Null, pl.String, pl.Categorical, pl.Enum):
        raise EncodeError(f"column {field.name!r} is a string, got {column.dtype}")
    listed = column.to_list() if isinstance(column, pl.Series) else column.tolist()
    if any(value is not None and not isinstance(value, str) for value in listed):
        raise EncodeError(f"column {field.name!r} is a string, got something else")
    return [None if value is None else value.encode() for value in listed]


def _coded(field: Field, column: Coded) -> list[bytes | None]:
    codes = np.asarray(column.codes).tolist()
    values = column.values
    if codes and (max(codes) >= len(values) or min(codes) < -1):
        raise EncodeError(f"column {field.name!r} has a code outside its {len(values)} values")
    if any(values[code] is None for code in codes if code >= 0):
        raise EncodeError(f"column {field.name!r} has None among its values; null is code -1")
    return [None if code < 0 else values[code].encode() for code in codes]


def _numbers(field: Field, column: Any) -> list[Any]:
    if isinstance(column, Coded):
        raise EncodeError(f"column {field.name!r} is {field.kind}, got strings")
    if isinstance(column, pl.Series):
        if isinstance(column.dtype, pl.Datetime):
            column = column.dt.timestamp("us")
        kind = {"Boolean": "b", "Null": ""}.get(str(column.dtype)) or ("i" if column.dtype.is_integer() else "f")
        if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
            raise EncodeError(f"column {field.name!r} is {field.kind}, got {column.dtype}")
        null = column.dtype == pl.Null
        return _of_kind(field, [None] * len(column) if null else column.to_list(), "" if null else kind, column.dtype)
    if column.dtype.kind == "M" and field.timestamp:
        column = column.astype("datetime64[us]").astype(np.int64)
    return _of_kind(field, column.tolist(), column.dtype.kind, column.dtype)


def _of_kind(field: Field, values: list[Any], kind: str, dtype: object) -> list[Any]:
    allowed = {"int": "iu", "long": "iu", "boolean": "b"}.get(field.kind, "fiu")
    if kind not in allowed:
        raise EncodeError(f"column {field.name!r} is {field.kind}, got {dtype}")
    return values


def _write_whole(field: Field, value: int) -> bytes:
    low, high = RANGES[field.kind]
    if not low <= value <= high:
        raise EncodeError(f"column {field.name!r} has a value outside {field.kind}")
    return varint(value)


def _write_float(field: Field, value: float) -> bytes:
    try:
        if math.isfinite(value):
            return _PACK[field.kind](value)
    except OverflowError:
        pass  # finite, and infinite once it is no wider than the field
    raise EncodeError(f"column {field.name!r} has a value that is not finite")


_WRITERS: Mapping[str, Callable[[Field, Any], bytes]] = {
    "string": lambda _, text: varint(len(text)) + text,
    "int": _write_whole,
    "long": _write_whole,
    "float": _write_float,
    "double": _write_float,
    "boolean": lambda _, flag: b"\x01" if flag else b"\0",
}


def read_few(plan: Plan, values: Sequence[bytes]) -> tuple[pl.DataFrame, NDArray[np.intp], dict[int, str]]:
    """Frame of the readable records, their indices, and the reason of each one that is not."""
    rows: list[int] = []
    records: list[list[Any]] = []
    bad: dict[int, str] = {}
    for row, value in enumerate(values):
        try:
            records.append(_read(plan, value))
        except Malformed:
            bad[row] = "the bytes do not follow the schema they name"
        except UnicodeDecodeError:
            bad[row] = "a string is not UTF-8"
        else:
            rows.append(row)
    if not records:
        return plan.empty, np.empty(0, dtype=np.intp), bad
    columns = zip(*records, strict=True)
    frame = pl.DataFrame(
        [pl.Series(field.name, column, dtype=field.dtype) for field, column in zip(plan.fields, columns, strict=True)]
    )
    return frame, np.asarray(rows, dtype=np.intp), bad


def _read(plan: Plan, value: bytes) -> list[Any]:
    at, end = HEADER_BYTES, len(value)
    record: list[Any] = []
    texts: list[tuple[int, bytes]] = []
    for field in plan.fields:
        if field.nullable:
            branch = value[at] if at < end else 1
            at += 1
            if branch == 0:
                record.append(None)
                continue
            if branch != PRESENT[0]:
                raise Malformed
        if field.kind == "string":
            size, at = _whole(value, at, end, "int")
            if size < 0 or at + size > end:
                raise Malformed
            texts.append((len(record), value[at : at + size]))
            record.append(None)
            at += size
        else:
            found, at = _number(field, value, at, end)
            record.append(found)
    if at != end:
        raise Malformed
    for place, raw in texts:  # only now: bytes that are no record at all have no strings
        record[place] = raw.decode()
    return record


def _number(field: Field, value: bytes, at: int, end: int) -> tuple[Any, int]:
    if field.kind in VARINT_LIMITS:
        return _whole(value, at, end, field.kind)
    if field.kind == "boolean":
        if at >= end or value[at] > 1:
            raise Malformed
        return value[at] == 1, at + 1
    form = _UNPACK[field.kind]
    if at + form.size > end:
        raise Malformed
    return form.unpack_from(value, at)[0], at + form.size


def _whole(value: bytes, at: int, end: int, kind: Any) -> tuple[int, int]:
    """The zig-zag number at a place, and the place behind it."""
    most, last = VARINT_LIMITS[kind]
    zigzag = 0
    for place in range(most):
        if at >= end:
            raise Malformed
        byte = value[at]
        at += 1
        zigzag |= (byte & LARGEST_BYTE) << (7 * place)
        if byte <= LARGEST_BYTE:
            if place + 1 == most and byte > last:
                raise Malformed
            return (zigzag >> 1) ^ -(zigzag & 1), at
    raise Malformed

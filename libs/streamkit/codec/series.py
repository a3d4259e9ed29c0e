"""What a walk found, as a data frame: numbers copied once, strings as views into the chunk's bytes."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.plan import Field
from streamkit.codec.structure import Found, Walk


def frame_of(
    joined: bytes, walk: Walk, fields: Sequence[Field], columns: Sequence[Found], rows: NDArray[np.intp]
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Columns of the sound records ``rows``, and which of those have a string that is not UTF-8."""
    if len(rows) < len(walk.sound):
        columns = [_taken(column, rows) for column in columns]
    broken = np.zeros(len(rows), dtype=np.bool_)
    ready: dict[str, pl.Series | None] = {
        field.name: _numbers(field, column) if column.sizes is None else _same(field, column, len(rows))
        for field, column in zip(fields, columns, strict=True)
    }
    texts = [(field, column) for field, column in zip(fields, columns, strict=True) if ready[field.name] is None]
    ready |= {text.name: text for text in _strings(joined, texts, len(rows))}
    for field, column in texts:
        one = ready[field.name]
        assert one is not None  # just made
        if one.null_count() != (0 if column.null is None else int(column.null.sum())):
            broken |= one.is_null().to_numpy() & (True if column.null is None else ~column.null)
    return pl.DataFrame([ready[field.name] for field in fields]), broken


def _taken(column: Found, rows: NDArray[np.intp]) -> Found:
    return Found(
        column.values[rows],
        None if column.sizes is None else column.sizes[rows],
        None if column.null is None else column.null[rows],
        column.constant,
    )


def _numbers(field: Field, column: Found) -> pl.Series:
    if column.null is None:
        return pl.Series(field.name, column.values, dtype=field.dtype)
    if column.null.all():
        return _nulls(field, len(column.null))
    full = pl.Series(field.name, column.values, dtype=field.dtype)
    return full.zip_with(pl.Series(~column.null), _nulls(field, len(full)))


def _nulls(field: Field, rows: int) -> pl.Series:
    return pl.Series(field.name, [None], dtype=field.dtype).new_from_index(0, rows)


def _same(field: Field, column: Found, rows: int) -> pl.Series | None:
    """The column where all rows are null or have the same text, else None."""
    if column.null is not None:
        return _nulls(field, rows) if column.null.all() else None
    if not column.constant:
        return None
    try:
        text = column.constant.decode()
    except UnicodeDecodeError:
        return None
    return pl.Series(field.name, [text], dtype=pl.String).new_from_index(0, rows)


def _strings(joined: bytes, texts: Sequence[tuple[Field, Found]], rows: int) -> list[pl.Series]:
    """Columns of texts as views into one copy of the chunk, all in one query; null where not UTF-8."""
    inputs = [pl.Series("chunk", [joined], dtype=pl.Binary).new_from_index(0, rows)]
    wanted = []
    for field, column in texts:
        start, size, present = (f"{field.name} {part}" for part in ("start", "size", "present"))
        inputs += [pl.Series(start, column.values), pl.Series(size, column.sizes)]
        text = pl.col("chunk").bin.slice(pl.col(start), pl.col(size)).cast(pl.String)
        if column.null is not None:
            inputs.append(pl.Series(present, ~column.null))
            text = pl.when(present).then(text)
        wanted.append(text.alias(field.name))
    if not wanted:
        return []
    try:
        return pl.DataFrame(inputs).select(wanted).get_columns()
    except pl.exceptions.ComputeError:
        return [_one_by_one(field, column, joined) for field, column in texts]


def _one_by_one(field: Field, column: Found, joined: bytes) -> pl.Series:
    """Strings of a column where some are not UTF-8: those become null."""
    assert column.sizes is not None  # a string's
    null = np.zeros(len(column.sizes), dtype=np.bool_) if column.null is None else column.null
    texts: list[str | None] = []
    for start, size, absent in zip(column.values.tolist(), column.sizes.tolist(), null.tolist(), strict=True):
        try:
            texts.append(None if absent else joined[start : start + size].decode())
        except UnicodeDecodeError:
            texts.append(None)
    return pl.Series(field.name, texts, dtype=pl.String)

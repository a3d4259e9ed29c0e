"""A handful of outgoing records as the frame that decoding their encoded values would give, without the bytes.

Every check of `encode_few` is made, with the same refusals; one set of property tests holds both to it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from streamkit.codec.columns import scalar_cell
from streamkit.codec.few import FEW, cell_values, check_cells
from streamkit.codec.plan import Field, Plan
from streamkit.records import Column, Scalar

MOST_KNOWN = 4_096
"""Repeated values kept; names of runs, cities and services are few, and what is not is made anew."""

_UNBOUNDED = frozenset({"string", "long", "boolean"})
"""Kinds of which every value of the column's type can be written."""


class Framer:
    """Frames of one schema. Columns that say the same in every row are cut from ready-made ones."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._repeated: dict[tuple[str, Scalar | None], pl.Series] = {}

    def frame(self, columns: Mapping[str, Column], rows: int) -> pl.DataFrame:
        """Columns of at most `FEW` rows as a frame with every column of the schema; raises `EncodeError`."""
        return pl.DataFrame([self._series(field, columns.get(field.name), rows) for field in self._plan.fields])

    def _series(self, field: Field, column: Any, rows: int) -> pl.Series:
        if column is None or isinstance(column, str | bool):
            known = self._repeated.get((field.name, column))
            return (known if known is not None else self._repeat(field, column)).head(rows)
        if isinstance(column, int | float | np.generic):
            scalar_cell(field, column)
            return pl.Series(field.name, [column] * rows, dtype=field.dtype)
        if isinstance(column, pl.Series) and _as_it_is(field, column, rows):
            return column.alias(field.name)
        values = cell_values(field, column, rows)
        check_cells(field, values)
        if field.kind == "string":
            values = [None if value is None else value.decode() for value in values]
        return pl.Series(field.name, values, dtype=field.dtype)

    def _repeat(self, field: Field, value: Scalar | None) -> pl.Series:
        scalar_cell(field, value)
        if len(self._repeated) >= MOST_KNOWN:
            self._repeated.clear()
        made = self._repeated[field.name, value] = pl.Series(field.name, [value] * FEW, dtype=field.dtype)
        return made


def _as_it_is(field: Field, column: pl.Series, rows: int) -> bool:
    """Whether a series is the column already, with nothing left to check."""
    fits = column.dtype == field.dtype and field.kind in _UNBOUNDED and len(column) == rows
    return fits and (field.nullable or not column.null_count())

"""Pages over sorted rows: a cursor is the last key seen, so that rows may come and go between two pages."""

from typing import Annotated

import polars as pl
from fastapi import Query

Cursor = Annotated[str | None, Query(max_length=64, pattern=r"^[0-9a-z]+$", description="`next_cursor` of a page")]
Search = Annotated[str | None, Query(max_length=100, description="Part of the name")]
Value = Annotated[str | None, Query(max_length=64)]


def page_of(frame: pl.DataFrame, key: str, limit: int, cursor: str | None) -> tuple[pl.DataFrame, str | None]:
    """Up to ``limit`` rows after the cursor, ascending by key, and the cursor of the next page."""
    rest = frame if cursor is None else frame.filter(pl.col(key) > cursor)
    page = rest.head(limit)
    return page, (str(page[key][-1]) if rest.height > limit else None)


def matching(frame: pl.DataFrame, query: str | None, **equal: str | None) -> pl.DataFrame:
    """Rows whose name contains the words, and whose columns equal the values that are given."""
    conditions = [pl.col(name) == value for name, value in equal.items() if value is not None]
    if query:
        conditions.append(pl.col("name").str.to_lowercase().str.contains(query.lower(), literal=True))
    return frame.filter(pl.all_horizontal(conditions)) if conditions else frame

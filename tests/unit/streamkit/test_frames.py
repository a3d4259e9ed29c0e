"""Rows chosen without a query are the rows that a query would choose."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from streamkit.frames import FEW, of_type, where


def frame(rows: int) -> pl.DataFrame:
    kinds = [("session.started", "visit.started", None)[row % 3] for row in range(rows)]
    return pl.DataFrame({"event_type": kinds, "rating": [None if row % 2 else row for row in range(rows)]})


@pytest.mark.parametrize("rows", [0, 1, 7, FEW, FEW + 1])
def test_rows_keep_their_order_types_and_nulls(rows: int) -> None:
    wanted = [row % 5 == 0 for row in range(rows)]
    assert_frame_equal(where(frame(rows), wanted), frame(rows).filter(pl.Series(wanted, dtype=pl.Boolean)))


def test_records_are_chosen_by_type() -> None:
    assert of_type(frame(7), "visit.started")["rating"].to_list() == [None, 4]
    assert of_type(frame(7), "session.started", "visit.started").height == 5
    assert of_type(frame(7), "user.churned").schema == frame(7).schema

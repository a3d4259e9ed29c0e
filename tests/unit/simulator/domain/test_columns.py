"""The city's memory can be taken back to where it was, whatever was done to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulator.domain.columns import Columns, Pool, first_of_each, joined, match

ROW = np.dtype([("key", "i8"), ("value", "f8")])


@given(st.lists(st.one_of(st.integers(1, 9), st.tuples(st.integers(0, 4), st.integers(-5, 5))), max_size=12))
def test_columns_roll_back_over_any_writes_and_growth(work: list[int | tuple[int, int]]) -> None:
    columns = Columns({"a": ("i8", 1), "b": ("f4", 3)}, capacity=6)
    columns.append({"a": np.arange(5), "b": np.ones((5, 3))}, 5)
    before = columns.save("x")
    columns.begin()
    for step in work:
        if isinstance(step, int):
            columns.append({"a": np.full(step, 9)}, step)
        else:
            columns.put("a", np.array([step[0]]), step[1])
            columns.put("b", np.array([step[0], 4 - step[0]])[: 1 + (step[0] != 2)], 7)
    columns.rollback()
    after = columns.save("x")
    assert all(np.array_equal(before[name], after[name]) for name in before)
    fresh = columns.append({}, 3)
    assert not columns["a"][fresh].any()


def test_a_pool_rolls_back() -> None:
    pool = Pool(ROW)
    pool.add(np.ones(3, dtype=ROW))
    pool.begin()
    pool.put("value", np.array([1]), 5.0)
    pool.take(np.array([True, False, False]))
    pool.add(np.zeros(2, dtype=ROW))
    pool.rollback()
    assert np.array_equal(pool.rows, np.ones(3, dtype=ROW))


@given(st.lists(st.integers(0, 5), max_size=30))
def test_the_first_of_each_key_is_its_first_row(keys: list[int]) -> None:
    assert first_of_each(np.array(keys, dtype=np.int64)).tolist() == [keys.index(key) for key in sorted(set(keys))]


@pytest.mark.parametrize("keys", [[], [4, 1, 9]])
def test_matching_finds_what_is_there_and_nothing_else(keys: list[int]) -> None:
    found = match(np.array(keys, dtype=np.int64), np.array([9, 2, 4]))
    assert found.tolist() == [keys.index(key) if key in keys else -1 for key in (9, 2, 4)]


def test_joined_arrays_follow_each_other() -> None:
    assert joined([np.ones(1, dtype=ROW), np.zeros(2, dtype=ROW)])["key"].tolist() == [1, 0, 0]

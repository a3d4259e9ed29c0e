"""What goes when the event store keeps too much, and what never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.store.retention import DAY_US, Day, Retention, surplus, surplus_figures

MIB = 1 << 20


@pytest.mark.parametrize(
    ("retention", "dropped"),
    [
        (Retention(0, 0), []),
        (Retention(2, 0), [1, 2, 3]),
        (Retention(0, 12), [1, 2, 3, 4]),
        (Retention(0, 30), [1, 2]),
        (Retention(4, 30), [1, 2]),
        (Retention(1, 1), [1, 2, 3, 4]),
    ],
)
def test_days_beyond_what_may_be_kept_are_the_oldest(retention: Retention, dropped: list[int]) -> None:
    days = [Day(day, 10 * MIB, 1) for day in (5, 3, 1, 4, 2)]
    assert surplus(days, retention) == dropped


def held(*days: int) -> list[Day]:
    return [Day(day, 10 * MIB, 1) for day in days]


def at(day: int, hour: int = 12) -> int:
    return day * DAY_US + hour * DAY_US // 24


def test_a_telling_of_earlier_times_keeps_its_days_and_those_of_one_that_is_over_go() -> None:
    days = held(10, 11, 12, 100, 101, 102)
    assert surplus(days, Retention(3, 0), [at(12)]) == [102, 101, 100]
    assert surplus(days, Retention(5, 0), [at(12)]) == [102]


def test_absurd_dates_go_before_any_real_day_and_never_count_as_the_newest() -> None:
    days = held(98, 99, 100, 101, 40_000, 50_000)
    assert surplus(days, Retention(3, 0), [at(100)]) == [50_000, 40_000, 101]
    assert surplus(days, Retention(0, 45), [at(100)]) == [50_000, 40_000]


def test_a_day_that_begins_within_what_a_record_may_be_ahead_is_real() -> None:
    days = held(98, 99, 100, 101)
    assert surplus(days, Retention(3, 0, ahead_us=2 * DAY_US // 24), [at(100, hour=23)]) == [98]
    assert surplus(days, Retention(3, 0, ahead_us=2 * DAY_US // 24), [at(100, hour=21)]) == [101]


def test_by_size_the_oldest_days_of_a_live_telling_go_too_but_never_the_one_it_is_in() -> None:
    days = held(10, 11, 12, 50)
    assert surplus(days, Retention(9, 25), [at(12)]) == [50, 10]
    assert surplus(days, Retention(9, 1), [at(12)]) == [50, 10, 11]
    assert surplus(days, Retention(9, 45), [at(12)], figures=10 * MIB) == [50]


def test_each_of_two_live_cities_keeps_its_days() -> None:
    days = held(10, 11, 12, 50, 98, 99, 100)
    assert surplus(days, Retention(2, 0), [at(12), at(100)]) == [10, 50, 98]


@given(
    st.sets(st.integers(0, 200), min_size=1),
    st.lists(st.integers(0, 200), min_size=1, max_size=3),
    st.integers(1, 30),
)
def test_no_day_within_those_kept_of_a_live_telling_goes_by_count(days: set[int], ticks: list[int], keep: int) -> None:
    dropped = set(surplus(held(*days), Retention(keep, 0, ahead_us=0), [at(day) for day in ticks]))
    kept = {day for day in days if any(tick - keep < day <= tick for tick in ticks)}
    assert not dropped & kept
    assert len(days - dropped) <= max(keep, len(kept))


def test_figures_of_tellings_that_are_over_go_until_the_rest_fits() -> None:
    over = [(1, 10 * MIB), (2, 10 * MIB), (3, 10 * MIB)]
    assert surplus_figures(over, 20 * MIB, Retention(0, 50)) == []
    assert surplus_figures(over, 20 * MIB, Retention(0, 35)) == [1, 2]
    assert surplus_figures(over, 20 * MIB, Retention(0, 0)) == []
    assert surplus_figures(over, 90 * MIB, Retention(0, 35)) == [1, 2, 3]

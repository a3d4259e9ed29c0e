"""When records of a replay are due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.store.pacing import SILENCE_S, Pace


@pytest.mark.parametrize(("speed", "due"), [(1.0, 30.0), (60.0, 0.5), (1000.0, 0.03), (0.0, 0.0)])
def test_half_a_minute_takes_as_long_as_the_speed_says(speed: float, due: float) -> None:
    pace = Pace(speed, 100.0)
    assert pace.due(5_000_000) == 100.0
    assert pace.due(35_000_000) == pytest.approx(100.0 + due)


def test_a_long_silence_is_told_in_a_minute() -> None:
    pace = Pace(1.0, 0.0)
    pace.due(0)
    assert pace.due(8 * 3_600_000_000) == SILENCE_S


def test_time_in_which_nothing_could_be_told_is_not_made_up_for() -> None:
    pace = Pace(1.0, 0.0)
    pace.due(0)
    pace.begin_again(500.0)
    assert pace.due(1_000_000) == 501.0


@given(st.lists(st.integers(0, 10**12), min_size=2).map(sorted), st.floats(1, 1000))
def test_records_are_never_due_before_those_before_them(times: list[int], speed: float) -> None:
    pace = Pace(speed, 0.0)
    due = [pace.due(at) for at in times]
    assert due == sorted(due)

"""When a standstill counts as one."""

import pytest

from services.analytics.adapters.watchdog import (
    PlaceState,
    Progress,
    StallPolicy,
    StallState,
    refuse_new_topics,
    stalled,
    stuck,
)
from streamkit.errors import Fatal

POLICY = StallPolicy(limit_s=30, restore_limit_s=180)


def _at(offset: int | None, *, held: bool = True) -> Progress:
    applied = {} if offset is None else {("user_actions", 0): offset}
    return Progress(frozenset({0}) if held else None, applied)


def test_standing_still_with_lag_beyond_the_limit_is_a_stall() -> None:
    state = StallState()
    assert not stalled(POLICY, state, _at(5), lag=3, now=0)
    assert not stalled(POLICY, state, _at(5), lag=3, now=30)
    assert stalled(POLICY, state, _at(5), lag=3, now=31)


def test_without_lag_or_with_movement_it_is_none() -> None:
    state = StallState()
    assert not stalled(POLICY, state, _at(5), lag=3, now=0)
    assert not stalled(POLICY, state, _at(6), lag=3, now=31)
    assert not stalled(POLICY, state, _at(6), lag=0, now=62)
    assert not stalled(POLICY, state, _at(6), lag=3, now=90)


def test_a_worker_that_reads_its_state_back_is_given_longer() -> None:
    state = StallState()
    assert not stalled(POLICY, state, _at(None), 10, 0.0)
    assert not stalled(POLICY, state, _at(None), 10, 179.0)
    assert stalled(POLICY, state, _at(None), 10, 181.0)


def test_a_worker_that_is_given_its_partitions_anew_is_given_longer_but_not_for_ever() -> None:
    """It has applied much, and reads it all back: again and again is a stall too."""
    state = StallState()
    assert not stalled(POLICY, state, _at(5), 3, 0.0)
    for now in (20.0, 60.0, 100.0, 140.0):
        assert not stalled(POLICY, state, _at(5, held=False), 3, now)
        assert not stalled(POLICY, state, _at(5), 3, now + 18)
    assert stalled(POLICY, state, _at(5, held=False), 3, 181.0)


def test_after_it_has_moved_again_the_usual_limit_holds() -> None:
    state = StallState()
    assert not stalled(POLICY, state, _at(5, held=False), 3, 0.0)
    assert not stalled(POLICY, state, _at(6), 3, 60.0)
    assert stalled(POLICY, state, _at(6), 3, 91.0)


TICKS, ACTIONS = ("system_metrics", 0), ("user_actions", 0)


def _places(ticks: int, actions: int, *held: int) -> Progress:
    return Progress(frozenset(held), {TICKS: ticks, ACTIONS: actions})


def test_one_partition_that_stands_still_while_ticks_move_on_is_stuck() -> None:
    whole, places = StallState(), PlaceState()
    for second in range(0, 182, 2):
        progress, ends = _places(second, 5, 0), {TICKS: second + 1, ACTIONS: 9}
        assert not stalled(POLICY, whole, progress, 5, second)
        assert stuck(POLICY, places, progress, ends, second) == []
    assert stuck(POLICY, places, _places(182, 5, 0), {TICKS: 183, ACTIONS: 9}, 182) == [ACTIONS]


def test_a_worker_that_is_busy_catching_up_is_not_stuck() -> None:
    """Its partitions come in turn, each now and then, with ever more waiting behind them."""
    places = PlaceState()
    for second in range(0, 3_600, 2):
        progress = _places(100 * (second // 170), 100 * ((second + 85) // 170), 0)
        assert stuck(POLICY, places, progress, {TICKS: 10**6 + second, ACTIONS: 10**6 + second}, second) == []


def test_a_partition_without_records_held_by_others_or_read_back_is_not_stuck() -> None:
    places = PlaceState()
    ends = {TICKS: 9, ACTIONS: 5}
    assert stuck(POLICY, places, _places(5, 5, 0), {TICKS: 5, ACTIONS: 5}, 0) == []
    assert stuck(POLICY, places, _places(5, 5, 0), ends, 600) == []
    assert stuck(POLICY, places, _places(5, 5, 1), ends, 1_200) == []
    assert stuck(POLICY, places, _places(5, 5, 0), ends, 1_300) == []
    assert stuck(POLICY, places, _places(5, 5), ends, 1_400) == []
    assert stuck(POLICY, places, Progress(None, {TICKS: 5}), ends, 1_450) == []
    assert stuck(POLICY, places, _places(5, 5, 0), ends, 1_500) == []
    assert stuck(POLICY, places, _places(5, 5, 0), ends, 1_681) == [TICKS]


def test_a_state_ahead_of_its_topic_is_refused_with_what_to_do() -> None:
    refuse_new_topics({("user_actions", 0): 5}, {("user_actions", 0): 5, ("bookings", 0): 0})
    with pytest.raises(Fatal, match="user_actions:0, which ends at 4: the topic was made anew"):
        refuse_new_topics({("user_actions", 0): 5}, {("user_actions", 0): 4})

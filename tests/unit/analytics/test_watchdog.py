"""When a standstill counts as one."""

import pytest

from services.analytics.adapters.watchdog import StallPolicy, StallState, refuse_new_topics, stalled
from streamkit.errors import Fatal

POLICY = StallPolicy(limit_s=30)


def test_standing_still_with_lag_beyond_the_limit_is_a_stall() -> None:
    state = StallState()
    applied = {("user_actions", 0): 5}
    assert not stalled(POLICY, state, applied, lag=3, now=0)
    assert not stalled(POLICY, state, applied, lag=3, now=30)
    assert stalled(POLICY, state, applied, lag=3, now=31)


def test_without_lag_or_with_movement_it_is_none() -> None:
    state = StallState()
    assert not stalled(POLICY, state, {("user_actions", 0): 5}, lag=3, now=0)
    assert not stalled(POLICY, state, {("user_actions", 0): 6}, lag=3, now=31)
    assert not stalled(POLICY, state, {("user_actions", 0): 6}, lag=0, now=62)
    assert not stalled(POLICY, state, {("user_actions", 0): 6}, lag=3, now=90)


def test_a_worker_that_reads_its_state_back_is_given_longer() -> None:
    policy, state = StallPolicy(limit_s=30, restore_limit_s=180), StallState()
    assert not stalled(policy, state, {}, 10, 0.0)
    assert not stalled(policy, state, {}, 10, 179.0)
    assert stalled(policy, state, {}, 10, 181.0)


def test_a_state_ahead_of_its_topic_is_refused_with_what_to_do() -> None:
    refuse_new_topics({("user_actions", 0): 5}, {("user_actions", 0): 5, ("bookings", 0): 0})
    with pytest.raises(Fatal, match="user_actions:0, which ends at 4: the topic was made anew"):
        refuse_new_topics({("user_actions", 0): 5}, {("user_actions", 0): 4})

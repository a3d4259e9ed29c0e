"""When a standstill counts as one."""

from services.analytics.adapters.watchdog import StallPolicy, StallState, stalled

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

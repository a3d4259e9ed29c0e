"""Retry and dead-letter limits: frozen policy, state, time as an argument."""

import pytest

from streamkit.dlq import DeadLetterPolicy, DeadLetterState
from streamkit.errors import Fatal, Retryable
from streamkit.retry import RetryPolicy, RetryState


def test_pauses_grow_up_to_the_longest() -> None:
    policy, state = RetryPolicy(first_s=1, factor=2, longest_s=5, limit_s=100), RetryState()
    assert [state.next_pause(policy, 0.0, Retryable()) for _ in range(5)] == [1, 2, 4, 5, 5]


def test_patience_ends_in_a_fatal_that_says_why() -> None:
    policy, state = RetryPolicy(limit_s=10), RetryState()
    state.next_pause(policy, 0.0, Retryable())
    with pytest.raises(Fatal, match="database away"):
        state.next_pause(policy, 10.0, Retryable("database away"))


def test_a_run_of_poison_is_counted_over_batches() -> None:
    policy, state = DeadLetterPolicy(in_a_row=5), DeadLetterState()
    state.observe(policy, "t", 4, [1, 2, 3])
    with pytest.raises(Fatal, match="5 records"):
        state.observe(policy, "t", 3, [0, 1])


def test_a_good_record_ends_the_run() -> None:
    policy, state = DeadLetterPolicy(in_a_row=3), DeadLetterState()
    state.observe(policy, "t", 3, [1, 2])
    state.observe(policy, "t", 3, [1, 2])
    state.observe(policy, "t", 1, [])
    state.observe(policy, "t", 2, [0, 1])


def test_topics_are_counted_apart() -> None:
    policy, state = DeadLetterPolicy(in_a_row=3), DeadLetterState()
    state.observe(policy, "a", 2, [0, 1])
    state.observe(policy, "b", 2, [0, 1])

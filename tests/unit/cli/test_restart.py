from cli.up.restart import EXIT_CONFIGURATION, GiveUp, Restart, RestartPolicy, RestartState, after_end

POLICY = RestartPolicy(first_delay_s=1.0, longest_delay_s=4.0, crash_limit=4, window_s=30.0)


def test_delays_double_up_to_the_longest() -> None:
    policy = RestartPolicy(first_delay_s=1.0, longest_delay_s=4.0, crash_limit=10, window_s=1_000.0)
    state = RestartState()
    delays = []
    for now in range(5):
        verdict = after_end(policy, state, 1, float(now))
        assert isinstance(verdict, Restart)
        delays.append(verdict.at - now)
    assert delays == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_crash_loop_is_given_up_with_the_last_code() -> None:
    state = RestartState()
    verdicts = [after_end(POLICY, state, -9, float(now)) for now in range(4)]
    assert isinstance(verdicts[-1], GiveUp)
    assert "signal 9" in verdicts[-1].reason
    assert all(isinstance(verdict, Restart) for verdict in verdicts[:-1])


def test_ends_far_apart_are_no_crash_loop() -> None:
    state = RestartState()
    verdicts = [after_end(POLICY, state, 1, now * 31.0) for now in range(20)]
    assert all(isinstance(verdict, Restart) for verdict in verdicts)
    assert state.total == 20


def test_wrong_configuration_is_given_up_at_once() -> None:
    assert isinstance(after_end(POLICY, RestartState(), EXIT_CONFIGURATION, 0.0), GiveUp)


def test_a_service_that_breaks_at_import_is_given_up_on_a_loaded_machine_too() -> None:
    policy, state = RestartPolicy(), RestartState()
    import_s, now = 21.0, 0.0
    for _ in range(policy.crash_limit - 1):
        verdict = after_end(policy, state, 1, now + import_s)
        assert isinstance(verdict, Restart)
        now = verdict.at
    assert isinstance(after_end(policy, state, 1, now + import_s), GiveUp)

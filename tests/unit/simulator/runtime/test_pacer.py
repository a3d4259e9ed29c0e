"""The clock of a city."""

import math

from hypothesis import given
from hypothesis import strategies as st

from services.simulator.runtime.pacer import CATCH_UP, SECOND, UNPACED, Pacer

TICK = 60 * SECOND


def test_a_moment_is_due_after_its_simulated_distance_over_the_speed() -> None:
    pacer = Pacer(TICK, 60.0)
    pacer.open(0, now=10.0)
    pacer.begin(0, now=10.0)
    assert pacer.wait(30 * SECOND, now=10.0) == 0.5
    assert pacer.wait(30 * SECOND, now=10.5) == 0.0


def test_a_paused_clock_stands_and_goes_on_where_it_stood() -> None:
    pacer = Pacer(TICK, 60.0)
    pacer.begin(0, now=0.0)
    pacer.pause(now=0.25)
    assert pacer.city_us(now=100.0) == 15 * SECOND
    assert math.isinf(pacer.wait(16 * SECOND, now=100.0))
    pacer.resume(now=100.0)
    assert pacer.city_us(now=100.25) == 30 * SECOND


def test_full_speed_waits_for_nothing_but_a_pause() -> None:
    pacer = Pacer(TICK, UNPACED)
    assert pacer.wait(10**15, now=0.0) == 0.0
    pacer.pause(now=0.0)
    assert math.isinf(pacer.wait(0, now=1.0))


def test_a_stall_is_not_made_up_beyond_the_catch_up() -> None:
    pacer = Pacer(TICK, 60.0)
    pacer.begin(0, now=0.0)
    pacer.begin(TICK, now=60.0)
    assert pacer.wait(2 * TICK, now=60.0) == 1.0 - CATCH_UP


def test_a_target_rate_settles_on_the_speed_that_gives_it() -> None:
    pacer = Pacer(TICK, 60.0)
    pacer.set_rate(500.0, now=0.0)
    for tick in range(100):
        pacer.count(1_000, now=float(tick))
    assert pacer.speed == 30.0
    pacer.set_speed(60.0, now=100.0)
    pacer.count(10_000, now=101.0)
    assert pacer.speed == 60.0


def test_achieved_speed_is_what_the_ticks_say() -> None:
    pacer = Pacer(TICK, 60.0)
    for tick in range(5):
        pacer.begin(tick * TICK, now=tick * 2.0)
    assert pacer.achieved() == 30.0
    pacer.pause(now=11.0)
    assert pacer.achieved() == 0.0


@given(
    st.lists(
        st.tuples(st.sampled_from(["pause", "resume", "slow", "fast", "wait"]), st.floats(0.001, 5.0)), max_size=30
    )
)
def test_the_clock_never_goes_back_whatever_people_press(presses: list[tuple[str, float]]) -> None:
    pacer, now, seen = Pacer(TICK, 60.0), 0.0, 0
    pacer.begin(0, now)
    for press, seconds in presses:
        now += seconds
        match press:
            case "pause":
                pacer.pause(now)
            case "resume":
                pacer.resume(now)
            case "slow":
                pacer.set_speed(1.0, now)
            case "fast":
                pacer.set_speed(1000.0, now)
        assert seen <= pacer.city_us(now) <= TICK
        seen = pacer.city_us(now)

"""A clock for tests moves on whenever it is told to, by however little."""

import asyncio

import pytest

from streamkit.clock import ManualClock


@pytest.mark.parametrize(("seconds", "microseconds"), [(0.0, 0), (1e-9, 1), (4e-7, 1), (1.5e-6, 2), (2.0, 2_000_000)])
def test_time_passes_in_whole_microseconds_and_never_stands_still(seconds: float, microseconds: int) -> None:
    clock = ManualClock(7)
    clock.advance(seconds)
    assert clock.now_us() == 7 + microseconds
    assert clock.monotonic() == pytest.approx(microseconds / 1e6)


async def test_whoever_sleeps_what_is_left_until_a_moment_comes_to_it() -> None:
    clock, until = ManualClock(), 1.0000003
    async with asyncio.timeout(5):
        while (left := until - clock.monotonic()) > 0:
            await clock.sleep(left)
    assert len(clock.slept) < 5

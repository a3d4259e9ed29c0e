"""The only place that reads the wall clock or sleeps; everything else is given a `Clock`."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time as a service sees it."""

    def now_us(self) -> int:
        """Wall clock, microseconds since 1970 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back, for durations and deadlines."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let at least this many seconds of this clock pass."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """Wall clock, microseconds since 1970 UTC."""
        return time.time_ns() // 1_000

    def monotonic(self) -> float:
        """Seconds on the machine's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep for real."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that moves only when told, or at once when somebody sleeps on it."""

    def __init__(self, now_us: int = 0) -> None:
        self._now_us = now_us
        self._monotonic_us = 0
        self.slept: list[float] = []

    def now_us(self) -> int:
        """Microseconds set so far."""
        return self._now_us

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._monotonic_us / 1e6

    def advance(self, seconds: float) -> None:
        """Let time pass in whole microseconds, at least one: who waits for a moment comes to it, even rounded."""
        passed = max(round(seconds * 1e6), 1) if seconds > 0 else 0
        self._now_us += passed
        self._monotonic_us += passed

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once and yield to the other tasks."""
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)


async def sleep_or_stop(clock: Clock, seconds: float, stop: asyncio.Event) -> None:
    """Sleep, but no longer than until ``stop`` is set."""
    if stop.is_set():
        return
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
        stopping.cancel()

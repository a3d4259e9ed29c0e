"""Simulated time against wall time: speed, pause, target rate. Pure: the monotonic clock is an argument.

The pacer says when a moment of the city is due. It never lets the city run to make up more than `CATCH_UP` of
wall time: a pause of the machine must not become a burst.
"""

import math
from collections import deque
from dataclasses import dataclass, field

UNPACED = 0.0
"""Speed of a run as fast as possible; also how it is published."""

CATCH_UP = 0.5
"""Seconds of wall time that a late city may make up by running faster than asked."""

MEMORY = 0.1
"""Weight of the newest tick in the running mean of events a tick: about ten ticks of memory."""

SECOND = 1_000_000
FASTEST = 100_000.0
"""Highest speed that a target rate may ask for, simulated seconds a second."""


@dataclass(slots=True)
class Pacer:
    """The clock of one city. ``speed`` is simulated seconds a second, `UNPACED` as fast as possible."""

    tick_us: int
    speed: float
    paused: bool = False
    rate: float | None = None
    _city_us: int = 0
    _wall: float = 0.0
    _limit_us: int = 0
    _events: float | None = None
    _marks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=32))
    _counts: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=32))
    _counted: int = 0

    def open(self, city_us: int, now: float) -> None:
        """A branch begins, or goes on, here: nothing of an earlier one is to be made up."""
        self._city_us, self._wall, self._limit_us = city_us, now, city_us
        self._forget()

    def align(self, city_us: int, tick_start_us: int, now: float) -> None:
        """Set the clock to a moment before the next tick: that tick is due when it has come."""
        self._city_us, self._wall, self._limit_us = min(city_us, tick_start_us), now, tick_start_us

    def begin(self, tick_start_us: int, now: float) -> None:
        """A tick starts: align the clock with it, keeping at most `CATCH_UP` of lateness."""
        late = min(max(self._raw(now) - tick_start_us, 0), int(CATCH_UP * self.speed * SECOND))
        self._city_us, self._wall = tick_start_us + late, now
        self._limit_us = tick_start_us + self.tick_us
        self._marks.append((now, tick_start_us))

    def wait(self, city_us: int, now: float) -> float:
        """Seconds of wall time until this moment of the city is due; infinite while paused."""
        if self.paused:
            return math.inf
        if self.speed == UNPACED:
            return 0.0
        return max((city_us - self._raw(now)) / SECOND / self.speed, 0.0)

    def city_us(self, now: float) -> int:
        """Simulated time now, never past the end of the tick in hand."""
        return self._limit_us if self.speed == UNPACED else min(self._raw(now), self._limit_us)

    def set_speed(self, speed: float, now: float) -> None:
        """Ask for a speed; a target rate, if one was set, ends."""
        self.rate = None
        self._change(speed, now)

    def set_rate(self, events_per_second: float | None, now: float) -> None:
        """Ask for a rate; None keeps the speed reached and stops steering."""
        self.rate = events_per_second
        self._steer(now)

    def pause(self, now: float) -> None:
        """Stop the clock where it is."""
        if not self.paused:
            self._city_us, self._wall, self.paused = self.city_us(now), now, True
            self._forget()

    def resume(self, now: float) -> None:
        """Let the clock go on from where it stopped."""
        if self.paused:
            self._wall, self.paused = now, False
            self._forget()

    def count(self, events: int, now: float) -> None:
        """A tick published so many events: steer towards the target rate."""
        self._events = events if self._events is None else (1 - MEMORY) * self._events + MEMORY * events
        self._counted += events
        self._counts.append((now, self._counted))
        self._steer(now)

    def achieved(self) -> float:
        """Simulated seconds a second over the last ticks; 0 before there are two."""
        if self.paused or len(self._marks) < 2:  # noqa: PLR2004 - a speed takes two points
            return 0.0
        (wall, city), (last_wall, last_city) = self._marks[0], self._marks[-1]
        return (last_city - city) / SECOND / (last_wall - wall) if last_wall > wall else 0.0

    def achieved_rate(self) -> float:
        """Events a second over the last ticks; 0 before there are two."""
        if self.paused or len(self._counts) < 2:  # noqa: PLR2004 - a rate takes two points
            return 0.0
        (wall, events), (last_wall, last_events) = self._counts[0], self._counts[-1]
        return (last_events - events) / (last_wall - wall) if last_wall > wall else 0.0

    def _raw(self, now: float) -> int:
        if self.paused:
            return self._city_us
        return self._city_us + int((now - self._wall) * self.speed * SECOND)

    def _forget(self) -> None:
        """Measure what is achieved anew."""
        self._marks.clear()
        self._counts.clear()

    def _change(self, speed: float, now: float) -> None:
        self._city_us, self._wall = self.city_us(now), now
        if speed != self.speed:
            self._forget()
        self.speed = speed

    def _steer(self, now: float) -> None:
        if self.rate is not None and self._events:
            seconds = self.rate * self.tick_us / SECOND / self._events
            self._city_us, self._wall = self.city_us(now), now
            self.speed = min(max(seconds, 1.0), FASTEST)

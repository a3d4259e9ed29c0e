"""Sliding figures over wall time: events a second, and the time from a record's timestamp to its fan-out."""

from collections import deque

import numpy as np
from numpy.typing import NDArray


class Rate:
    """Events counted in buckets of one second over a window; ``now`` is monotonic seconds."""

    def __init__(self, window_s: int, started: float) -> None:
        self._window = window_s
        self._started = started
        self._buckets: deque[tuple[int, int]] = deque()

    def add(self, now: float, events: int) -> None:
        """Count events that arrived now."""
        second = int(now)
        if self._buckets and self._buckets[-1][0] == second:
            events += self._buckets.pop()[1]
        self._buckets.append((second, events))
        self._forget(now)

    def per_second(self, now: float) -> float:
        """Mean over the window, or over the time since the start where that is shorter (a second at least)."""
        self._forget(now)
        span = min(float(self._window), max(1.0, now - self._started))
        return round(sum(events for _, events in self._buckets) / span, 2)

    def _forget(self, now: float) -> None:
        while self._buckets and self._buckets[0][0] <= now - self._window:
            self._buckets.popleft()


class Latencies:
    """The newest measured latencies in milliseconds, at most ``window_s`` old."""

    def __init__(self, window_s: float = 60.0, most: int = 200) -> None:
        self._window = window_s
        self._samples: deque[tuple[float, NDArray[np.float64]]] = deque(maxlen=most * 10)

    def add(self, now: float, milliseconds: NDArray[np.float64]) -> None:
        """Measured now, shape (records,)."""
        if len(milliseconds):
            self._samples.append((now, milliseconds))

    def summary(self, now: float) -> dict[str, float | int | None]:
        """Median, 99th percentile and how many, over the window."""
        while self._samples and self._samples[0][0] < now - self._window:
            self._samples.popleft()
        if not self._samples:
            return {"p50": None, "p99": None, "count": 0}
        every = np.concatenate([sample for _, sample in self._samples])
        middle, high = np.percentile(every, (50, 99))
        return {"p50": round(float(middle), 1), "p99": round(float(high), 1), "count": len(every)}

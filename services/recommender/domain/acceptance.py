"""How many of the lists that people decided on had an item they took, by the hour and by weeks since they joined."""

from dataclasses import dataclass, field

import numpy as np

from services.recommender.domain.columns import Array

WEEKS = 8
"""Weeks since joining told apart; the last one stands for all later ones."""

WEEK_US = 7 * 86_400_000_000
HOUR_US = 3_600_000_000
DAY_HOURS = 24


@dataclass(frozen=True)
class Measured:
    """A closed window, in µs, and its counts; ``week`` is since joining, None for everybody."""

    start_us: int
    end_us: int
    week: int | None
    decided: int
    accepted: int


@dataclass
class Acceptance:
    """Counts of the hour at hand and of the last day's hours by week, shape (2, weeks): decided, accepted."""

    hour: int = -1
    counts: Array = field(default_factory=lambda: np.zeros((2, WEEKS), dtype=np.int64))
    day: Array = field(default_factory=lambda: np.zeros((2, WEEKS), dtype=np.int64))

    def count(self, time_us: int, joined_us: int, *, accepted: bool) -> None:
        """One list that somebody decided on."""
        week = min(max((time_us - joined_us) // WEEK_US, 0), WEEKS - 1)
        self.counts[0, week] += 1
        self.counts[1, week] += accepted

    def close(self, time_us: int) -> list[Measured]:
        """Move to the hour of a time; what closes with that: the hour, and at 00:00 UTC the day by week."""
        hour = time_us // HOUR_US
        if self.hour < 0:
            self.hour = hour
        if hour <= self.hour:
            return []
        closed = []
        decided, accepted = (int(count) for count in self.counts.sum(axis=1))
        if decided:
            closed.append(Measured(self.hour * HOUR_US, (self.hour + 1) * HOUR_US, None, decided, accepted))
        self.day += self.counts
        self.counts[:] = 0
        if hour // DAY_HOURS > self.hour // DAY_HOURS:
            start = self.hour // DAY_HOURS * DAY_HOURS * HOUR_US
            for week in np.flatnonzero(self.day[0]).tolist():
                counts = (int(self.day[0, week]), int(self.day[1, week]))
                closed.append(Measured(start, start + DAY_HOURS * HOUR_US, week, *counts))
            self.day[:] = 0
        self.hour = hour
        return closed

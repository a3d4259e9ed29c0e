"""When records of a replay are due: their recorded times divided by the speed, with long silences shortened."""

from dataclasses import dataclass

SILENCE_S = 60.0
"""A pause in the record is told in a minute of wall time at most: nobody watches a night at 1x."""


@dataclass(slots=True)
class Pace:
    """Pace of one telling. ``speed`` is simulated seconds a second, 0 as fast as possible; times are monotonic seconds.

    The pace is kept from record to record, not from now to now: what is late is told at once until it has caught up.
    """

    speed: float
    due_s: float
    at_us: int | None = None

    def due(self, simulation_us: int) -> float:
        """When a record is due; records come in the order of their times."""
        if self.speed and self.at_us is not None:
            passed = max(simulation_us - self.at_us, 0) / 1e6
            self.due_s += min(passed / self.speed, SILENCE_S)
        self.at_us = simulation_us
        return self.due_s

    def begin_again(self, now_s: float) -> None:
        """Count from now: time that nobody was told in (a broker or database away) is not made up for."""
        self.due_s = max(self.due_s, now_s)

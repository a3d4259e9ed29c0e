"""When the city's state is saved by itself: every few minutes of wall clock, and often enough in a fast run."""

import math

from services.simulator.reports import Reports
from services.simulator.telling import Telling
from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.logs import get_logger

CHECKPOINT_TICKS = 720
"""Half a simulated day: what a crash in a backfill has to compute again, at most."""


class Saving:
    """The checkpoint policy of the branch that is told."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._due_at = math.inf
        self._due_tick = 0

    def saved(self, telling: Telling) -> None:
        """The state of this tick is safe; the next checkpoint is due from here on."""
        self._due_at = self._clock.monotonic() + self._seconds
        self._due_tick = telling.city.tick + CHECKPOINT_TICKS

    async def if_due(self, telling: Telling, reports: Reports) -> None:
        """Save once everything told is on the broker; a disk that refuses is tried again when the next is due."""
        if self._clock.monotonic() < self._due_at and telling.city.tick < self._due_tick:
            return
        await reports.drained()
        try:
            telling.checkpoint()
        except Retryable as error:
            get_logger().warning("checkpoint.failed", reason=str(error))
        self.saved(telling)

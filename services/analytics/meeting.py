"""Keeps the directories ahead of the records that name people and venues."""

from dataclasses import dataclass

import polars as pl

from services.analytics.adapters.directory import CompactedReader
from services.analytics.domain.directories import Directories
from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.logs import get_logger

ASKING = ("requests", "simulation_control")
"""Topics on which questions and commands come: few, and answered from the rows."""


@dataclass(frozen=True, slots=True)
class MeetingPolicy:
    """How often the directories are read on anyway, and how long a row that is missing is waited for, in seconds.

    Friendships and lifecycles change rows of people who are known, which no record asks for; a second is fresh enough
    for what is said of them. Who asks, or has just loaded a saved state, wants them as they are: ``asked_s``. A row and
    the first record that names it are written within a tick.
    """

    every_s: float = 1.0
    asked_s: float = 0.1
    wait_s: float = 0.5


class Meeting:
    """One per worker."""

    def __init__(
        self, reader: CompactedReader, directories: Directories, clock: Clock, policy: MeetingPolicy | None = None
    ) -> None:
        self._reader = reader
        self._directories = directories
        self._clock = clock
        self._policy = policy or MeetingPolicy()
        self._read_s = float("-inf")

    async def meet(self, topic: str, frame: pl.DataFrame) -> None:
        """Read on until everybody these records name is known, or the rows are not coming.

        A row and the first record that names it are written at once, on two topics: either may be read first.

        Raises:
            Retryable: the broker does not answer, and somebody is unknown; starting anew reads everything again.

        """
        began = self._clock.monotonic()
        latest = began - (self._policy.asked_s if topic in ASKING else self._policy.every_s)
        unknown = self._directories.unknown(topic, frame)
        while unknown or self._read_s < latest:
            try:
                for batch in await self._reader.catch_up():
                    self._directories.learn(batch)
            except Retryable as error:
                if unknown:
                    raise
                get_logger().warning("rows are not read on", reason=str(error))
            self._read_s = self._clock.monotonic()
            if unknown:
                unknown = self._directories.unknown(topic, frame)
            if unknown and self._read_s - began > self._policy.wait_s:
                self._directories.give_up(unknown)
                get_logger().warning("rows missing", topic=topic, ids=sorted(unknown)[:3], missing=len(unknown))
                return

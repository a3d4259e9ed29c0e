"""The store as a part of the service: it waits for its database as long as it takes, and nothing else waits for it."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from confluent_kafka import KafkaException
from sqlalchemy import Engine

from services.analytics.adapters.city_clock import CityClock
from services.analytics.store import windows
from services.analytics.store.database import prepare, transaction
from services.analytics.store.days import Days, sizes
from services.analytics.store.retention import Retention
from services.analytics.store.writer import Writer, forget_positions, positions_of
from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import ConfigurationError, Fatal, Retryable
from streamkit.group_offsets import restore_offsets
from streamkit.health import Readiness
from streamkit.logs import get_logger
from streamkit.positions import Positions
from streamkit.records import Batch
from streamkit.retry import RetryPolicy, RetryState
from streamkit.runner import Runner
from streamkit.settings import KafkaSettings

PART = "event_store"
"""Its name on /readyz."""
PATIENCE = RetryPolicy(first_s=0.2, longest_s=10.0, limit_s=math.inf)
"""A database may be away for days: the topics keep what is not stored yet as long as their retention lasts."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept how long; 0 is for ever. Figures go by simulated days before the newest of their telling."""

    retention: Retention
    minute_days: int
    hour_days: int
    every_s: float


@dataclass(slots=True)
class Condition:
    """Whether the store can be asked, and what it last suffered from."""

    readiness: Readiness
    ready: bool = field(default=False)
    reason: str = field(default="starting")

    def well(self) -> None:
        """It works."""
        if not self.ready:
            self.ready, self.reason = True, ""
            metrics.STORE_READY.set(1)
            self.readiness.set(PART, ok=True)

    def suffers(self, reason: str) -> None:
        """It does not, and why."""
        self.ready, self.reason = False, reason
        metrics.STORE_READY.set(0)
        metrics.STORE_FAILURES.inc()
        self.readiness.set(PART, ok=False, detail=reason)


class Storing:
    """`Handler` of the store's runner: returns once the records are in the database."""

    def __init__(self, writer: Writer, condition: Condition) -> None:
        self._writer = writer
        self._condition = condition

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Store the records; raises as `Writer.write`."""
        try:
            with metrics.STORE_SECONDS.time():
                await asyncio.to_thread(self._writer.write, batches, positions)
        except Retryable as error:
            self._condition.suffers(str(error))
            raise
        self._condition.well()


class EventStore:
    """Prepares the database, then consumes and tidies up until told to stop. ``places`` are all partitions read."""

    def __init__(
        self,
        engine: Engine,
        kafka: KafkaSettings,
        group: str,
        places: Sequence[tuple[str, int]],
        runner: Runner,
        keeping: Keeping,
        condition: Condition,
        city: CityClock,
        clock: Clock,
        *,
        migrate: bool,
    ) -> None:
        self._engine = engine
        self._kafka = kafka
        self._group = group
        self._places = tuple(places)
        self._runner = runner
        self._keeping = keeping
        self._condition = condition
        self._city = city
        self._clock = clock
        self._migrate = migrate
        self._days = Days(engine)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop.

        Raises:
            Fatal: the consumer ended, or the database refuses what cannot be otherwise.

        """
        await self._patiently(self._prepare, stop)
        await self._patiently(self._restore, stop)
        if stop.is_set():
            return
        self._condition.well()
        tidying = asyncio.create_task(self._tidy(stop))
        try:
            await self._runner.run(stop)
        finally:
            tidying.cancel()

    async def _patiently(self, attempt: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        retry = RetryState()
        while not stop.is_set():
            try:
                await attempt()
            except ConfigurationError:
                raise
            except (Retryable, Fatal) as error:
                self._condition.suffers(str(error))
                pause = retry.next_pause(PATIENCE, self._clock.monotonic(), Retryable(str(error)))
                get_logger().warning("the event store waits", reason=str(error), again_in_seconds=round(pause, 1))
                await sleep_or_stop(self._clock, pause, stop)
            else:
                return

    async def _prepare(self) -> None:
        await asyncio.to_thread(lambda: prepare(self._engine, migrate=self._migrate))

    async def _restore(self) -> None:
        """Read from where the database is, also where it is a new one."""
        if not await restore_offsets(self._kafka, self._group, self._stored):
            get_logger().warning("the topics are not those of the stored positions: reading from the group's offsets")
            await asyncio.to_thread(self._forget)

    def _stored(self) -> Positions:
        with transaction(self._engine) as cursor:
            return dict.fromkeys(self._places, 0) | positions_of(cursor)

    def _forget(self) -> None:
        with transaction(self._engine) as cursor:
            forget_positions(cursor)

    async def _tidy(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._city.look()
                dropped, size, held = await asyncio.to_thread(self._tidied)
            except (Retryable, KafkaException) as error:  # writing meets the same, backs off and says so
                get_logger().warning("the event store is not tidied", reason=str(error))
            else:
                metrics.STORE_BYTES.set(size)
                metrics.STORE_DAYS.set(held)
                if dropped:
                    get_logger().info("days dropped from the event store", days=dropped)
            await sleep_or_stop(self._clock, self._keeping.every_s, stop)

    def _tidied(self) -> tuple[list[int], int, int]:
        """What was dropped, and what the rest takes."""
        keeping = self._keeping
        dropped = self._days.drop_old(keeping.retention, self._city.known)
        with transaction(self._engine) as cursor:
            newest = windows.newest(cursor)
            windows.roll_up(cursor, _before(newest, keeping.minute_days), _before(newest, keeping.hour_days))
            left = sizes(cursor)
        return dropped, sum(day.size for day in left), len(left)


def _before(newest: dict[int, int], days: int) -> dict[int, int]:
    return {scope: at - days * windows.DAY_US for scope, at in newest.items()} if days else {}

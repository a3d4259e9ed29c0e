"""Composition root of the booking service: the one place that sees all adapters."""

import asyncio

from sqlalchemy import Engine

from services.booking.adapters.database import connect, prepare
from services.booking.adapters.memory import MemoryState
from services.booking.adapters.outbox import Relay
from services.booking.adapters.postgres import PostgresState
from services.booking.domain.policy import Policy
from services.booking.events import SOURCE
from services.booking.fail_points import FailPoint, fail_at
from services.booking.host import FOREIGN, Host
from services.booking.processor import SUBSCRIPTIONS, BookingProcessor
from services.booking.settings import Settings
from streamkit.broker import wait_for_broker
from streamkit.clock import Clock, SystemClock, sleep_or_stop
from streamkit.codec.registry import codec_for
from streamkit.consumer import Consumer
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.errors import Fatal, Retryable
from streamkit.group_offsets import restore_offsets
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import LongRunning, Service
from streamkit.logs import get_logger
from streamkit.positions import Positions
from streamkit.producer import Producer
from streamkit.progress import Progress
from streamkit.runner import Runner, RunnerPolicy

DATABASE_DEADLINE_S = 120.0
DATABASE_PAUSE_S = 1.0


def in_memory_processor(policy: Policy | None = None) -> BookingProcessor:
    """The processor on dictionaries, for the lock-step host."""
    return BookingProcessor(MemoryState(), policy)


class Prepared:
    """Readies tables and offsets, then runs relay and runner."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        state: PostgresState,
        relay: Relay,
        runner: Runner,
        ready: Readiness,
        fail_point: FailPoint,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._state = state
        self._relay = relay
        self._runner = runner
        self._ready = ready
        self._fail_point = fail_point
        self._clock: Clock = SystemClock()

    async def run(self, stop: asyncio.Event) -> None:
        """Prepare, consume until told to stop."""
        await self._prepare_database(stop)
        self._ready.set("database", ok=True)
        await wait_for_broker(self._settings.kafka, SUBSCRIPTIONS, self._clock, stop)
        if stop.is_set():
            return
        await self._restore()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._relay.run(stop))
            try:
                await self._runner.run(stop)
            finally:
                stop.set()

    async def _prepare_database(self, stop: asyncio.Event) -> None:
        deadline = self._clock.monotonic() + DATABASE_DEADLINE_S
        while not stop.is_set():
            try:
                migrate = self._settings.database.migrate
                await asyncio.to_thread(prepare, self._engine, migrate=migrate, fail_point=self._fail_point)
            except Retryable as error:
                if self._clock.monotonic() > deadline:
                    raise Fatal(str(error)) from error
                get_logger().warning("waiting for the database", reason=str(error))
                await sleep_or_stop(self._clock, DATABASE_PAUSE_S, stop)
            else:
                return

    async def _restore(self) -> None:
        if not await restore_offsets(self._settings.kafka, self._settings.booking.group, self._stored):
            get_logger().warning("the topics are not those of the stored positions: reading from the group's offsets")
            with self._state.transaction():
                self._state.forget_positions()

    def _stored(self) -> Positions:
        with self._state.transaction():
            stored = self._state.positions()
        # fetches that do not concern booking move the group alone: it is ahead there in its everyday life
        return {place: offset for place, offset in stored.items() if place[0] not in FOREIGN}


class Pool:
    """The database connections as a resource of the service."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.to_thread(self._engine.dispose)


def build(settings: Settings) -> Service:
    """The service: health, relay, runner."""
    clock = SystemClock()
    catalogue = Catalogue.load()
    codec = codec_for(settings, catalogue, SOURCE)
    ready = Readiness("database")
    engine = connect(
        settings.database.url.get_secret_value(), settings.database.pool_size, settings.database.pool_wait_s
    )
    state = PostgresState(engine)
    producer = Producer(settings.kafka, codec, clock)
    fail_point = fail_at(settings.booking.fail_point)
    relay = Relay(engine, producer, clock, fail_point)
    host = Host(BookingProcessor(state), state, relay, codec, clock, fail_point)
    consumer = Consumer(settings.kafka, settings.booking.group, SUBSCRIPTIONS, clock, around_commit=fail_point)
    progress = Progress(SOURCE, settings.instance_name, producer, clock)
    policy = RunnerPolicy(dead_letters=DeadLetterPolicy(settings.kafka.poison_limit))
    runner = Runner(consumer, host, catalogue, codec, producer, clock, progress, ready, policy)
    parts: list[LongRunning] = [
        HealthServer(settings.health_port, ready, settings.health_host),
        Prepared(settings, engine, state, relay, runner, ready, fail_point),
    ]
    return Service(parts, [Pool(engine), producer])

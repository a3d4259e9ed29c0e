"""Puts the store together: its consumer, its answers and its replays, each a part of the analytics process."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from services.analytics.adapters.city_clock import TOPIC as TICKS
from services.analytics.adapters.city_clock import CityClock
from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.settings import AnalyticsSettings
from services.analytics.store.answering import StoreAnswering
from services.analytics.store.database import connect
from services.analytics.store.host import PATIENCE, Condition, EventStore, Keeping, Storing
from services.analytics.store.retention import Retention
from services.analytics.store.rows import stored_topics
from services.analytics.store.telling import Teller, Telling
from services.analytics.store.writer import Writer
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.consumer import Consumer
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.health import Readiness
from streamkit.lifecycle import LongRunning, Resource
from streamkit.producer import Producer
from streamkit.runner import Runner, RunnerPolicy


@dataclass(frozen=True, slots=True)
class BuiltStore:
    """What the service runs, what it closes at its end, and whom it hands questions to."""

    parts: Sequence[LongRunning]
    resources: Sequence[Resource]
    answering: StoreAnswering


class Pool:
    """The database connections as a resource of the service."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.to_thread(self._engine.dispose)


def build_store(
    settings: AnalyticsSettings,
    catalogue: Catalogue,
    codec: Codec,
    producer: Producer,
    readiness: Readiness,
    around: Callable[[str], None] = lambda _: None,
) -> BuiltStore:
    """The event store of a process. Tests kill the process ``around`` the steps of a transaction."""
    own, clock = settings.store, SystemClock()
    kafka = settings.kafka.model_copy(update={"max_batch_records": own.batch_records})
    topics = stored_topics(catalogue)
    places = [(topic, number) for topic in topics for number in range(catalogue.topics[topic].partitions)]
    engine = connect(settings.database)
    condition = Condition(readiness)
    storing = Storing(Writer(engine, own.group, around), condition)
    consumer = Consumer(kafka, own.group, topics, clock)
    policy = RunnerPolicy(PATIENCE, DeadLetterPolicy(kafka.poison_limit))
    # without progress and readiness of its own: neither the simulator nor anybody else waits for the store
    runner = Runner(consumer, storing, catalogue, codec, producer, clock, policy=policy)
    keeping = Keeping(
        Retention(own.keep_days, own.keep_mib, settings.analytics.future_minutes * MINUTE_US),
        own.keep_minute_days,
        own.keep_hour_days,
        own.tidy_every_s,
    )
    city = CityClock(kafka, codec, clock, catalogue.topics[TICKS].partitions)
    migrate = settings.database.migrate
    store = EventStore(engine, kafka, own.group, places, runner, keeping, condition, city, clock, migrate=migrate)
    answering = StoreAnswering(engine, codec, topics, producer, clock, condition, own.replays_at_once)
    teller = Teller(f"{settings.instance_name}-{clock.now_us()}", own.replays_at_once)
    telling = Telling(engine, codec, producer, clock, condition, teller)
    return BuiltStore([store, answering, telling], [Pool(engine), city], answering)

"""Composition root of analytics: the one place that sees Kafka, Faust and the folds together."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from faust.types import TP

from services.analytics.adapters.changelog import ChangelogWriter
from services.analytics.adapters.city_clock import CityClock
from services.analytics.adapters.dead_letters import DeadLetters
from services.analytics.adapters.directory import CompactedReader
from services.analytics.adapters.faust_app import FaustPlan, build_faust, held_partitions
from services.analytics.adapters.following import Follower
from services.analytics.adapters.outbox import Post
from services.analytics.adapters.restoring import Cells, Restored, read_changelog
from services.analytics.adapters.snapshot_shelf import SnapshotShelf
from services.analytics.adapters.tables import TableCells
from services.analytics.adapters.topics import ensure_compacted
from services.analytics.adapters.watchdog import StallPolicy, Watchdog
from services.analytics.answers import Answering
from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.domain.cells import MemoryCells
from services.analytics.domain.directories import DIRECTORIES
from services.analytics.domain.learning import LearningParameters
from services.analytics.fail_points import fail_at
from services.analytics.host import REQUESTS, ChunkHost, HostPolicy
from services.analytics.intake import Intake
from services.analytics.processor import FOLDED, AnalyticsProcessor, Limits
from services.analytics.settings import ANOMALIES_FILE, PREFERENCES_FILE, AnalyticsSettings, read_learning, read_watched
from services.analytics.snapshots import SnapshotDesk
from services.analytics.store.answering import StoreAnswering
from services.analytics.store.app import build_store
from services.analytics.transport import verify_hooks
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.codec.registry import codec_for
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.errors import Fatal
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import Service
from streamkit.producer import Producer

STOP_LIMIT_S = 10.0
"""Faust leaves its group and stops its threads within; the state is already saved."""

TOPICS = (*FOLDED, REQUESTS)


def in_memory_processors(
    learning: LearningParameters | None = None, limits: Limits | None = None
) -> Sequence[AnalyticsProcessor]:
    """The processors of a lock-step host: aggregates, journeys and preferences over state in memory."""
    learned = learning or read_learning(PREFERENCES_FILE)
    return [AnalyticsProcessor(MemoryCells(), learned, limits, read_watched(ANOMALIES_FILE))]


def build(settings: AnalyticsSettings) -> Service:
    """Everything that runs in an analytics process."""
    verify_hooks()
    own, kafka, clock = settings.analytics, settings.kafka, SystemClock()
    catalogue = Catalogue.load()
    codec = codec_for(settings, catalogue, "analytics")
    partitions = catalogue.topics[DIRECTORIES[0]].partitions
    producer = Producer(kafka, codec, clock)
    plan = FaustPlan(
        own.group,
        kafka.bootstrap_servers,
        TOPICS,
        partitions,
        settings.data_dir / "analytics" / settings.instance_name,
        own.chunk_records,
        own.commit_interval_s,
        kafka.session_timeout_ms / 1000,
        settings.instance,
    )
    readiness = Readiness("state")
    store = build_store(settings, catalogue, codec, producer, readiness) if settings.store.enabled else None
    worker = Worker(plan, settings, codec, producer, readiness, store.answering if store else None)
    policy = StallPolicy(own.stall_limit_s)
    watchdog = Watchdog(kafka, clock, policy, own.group, TOPICS, partitions, lambda: worker.host.progress)
    health = HealthServer(settings.health_port, readiness, settings.health_host)
    parts, resources = (store.parts, store.resources) if store else ((), ())
    return Service(
        [health, worker, watchdog, *parts], [producer, worker.directory, worker.follower, worker.city, *resources]
    )


class Worker:
    """The Faust application with its host, as one part of the service."""

    def __init__(
        self,
        plan: FaustPlan,
        settings: AnalyticsSettings,
        codec: Codec,
        producer: Producer,
        readiness: Readiness,
        store: StoreAnswering | None,
    ) -> None:
        own, clock = settings.analytics, SystemClock()
        self._plan = plan
        self._kafka = settings.kafka
        self._readiness = readiness
        self._instance = settings.instance_name
        self._fail_point = fail_at(own.fail_point)
        self._app, self._table = build_faust(
            plan, self._offer, self._restore, self._recovered, self._positions, self._leave, self._whole
        )
        self._changelog = ChangelogWriter(settings.kafka, plan.changelog)
        self._restored = Restored()
        cells = TableCells(self._table.data.data, self._changelog)
        self.follower = Follower(settings.kafka, plan.changelog)
        self.directory = CompactedReader(settings.kafka, codec, DIRECTORIES, plan.partitions)
        self.city = CityClock(settings.kafka, codec, clock, plan.partitions)
        processor = AnalyticsProcessor(
            cells, read_learning(own.preferences_file), own.limits(), read_watched(own.anomalies_file)
        )
        shelf = SnapshotShelf(settings.kafka, plan.snapshots, plan.changelog)
        self.host = ChunkHost(
            HostPolicy(own.group, settings.instance_name, own.gather_records),
            processor,
            cells,
            self.directory,
            self.follower,
            SnapshotDesk(cells, processor, shelf, plan.partitions, clock),
            Intake(
                own.group,
                codec,
                DeadLetters(producer, own.group, DeadLetterPolicy(settings.kafka.poison_limit)),
                self.city,
                own.future_minutes * MINUTE_US,
            ),
            Post(codec, producer),
            Answering(clock, store),
            clock,
        )
        self._failure: asyncio.Future[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop.

        Raises:
            Exception: whatever ended the Faust application or the host.

        """
        self._plan.data_dir.mkdir(parents=True, exist_ok=True)
        for topic in (self._plan.changelog, self._plan.snapshots):
            await ensure_compacted(self._kafka, topic, self._plan.partitions)
        failure = self._failure = asyncio.get_running_loop().create_future()
        working = asyncio.create_task(self.host.run(stop))
        starting = asyncio.create_task(self._app.start())
        crashing = asyncio.create_task(self._app.wait_until_stopped())
        waits: set[asyncio.Future[None]] = {working, crashing, failure}
        try:
            done, _ = await asyncio.wait({*waits, starting}, return_when=asyncio.FIRST_COMPLETED)
            if done == {starting} and starting.exception() is None:
                done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if self._app.crash_reason is not None:
                raise self._app.crash_reason
        finally:
            self._readiness.set("state", False, "stopping")
            async with asyncio.timeout(STOP_LIMIT_S):
                await self._app.stop()
            for task in (working, starting, crashing):
                task.cancel()

    async def _offer(self, *arrived: object) -> None:
        await self._fail_point()
        await self.host.offer(*arrived)  # type: ignore[arg-type]

    async def _leave(self) -> None:
        await self.host.leave()

    def _whole(self) -> bool:
        return self.host.progress.held is not None

    async def _restore(self, cells: Cells, partitions: Collection[int]) -> Restored:
        """Read the table back; Faust goes on without what its callbacks raise, so a failure is carried past it."""
        try:
            async with self.host.at_rest:
                claims = await self._changelog.claim(partitions, self._instance)
                self._restored = await read_changelog(self._kafka, self._plan.changelog, cells, claims)
                return self._restored
        except Exception as error:
            self._fail(error)
            raise

    async def _recovered(self) -> None:
        """Take over the recovered table. Faust drops what a callback raises, so it is carried past it."""
        try:
            held = held_partitions(self._app, *self._plan.topics)
            if held != held_partitions(self._app, self._plan.changelog):
                raise Fatal("assigned records without their part of the changelog: its topic was not known yet")  # noqa: TRY301
            await self.host.reload(held, set(range(self._plan.partitions)) - held, self._restored)
            self._readiness.set("state", True)
        except Exception as error:  # noqa: BLE001 - whatever it is must end the process
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)

    def _positions(self, partitions: Collection[TP]) -> Mapping[TP, int]:
        applied = self.host.applied
        return {tp: applied[tp.topic, tp.partition] for tp in partitions if (tp.topic, tp.partition) in applied}

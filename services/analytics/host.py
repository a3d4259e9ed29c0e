"""Hosts the processor on Faust: chunks in; dead letters, commit, publishing, acknowledgement out, in that order.

Chunks that wait are folded together and saved by one commit. The commit holds the rows to publish, so whatever is
killed when, a restart publishes the same rows again or none, and counts every record once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from services.analytics.adapters.directory import CompactedReader
from services.analytics.adapters.following import Follower
from services.analytics.adapters.outbox import Letters, Post, packed
from services.analytics.adapters.restoring import Restored
from services.analytics.adapters.tables import TableCells
from services.analytics.adapters.watchdog import Progress
from services.analytics.answers import Answering
from services.analytics.arriving import Arrived, together
from services.analytics.domain.emitting import Row, outgoing
from services.analytics.intake import Intake
from services.analytics.meeting import Meeting
from services.analytics.processor import AnalyticsProcessor
from services.analytics.progress import progress_row
from services.analytics.snapshots import SnapshotDesk
from services.analytics.transport import Chunk
from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import Fatal
from streamkit.logs import get_logger
from streamkit.positions import Positions, print_positions
from streamkit.records import Outgoing

REQUESTS = "requests"
CONTROL = "simulation_control"
INBOX = 256
"""Chunks that wait at most; Faust pauses fetching behind it."""


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """Who we are in the group, and how many records are folded together, or how long they are gathered.

    A fold costs by its chunks far more than by their records, so that records are gathered as long as the last fold
    took: a worker that keeps up folds half of its time at most, and under load the inbox is full at once.
    """

    group: str
    instance: str
    gather_records: int
    gather_s: float = 0.05
    gather_most_s: float = 0.5
    follow_s: float = 0.25

    def gathering(self, folded_s: float) -> float:
        """Seconds to gather after a fold that took so long."""
        return min(max(self.gather_s, folded_s), self.gather_most_s)


class ChunkHost:
    """One per worker. `offer` is called by the agent, `reload` after recovery, `run` does the work."""

    def __init__(
        self,
        policy: HostPolicy,
        processor: AnalyticsProcessor,
        cells: TableCells,
        directory: CompactedReader,
        follower: Follower,
        desk: SnapshotDesk,
        intake: Intake,
        post: Post,
        answering: Answering,
        clock: Clock,
    ) -> None:
        self._policy = policy
        self._processor = processor
        self._cells = cells
        self._directory = directory
        self._meeting = Meeting(directory, processor.directories, clock)
        self._follower = follower
        self._desk = desk
        self._intake = intake
        self._post = post
        self._answering = answering
        self._clock = clock
        self._inbox: asyncio.Queue[Arrived] = asyncio.Queue(INBOX)
        self._working = asyncio.Lock()
        self._expected: Positions = {}
        self._unpublished: Mapping[int, Sequence[bytes]] = {}
        self._moved: Positions = {}
        self._waiting_records = 0
        self._folded_s = 0.0
        self._assignment = 0
        self._late = 0
        self._duplicates = 0
        self._held: frozenset[int] | None = None
        self._restored = False

    @property
    def applied(self) -> Positions:
        """Next offset of every partition, effects durable below it."""
        return dict(self._expected)

    @property
    def progress(self) -> Progress:
        """What the watchdog looks at; nothing is held from `leave` until `reload`."""
        return Progress(self._held, self.applied)

    async def offer(self, topic: str, partition: int, chunk: Chunk, acknowledge: Callable[[], object]) -> None:
        """Take a chunk from the agent; waits while the inbox is full."""
        await self._inbox.put(Arrived(topic, partition, chunk, acknowledge, self._assignment))
        self._waiting_records += len(chunk)

    @property
    def at_rest(self) -> asyncio.Lock:
        """Held while a batch is worked on: whoever holds it finds the table between two commits."""
        return self._working

    async def leave(self) -> None:
        """Save what is in hand, then touch nothing until `reload`: another worker may get the partitions."""
        self._assignment += 1
        async with self._working:
            self._cells.restore((), Restored())
            self._unpublished, self._moved, self._held = {}, {}, None

    async def reload(self, partitions: Collection[int], others: Collection[int], restored: Restored) -> None:
        """Start over from the recovered table, before any record of the new assignment comes.

        What waits from the assignment before is dropped: it comes again, from where the state is.
        """
        async with self._working:
            self._assignment += 1
            # in threads: Kafka takes a member for dead that says nothing while much state is read
            self._unpublished = await asyncio.to_thread(self._cells.restore, partitions, restored)
            await self._cells.seal(self._unpublished)
            self._expected = self._cells.positions
            self._moved = {}
            await asyncio.to_thread(self._processor.load, self._expected)
            self._held, self._restored = frozenset(partitions), True
            self._late = 0
            await asyncio.to_thread(self._desk.restart)
            await self._follower.follow(others)
            await self._follow()
            unpublished = sum(len(Letters.unpack(part)) for parts in self._unpublished.values() for part in parts)
            get_logger().info("state restored", partitions=sorted(partitions), unpublished=unpublished)

    async def _follow(self) -> bool:
        """Take what other workers have saved meanwhile; whether there was anything."""
        changes = await self._follower.changes()
        for partition, change in changes:
            self._processor.follow(partition, change.cells, change.positions)
            self._desk.follow(partition, change.cells)
        return bool(changes)

    async def run(self, stop: asyncio.Event) -> None:
        """Work off the inbox until told to stop."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                first = await self._next(stopping)
                if stop.is_set():
                    break
                if first:
                    self._waiting_records -= len(first[0].chunk)
                    await self._gather(stop)
                async with self._working:
                    began = self._clock.monotonic()
                    await self._handle([*first, *self._waiting()])
                    self._folded_s = self._clock.monotonic() - began
            async with self._working:
                await self._cells.close_outbox()
        finally:
            stopping.cancel()

    async def _next(self, stopping: asyncio.Task[bool]) -> list[Arrived]:
        """The next chunk; none where it is time to look at what other workers did, or to stop."""
        getting = asyncio.create_task(self._inbox.get())
        await asyncio.wait((getting, stopping), timeout=self._policy.follow_s, return_when=asyncio.FIRST_COMPLETED)
        if getting.done():
            return [getting.result()]
        getting.cancel()
        return []

    async def _gather(self, stop: asyncio.Event) -> None:
        """Let chunks come together: for their time, or until there are enough."""
        until = self._clock.monotonic() + self._policy.gathering(self._folded_s)
        while (left := until - self._clock.monotonic()) > 0 and not stop.is_set():
            if self._inbox.full() or self._waiting_records >= self._policy.gather_records:
                return
            await sleep_or_stop(self._clock, min(left, self._policy.gather_s), stop)

    def _waiting(self) -> list[Arrived]:
        waiting: list[Arrived] = []
        records = 0
        while not self._inbox.empty() and records < self._policy.gather_records:
            waiting.append(self._inbox.get_nowait())
            records += len(waiting[-1].chunk)
        self._waiting_records -= records
        return waiting

    async def _handle(self, arrived: Sequence[Arrived]) -> None:
        """Fold, save, publish. Chunks of an assignment before come again, to whoever holds their partition now."""
        if self._held is None:
            return
        began = self._clock.monotonic()
        arrived = [one for one in arrived if one.assignment == self._assignment]
        if self._unpublished:
            await self._post.send(Letters.unpack(part) for parts in self._unpublished.values() for part in parts)
            self._unpublished = {}
            await self._cells.close_outbox()
        followed = await self._follow() or self._restored
        self._restored = False
        outbox: dict[int, list[Outgoing]] = {}
        replies: list[tuple[str, Row]] = []
        records: Counter[str] = Counter()
        for one in together(arrived):
            chunk = await self._unapplied(one)
            if chunk is None:
                continue
            outbox.setdefault(one.partition, []).extend(await self._fold(one.topic, one.partition, chunk, replies))
            self._moved[one.topic, one.partition] = self._expected[one.topic, one.partition] = chunk.next_offset
            records[one.topic] += len(chunk)
            await asyncio.sleep(0)  # probes and questions are heard between two folds of a large batch
        stirred = self._processor.stirred or bool(replies)
        closed = self._processor.settle() if stirred or followed else []
        if stirred or closed:
            await self._save(outbox, closed, replies)
            metrics.BATCH_SECONDS.labels(self._policy.group).observe(self._clock.monotonic() - began)
            metrics.BATCH_RECORDS.labels(self._policy.group).observe(records.total())
        for topic, count in records.items():
            metrics.CONSUMED.labels(self._policy.group, topic).inc(count)
        await self._obey()
        for one in arrived:
            one.acknowledge()

    async def _obey(self) -> None:
        """Go on with commands; what they did is saved before they are acknowledged."""
        told = await self._desk.work()
        if told is not None:
            letters = {partition: self._post.encode(rows) for partition, rows in told.items()}
            await self._cells.commit({}, packed(letters))
            await self._post.send(one for part in letters.values() for one in part)

    async def _unapplied(self, one: Arrived) -> Chunk | None:
        """The part of a chunk that is not applied yet; None where all is.

        Raises:
            Fatal: records before it that the broker still has did not arrive; starting anew reads them.

        """
        expected = self._expected.get((one.topic, one.partition), 0)
        first = one.chunk.offsets[0]
        if first > expected and await self._directory.earliest(one.topic, one.partition) < first:
            raise Fatal(f"{one.topic}:{one.partition} went from {expected} to {first}: records were passed over")
        return one.chunk if first >= expected else one.chunk.beginning_at(expected)

    async def _fold(self, topic: str, partition: int, chunk: Chunk, replies: list[tuple[str, Row]]) -> list[Outgoing]:
        frame = await self._intake.read(topic, partition, chunk)
        await self._meeting.meet(topic, frame)
        if topic == REQUESTS:
            replies += self._answering.answer(self._processor.live, frame)
            return []
        if topic == CONTROL:
            self._desk.hear(partition, frame)
        return self._processor.fold(topic, partition, frame, chunk.next_offset)

    async def _save(
        self,
        outbox: dict[int, list[Outgoing]],
        closed: Sequence[Outgoing],
        replies: Sequence[tuple[str, Row]],
    ) -> None:
        """Make everything folded since the last commit durable, then say it.

        What the services say of themselves comes on a topic that we write to: a commit for each of our own records
        would make the next one, for ever. Such records wait for the next that matters.
        """
        moved, self._moved = self._moved, {}
        self._count_strays()
        settling = self._processor.settling_partition
        if closed and settling is not None:
            outbox.setdefault(settling, []).extend(closed)
            metrics.WINDOWS_CLOSED.inc(sum(one.rows for one in closed))
        letters = {partition: self._post.encode(told) for partition, told in outbox.items()}
        await self._cells.commit(moved, packed(letters))
        told = list(replies)
        if self._processor.live is not None:
            told.append(progress_row(self._processor.live, self._policy.instance, self._clock.now_us(), self._expected))
        saved = [one for part in letters.values() for one in part]
        await self._post.send(saved, outgoing(told))
        metrics.PREFERENCES_UPDATED.inc(sum(len(one) for one in saved if one.topic == "preferences"))
        rows = sum(map(len, saved))
        get_logger().info("chunks folded", rows=rows, replies=len(replies), positions=print_positions(moved))

    def _count_strays(self) -> None:
        metrics.LATE.inc(max(0, self._processor.late - self._late))  # a branch that is over takes its own along
        self._late = self._processor.late
        metrics.DUPLICATES.labels(self._policy.group).inc(self._processor.duplicates - self._duplicates)
        self._duplicates = self._processor.duplicates

"""Hosts the processor on Faust: chunks in; dead letters, commit, publishing, acknowledgement out, in that order.

Chunks that wait are folded together and saved by one commit. The commit holds the rows to publish, so whatever is
killed when, a restart publishes the same rows again or none, and counts every record once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.analytics.adapters.dead_letters import DeadLetters, keyed, ours
from services.analytics.adapters.directory import CompactedReader
from services.analytics.adapters.tables import TableCells
from services.analytics.answers import Answering
from services.analytics.domain.emitting import Row, in_time, outgoing
from services.analytics.processor import AnalyticsProcessor
from services.analytics.progress import progress_row
from services.analytics.transport import Chunk
from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.codec import Codec
from streamkit.errors import Fatal
from streamkit.logs import get_logger
from streamkit.positions import Positions, print_positions
from streamkit.producer import Producer

REQUESTS = "requests"
INBOX = 256
"""Chunks that wait at most; Faust pauses fetching behind it."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A chunk handed on by the agent; ``acknowledge`` lets Faust commit it."""

    topic: str
    partition: int
    chunk: Chunk
    acknowledge: Callable[[], object]


def together(arrived: Sequence[Arrived]) -> Sequence[Arrived]:
    """The chunks of each partition as few as they can be, in order of their first: a fold costs more than a record."""
    found: dict[tuple[str, int, int], Arrived] = {}
    last: dict[tuple[str, int], int] = {}
    for number, one in enumerate(arrived):
        place = one.topic, one.partition
        before = found[*place, last[place]] if place in last else None
        joined = before.chunk.followed_by(one.chunk) if before else None
        if before and joined:
            found[*place, last[place]] = replace(before, chunk=joined)
        else:
            last[place] = number
            found[*place, number] = one
    return list(found.values())


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """Who we are in the group, and how many records are folded together, or how long they are gathered.

    A fold costs by its chunks far more than by their records, so that records are gathered twice as long as the last
    fold took: at a trickle a worker folds a third of its time at most, and under load the inbox is full at once.
    """

    group: str
    instance: str
    gather_records: int
    gather_s: float = 0.05
    gather_most_s: float = 0.5

    def gathering(self, folded_s: float) -> float:
        """Seconds to gather after a fold that took so long."""
        return min(max(self.gather_s, 2 * folded_s), self.gather_most_s)


class ChunkHost:
    """One per worker. `offer` is called by the agent, `reload` after recovery, `run` does the work."""

    def __init__(
        self,
        policy: HostPolicy,
        processor: AnalyticsProcessor,
        cells: TableCells,
        directory: CompactedReader,
        codec: Codec,
        producer: Producer,
        dead_letters: DeadLetters,
        answering: Answering,
        clock: Clock,
    ) -> None:
        self._policy = policy
        self._processor = processor
        self._cells = cells
        self._directory = directory
        self._codec = codec
        self._producer = producer
        self._dead_letters = dead_letters
        self._answering = answering
        self._clock = clock
        self._inbox: asyncio.Queue[Arrived] = asyncio.Queue(INBOX)
        self._working = asyncio.Lock()
        self._expected: Positions = {}
        self._unpublished: list[tuple[str, Row]] = []
        self._moved: Positions = {}
        self._waiting_records = 0
        self._folded_s = 0.0

    @property
    def applied(self) -> Positions:
        """Next offset of every partition, effects durable below it."""
        return dict(self._expected)

    async def offer(self, topic: str, partition: int, chunk: Chunk, acknowledge: Callable[[], object]) -> None:
        """Take a chunk from the agent; waits while the inbox is full."""
        await self._inbox.put(Arrived(topic, partition, chunk, acknowledge))
        self._waiting_records += len(chunk)

    @property
    def at_rest(self) -> asyncio.Lock:
        """Held while a batch is worked on: whoever holds it finds the table between two commits."""
        return self._working

    async def reload(self, partitions: set[int]) -> None:
        """Start over from the recovered table, before any record of the new assignment comes."""
        async with self._working:
            self._unpublished = in_time(self._cells.restore(partitions))
            self._expected = self._cells.positions
            self._moved = {}
            self._processor.load(self._expected)
            get_logger().info("state restored", partitions=sorted(partitions), unpublished=len(self._unpublished))

    async def run(self, stop: asyncio.Event) -> None:
        """Work off the inbox until told to stop."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                getting = asyncio.create_task(self._inbox.get())
                await asyncio.wait((getting, stopping), return_when=asyncio.FIRST_COMPLETED)
                if not getting.done():
                    getting.cancel()
                    break
                self._waiting_records -= len(getting.result().chunk)
                await self._gather(stop)
                async with self._working:
                    began = self._clock.monotonic()
                    await self._handle([getting.result(), *self._waiting()])
                    self._folded_s = self._clock.monotonic() - began
            await self._cells.close_outbox()
        finally:
            stopping.cancel()

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
        """Fold, save, publish. Chunks of partitions that have moved away meanwhile are their new owner's to handle."""
        began = self._clock.monotonic()
        held = set(self._cells.partitions())
        arrived = [one for one in arrived if one.partition in held]
        if self._unpublished:
            await self._producer.publish(outgoing(self._unpublished))
            self._unpublished = []
            await self._cells.close_outbox()
        outbox: dict[int, list[tuple[str, Row]]] = {}
        replies: list[tuple[str, Row]] = []
        records = 0
        for one in together(arrived):
            chunk = await self._unapplied(one)
            if chunk is None:
                continue
            rows = await self._fold(one.topic, one.partition, chunk, replies)
            outbox.setdefault(one.partition, []).extend(rows)
            self._moved[one.topic, one.partition] = self._expected[one.topic, one.partition] = chunk.next_offset
            metrics.CONSUMED.labels(self._policy.group, one.topic).inc(len(chunk))
            records += len(chunk)
        if self._processor.stirred or replies:
            await self._save(outbox, replies)
            metrics.BATCH_SECONDS.labels(self._policy.group).observe(self._clock.monotonic() - began)
            metrics.BATCH_RECORDS.labels(self._policy.group).observe(records)
        for one in arrived:
            one.acknowledge()

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

    async def _fold(
        self, topic: str, partition: int, chunk: Chunk, replies: list[tuple[str, Row]]
    ) -> list[tuple[str, Row]]:
        mine = ours(chunk, self._policy.group)
        frame = self._codec.decode(topic, []).frame
        if mine:
            frame, poison = keyed(topic, mine, self._codec.decode(topic, mine.values))
            await self._dead_letters.bury(topic, partition, mine, poison)
        if topic == REQUESTS:
            replies += self._answering.answer(self._processor.live, frame)
            return []
        if self._processor.missing_venues(topic, frame):
            for batch in await self._directory.catch_up():
                self._processor.learn_venues(batch)
        return self._processor.fold(topic, partition, frame, chunk.next_offset)

    async def _save(self, outbox: dict[int, list[tuple[str, Row]]], replies: list[tuple[str, Row]]) -> None:
        """Make everything folded since the last commit durable, then say it.

        What the services say of themselves comes on a topic that we write to: a commit for each of our own records
        would make the next one, for ever. Such records wait for the next that matters.
        """
        moved, self._moved = self._moved, {}
        closed = self._processor.settle()
        settling = self._processor.settling_partition
        if closed and settling is not None:
            outbox.setdefault(settling, []).extend(closed)
            metrics.WINDOWS_CLOSED.inc(len(closed))
        rows = in_time(row for part in outbox.values() for row in part)
        await self._cells.commit(moved, outbox)
        told = [*rows, *replies]
        if self._processor.live is not None:
            told.append(progress_row(self._processor.live, self._policy.instance, self._clock.now_us(), self._expected))
        await self._producer.publish(outgoing(told))
        metrics.PREFERENCES_UPDATED.inc(sum(topic == "preferences" for topic, _ in rows))
        get_logger().info("chunks folded", rows=len(rows), replies=len(replies), positions=print_positions(moved))

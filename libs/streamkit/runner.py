"""Hosts a handler on a source of records: batches in, effects durable, then offsets committed and progress told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from streamkit import dlq, logs, metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetter, DeadLetterPolicy, DeadLetterState
from streamkit.errors import Fatal, Poison, Retryable
from streamkit.garbage import set_aside
from streamkit.health import Readiness
from streamkit.positions import Positions, advance
from streamkit.progress import Progress
from streamkit.raw import RawBatch, decode
from streamkit.records import Batch
from streamkit.retry import RetryPolicy, RetryState
from streamkit.source import Assigned, Event, Fetched, Revoked, Source


class Handler(Protocol):
    """What a service does with the records it reads."""

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Make the effect of the batches durable before returning: their offsets are committed right after.

        ``positions`` are the next offsets of every owned partition once these batches are handled. The same records
        may come again after a crash: be idempotent by event_id.

        Raises:
            Retryable: the same batches are handed over again after a pause.
            Poison: that record goes to the dead-letter topic, and the batches come again without it.
            Fatal: the process ends.

        """
        ...


@runtime_checkable
class Rebuilding(Protocol):
    """A handler whose state is in memory: before it goes live it is told everything up to the committed offsets."""

    async def begin(self) -> None:
        """Forget all state; partitions have moved."""
        ...

    async def fold(self, batches: Sequence[Batch]) -> None:
        """Take old records into the state without any effect outside."""
        ...


class RawPublisher(Protocol):
    """The part of a producer that dead letters need."""

    async def publish_raw(
        self,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        headers: Sequence[list[tuple[str, str | bytes | None]]],
    ) -> Positions:
        """Publish bytes as they are and wait for the reports."""
        ...


@dataclass(frozen=True, slots=True)
class RunnerPolicy:
    """Limits of a runner. A consumer silent for ``poll_limit_s`` or a batch that takes ``batch_limit_s`` is stuck."""

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    dead_letters: DeadLetterPolicy = field(default_factory=DeadLetterPolicy)
    poll_limit_s: float = 60.0
    batch_limit_s: float = 300.0


_TAKE_S = 0.2
_WATCH_S = 1.0


class Runner:
    """Takes events from a source and hands their records to a handler; the source commits what is done."""

    def __init__(
        self,
        source: Source,
        handler: Handler,
        catalogue: Catalogue,
        codec: Codec,
        publisher: RawPublisher,
        clock: Clock,
        progress: Progress | None = None,
        readiness: Readiness | None = None,
        policy: RunnerPolicy | None = None,
    ) -> None:
        self._source = source
        self._handler = handler
        self._catalogue = catalogue
        self._codec = codec
        self._publisher = publisher
        self._clock = clock
        self._progress = progress
        self._readiness = readiness
        self._policy = policy or RunnerPolicy()
        self._positions: Positions = {}
        self._dead = DeadLetterState()
        self._log = logs.get_logger()
        self._busy_since: float | None = None
        if readiness:
            readiness.set("kafka", ok=False, detail="no partitions yet")

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; the batch in hand is finished and committed.

        Raises:
            Fatal: what cannot heal; nothing of the batch in hand is committed.

        """
        finished = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch(finished))
            if self._progress:
                group.create_task(self._progress.run(finished))
            try:
                await self._source.open(stop)
                while not stop.is_set():
                    event = await self._source.take(_TAKE_S)
                    if event is not None:
                        await self._dispatch(event, stop)
                        await asyncio.sleep(0)  # a source that is never empty must not starve progress and health
            finally:
                await self._source.close()
                finished.set()

    async def _dispatch(self, event: Event, stop: asyncio.Event) -> None:
        self._busy_since = self._clock.monotonic()
        match event:
            case Assigned():
                await self._assigned(event)
            case Revoked():
                self._positions = {}
                if self._progress:
                    self._progress.lost()
                if self._readiness:
                    self._readiness.set("kafka", ok=False, detail="partitions move")
                self._source.done(event, {})
            case Fetched():
                await self._fetched(event, stop)
        self._busy_since = None

    async def _assigned(self, event: Assigned) -> None:
        self._positions = dict(event.starts)
        if isinstance(self._handler, Rebuilding):
            await self._handler.begin()
            async for raws in self._source.history(event.starts):
                self._busy_since = self._clock.monotonic()
                await self._handler.fold([decode(self._catalogue, self._codec, raw)[0] for raw in raws])
            set_aside()
        if self._progress:
            self._progress.note(self._positions)
        if self._readiness:
            self._readiness.set("kafka", ok=True, detail=f"{len(event.starts)} partitions")
        self._log.info("partitions assigned", group=self._source.group, partitions=len(event.starts))
        self._source.done(event, {})

    async def _fetched(self, event: Fetched, stop: asyncio.Event) -> None:
        began = self._clock.monotonic()
        group = self._source.group
        advanced: Positions = {}
        for raw in event.batches:
            advance(advanced, raw.positions)
        after = self._positions | advanced
        raws = [self._ours(raw) for raw in event.batches]
        dead = await self._handle(raws, after, stop)
        if dead is None:
            return  # stopped while retrying: not done, not committed
        await self._bury(dead)
        self._positions = after
        self._source.done(event, advanced)
        if self._progress:
            self._progress.note(after)
        seconds = self._clock.monotonic() - began
        counts = {raw.topic: len(raw) for raw in event.batches}
        for topic, count in counts.items():
            metrics.CONSUMED.labels(group, topic).inc(count)
        metrics.BATCH_SECONDS.labels(group).observe(seconds)
        metrics.BATCH_RECORDS.labels(group).observe(sum(counts.values()))
        self._log.info("batch", group=group, records=counts, dead=len(dead), milliseconds=round(seconds * 1e3, 2))

    def _ours(self, raw: RawBatch) -> RawBatch:
        return raw.without([index for index, group in raw.replays.items() if group != self._source.group])

    async def _handle(
        self, raws: Sequence[RawBatch], positions: Positions, stop: asyncio.Event
    ) -> list[DeadLetter] | None:
        """Decode and handle, over and over as errors demand; the dead letters, or None when stopped before the end."""
        retry = RetryState()
        dead: list[DeadLetter] = []
        batches: list[Batch] = []
        for raw in raws:
            batch, poison = decode(self._catalogue, self._codec, raw)
            self._dead.observe(self._policy.dead_letters, raw.topic, len(raw), [one.index for one in poison])
            dead += [DeadLetter.of(raw, one.index, one.error, one.message) for one in poison]
            batches.append(batch)
            if len(batch):
                run, branch, event = batch.frame.select("run_id", "branch", "event_id").row(-1)
                logs.bind(run_id=run, branch=branch, correlation=event)
            if self._progress:
                self._progress.observe(batch)
        while True:
            self._busy_since = self._clock.monotonic()
            try:
                given = [batch for batch in batches if len(batch) or batch.removed]
                if given:
                    await self._handler.handle(given, positions)
            except Retryable as error:
                pause = retry.next_pause(self._policy.retry, self._clock.monotonic(), error)
                metrics.RETRIES.labels(self._source.group).inc()
                self._log.warning("batch is tried again", reason=str(error), again_in_seconds=round(pause, 2))
                await sleep_or_stop(self._clock, pause, stop)
                if stop.is_set():
                    return None
            except Poison as poison_record:
                batches = self._bar(raws, batches, poison_record, dead)
            else:
                return dead

    def _bar(
        self, raws: Sequence[RawBatch], batches: list[Batch], poison: Poison, dead: list[DeadLetter]
    ) -> list[Batch]:
        """The batches without a record that the handler cannot bear; it joins the dead letters."""
        rest = []
        found = False
        for raw, batch in zip(raws, batches, strict=True):
            keep = ~((batch.partitions == poison.partition) & (batch.offsets == poison.offset))
            if batch.topic != poison.topic or keep.all():
                rest.append(batch)
                continue
            found = True
            index = int(((raw.partitions == poison.partition) & (raw.offsets == poison.offset)).argmax())
            dead.append(DeadLetter.of(raw, index, "Unhandleable", poison.reason))
            rest.append(batch.filter(keep))
        if not found:
            raise Fatal(f"the handler names a record that it was not given: {poison}")
        return rest

    async def _bury(self, dead: Sequence[DeadLetter]) -> None:
        group = self._source.group
        for topic in dict.fromkeys(letter.topic for letter in dead):
            letters = [letter for letter in dead if letter.topic == topic]
            for letter in letters:
                metrics.DEAD_LETTERS.labels(group, topic, letter.error).inc()
            await self._publisher.publish_raw(
                topic + dlq.SUFFIX,
                [letter.key for letter in letters],
                [letter.value for letter in letters],
                [letter.headers(group) for letter in letters],
            )
            first = letters[0]
            place = f"{first.partition}@{first.offset}"
            self._log.warning("dead letters", topic=topic, records=len(letters), first=place, reason=first.message)

    async def _watch(self, finished: asyncio.Event) -> None:
        """Raise when the consumer no longer polls or a batch never ends: the supervisor starts us anew."""
        opened_at = self._clock.monotonic()
        while not finished.is_set():
            await sleep_or_stop(self._clock, _WATCH_S, finished)
            now = self._clock.monotonic()
            if self._busy_since is not None and now - self._busy_since > self._policy.batch_limit_s:
                raise Fatal(f"a batch of {self._source.group} is stuck for {now - self._busy_since:.0f} s")
            silent = now - max(self._source.last_poll, opened_at)
            if self._positions and silent > self._policy.poll_limit_s:
                raise Fatal(f"the consumer of {self._source.group} has not polled for {silent:.0f} s")

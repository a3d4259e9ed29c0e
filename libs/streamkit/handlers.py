"""Hosts a `Processor` on the runner: process, publish, wait for the reports; in memory-held state, rebuild first."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.dedup import EmittedIds, RecentIds
from streamkit.fetching import read_range, reader, watermarks
from streamkit.positions import Positions
from streamkit.processor import Output, Processor
from streamkit.raw import decode
from streamkit.records import Batch
from streamkit.settings import KafkaSettings

TAIL_RECORDS = 50_000
"""Records of each output partition searched for ids already published: more than a service emits between commits."""


class OutputPublisher(Protocol):
    """The part of a producer that processors need."""

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        """Publish and wait for the reports."""
        ...


class ProcessorHandler:
    """Feeds a processor and publishes what it decides; durable when every report is in."""

    def __init__(self, processor: Processor, publisher: OutputPublisher, recent: RecentIds | None = None) -> None:
        self._processor = processor
        self._publisher = publisher
        self._recent = recent
        self._pending: list[Output] | None = None

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Process the batches in the order of the processor's subscriptions, publish, await the reports."""
        del positions
        if self._pending is None:  # a retry publishes what was decided: the state has moved already
            self._pending = list(self._decide(batches))
        if self._pending:
            await self._publisher.publish(self._pending)
        self._pending = None

    def _decide(self, batches: Sequence[Batch]) -> Sequence[Output]:
        outputs: list[Output] = []
        order = {topic: place for place, topic in enumerate(self._processor.subscriptions)}
        for batch in sorted(batches, key=lambda batch: order.get(batch.topic, len(order))):
            fresh = self._recent.firsts(batch) if self._recent else batch
            outputs += self._processor.process(fresh)
        return outputs


class RebuildingHandler(ProcessorHandler):
    """A processor whose state is in memory: folded anew from the topics at every assignment, then live.

    What it had published before it died is never published again with other values: ``load_emitted`` reads the tail
    of its own output topics.
    """

    def __init__(
        self,
        make: Callable[[], Processor],
        publisher: OutputPublisher,
        load_emitted: Callable[[], Awaitable[EmittedIds]],
    ) -> None:
        super().__init__(make(), publisher, RecentIds())
        self._make = make
        self._load_emitted = load_emitted
        self._emitted = EmittedIds()

    @property
    def processor(self) -> Processor:
        """The processor of the present assignment."""
        return self._processor

    async def begin(self) -> None:
        """Forget all state and learn what is already published."""
        self._processor = self._make()
        self._recent = RecentIds()
        self._pending = None
        self._emitted = await self._load_emitted()

    async def fold(self, batches: Sequence[Batch]) -> None:
        """Take old records into the state; what they led to was published in an earlier life."""
        self._decide(batches)

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Process, drop what is out already, publish, await the reports."""
        if self._pending is None:
            self._pending = list(self._emitted.unpublished(self._decide(batches)))
        await super().handle(batches, positions)


async def read_emitted(
    settings: KafkaSettings, catalogue: Catalogue, codec: Codec, service: str, topics: Sequence[str]
) -> EmittedIds:
    """Event ids of a service at the ends of its output topics."""
    client = reader(settings)
    try:
        lows, highs = await asyncio.to_thread(watermarks, client, topics)
    finally:
        await asyncio.to_thread(client.close)
    starts = {place: max(low, highs[place] - TAIL_RECORDS) for place, low in lows.items()}
    emitted = EmittedIds()
    async for raws in read_range(settings, starts, highs, settings.max_batch_records):
        for raw in raws:
            emitted.note(decode(catalogue, codec, raw)[0], service)
    return emitted

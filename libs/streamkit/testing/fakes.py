"""A producer and a source on the in-memory log, and bounded waiting instead of sleeping."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Generator, Sequence

import numpy as np

from streamkit.memory import MemoryLog
from streamkit.positions import Positions, advance
from streamkit.processor import Output
from streamkit.raw import RawBatch
from streamkit.source import Assigned, Event, Fetched

_LOOK_AGAIN_S = 0.01


async def eventually(check: Callable[[], bool], timeout_s: float = 30.0) -> None:
    """Return as soon as ``check`` holds.

    Raises:
        AssertionError: where it never does.

    """
    try:
        async with asyncio.timeout(timeout_s):
            while not check():  # noqa: ASYNC110 - what it waits for has no event to await
                await asyncio.sleep(_LOOK_AGAIN_S)
    except TimeoutError:
        raise AssertionError(f"not within {timeout_s:g} s") from None


class _Delivered:
    """A `Delivery` whose reports are in."""

    def __init__(self, ends: Positions) -> None:
        self._ends = ends

    def __await__(self) -> Generator[None, None, Positions]:
        yield from asyncio.sleep(0).__await__()
        return self._ends


class MemoryProducer:
    """A `Producer` that writes on a `MemoryLog`. While ``failures`` are left, publishing raises them in turn."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.failures: list[Exception] = []

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        """Append, as Kafka would."""
        return await self.produce_nowait(outputs)

    def produce_nowait(self, outputs: Sequence[Output]) -> _Delivered:
        """Append at once."""
        if self.failures:
            raise self.failures.pop(0)
        return _Delivered(self.log.append(outputs))

    async def publish_raw(
        self,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        headers: Sequence[list[tuple[str, str | bytes | None]]],
    ) -> Positions:
        """Append bytes as they are."""
        return self.log.append_raw(topic, keys, values, headers)

    async def close(self) -> None:
        """Nothing to flush."""


class MemorySource:
    """A `Source` on a `MemoryLog`. Hand the same ``committed`` to the next one: that is a restart of the group."""

    def __init__(
        self, log: MemoryLog, group: str, topics: Sequence[str], committed: Positions, most: int = 1_000_000
    ) -> None:
        self.group = group
        self.last_poll = math.inf  # it never falls silent
        self.committed = committed
        self._log = log
        self._topics = topics
        self._most = most
        self._read: dict[str, int] = {}
        self._assigned = False

    async def open(self, stop: asyncio.Event) -> None:
        """Begin at the committed offsets."""
        del stop
        self._read = dict.fromkeys(self._topics, 0)

    async def take(self, timeout_s: float) -> Event | None:
        """The assignment first, then whatever is new."""
        if not self._assigned:
            self._assigned = True
            starts = {place: self.committed.get(place, 0) for place in self._log.ends(self._topics)}
            return Assigned(1, starts)
        batches = [raw for topic in self._topics if len(raw := self._new(topic))]
        if not batches:
            await asyncio.sleep(min(timeout_s, _LOOK_AGAIN_S))
            return None
        return Fetched(1, batches)

    def done(self, event: Event, positions: Positions) -> None:
        """Commit."""
        del event
        advance(self.committed, positions)

    async def history(self, until: Positions) -> AsyncIterator[Sequence[RawBatch]]:
        """All before those offsets."""
        for topic in self._topics:
            raw = self._log.raw(topic)
            ends = [until.get((topic, partition), 0) for partition in range(len(self._log.ends([topic])))]
            old = raw.without(np.flatnonzero(raw.offsets >= np.asarray(ends)[raw.partitions]).tolist())
            if len(old):
                yield [old]

    async def close(self) -> None:
        """Nothing to leave."""

    def _new(self, topic: str) -> RawBatch:
        start = self._read[topic]
        raw = self._log.raw(topic, start, start + self._most)
        self._read[topic] = start + len(raw)
        handled = [
            index
            for index, (partition, offset) in enumerate(zip(raw.partitions.tolist(), raw.offsets.tolist(), strict=True))
            if offset < self.committed.get((topic, partition), 0)
        ]
        return raw.without(handled)

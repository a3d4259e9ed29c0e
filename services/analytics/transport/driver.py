"""The Faust driver subclass that packs fetched records into chunks, and starts partitions where the state says."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from services.analytics.transport.chunk import pack

Positioning = Callable[[Collection[TP]], Mapping[TP, int]]
"""Where to start each of the given partitions, as far as the state knows; absent: where the group committed."""


class ChunkConsumer(driver.Consumer):
    """Consumer whose fetches arrive as chunks on the topics that its transport names."""

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Mapping[TP, Any]:  # noqa: ASYNC109
        """Fetched records by partition, those of chunked topics packed."""
        fetched = await super()._getmany(active_partitions, timeout)
        transport = cast("ChunkTransport", self.transport)
        return {
            tp: list(pack(records, transport.chunk_limit)) if tp.topic in transport.chunked_topics else records
            for tp, records in fetched.items()
            if records
        }

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the offsets the state was saved with, and where it knows none to the committed ones.

        Faust may commit before changelog records are sent, and may crash after they are sent and before it commits:
        only the offset saved with the state tells the truth in both cases.
        """
        committed = dict(await super().seek_to_committed())
        transport = cast("ChunkTransport", self.transport)
        applied = transport.positioning(committed.keys() | self.assignment())
        for tp, offset in applied.items():
            if committed.get(tp) != offset:
                await self._seek(tp, offset)
            committed[tp] = offset
        return committed


class ChunkTransport(driver.Transport):
    """aiokafka transport that makes `ChunkConsumer` s; configured after construction, before the application starts."""

    Consumer = ChunkConsumer

    chunked_topics: frozenset[str] = frozenset()
    chunk_limit: int = 10_000
    _positioning: Positioning | None = None

    def configure(self, chunked_topics: Collection[str], chunk_limit: int, positioning: Positioning | None) -> None:
        """Choose the topics that arrive as chunks, the records a chunk holds at most, and who knows positions."""
        self.chunked_topics = frozenset(chunked_topics)
        self.chunk_limit = chunk_limit
        self._positioning = positioning

    def positioning(self, partitions: Collection[TP]) -> Mapping[TP, int]:
        """Where the state says to start; nothing where nobody knows."""
        return {} if self._positioning is None else self._positioning(partitions)

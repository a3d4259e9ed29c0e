"""The Faust driver subclass that packs fetched records into chunks, and starts partitions where the state says."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, cast

import aiokafka
from aiokafka.structs import TopicPartition as _TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from services.analytics.transport.chunk import pack
from services.analytics.transport.guard import TransportDriftError

FETCH_WAIT_MS = 50
"""How long the broker may keep a fetch that it has no record for.

One fetch is under way at a time, for those partitions only whose records have all been handed on: while it waits for
the idle ones, records of the others wait too. Faust's own 1,500 ms cost a second on the mean, several now and then.
"""
HELD_PAUSE_S = 0.05
"""How often a held-back consumer looks whether it may go on."""

Positioning = Callable[[Collection[TP]], Mapping[TP, int]]
"""Where to start each of the given partitions, as far as the state knows; absent: from its beginning."""

Leaving = Callable[[], Awaitable[None]]
"""Called when partitions are about to be taken away, and waited for before anybody else may get them."""

Restored = Callable[[], bool]
"""Whether the state of the partitions held is whole: not from the moment they are taken away until it is read again."""


class LivingListener(driver.ConsumerRebalanceListener):
    """Lets the member live while an assignment is taken over.

    aiokafka sends no heartbeat until its listener is done: whoever reads a state for longer than the session timeout is
    taken for dead, joins again, and reads it all again.
    """

    async def on_partitions_assigned(self, assigned: Iterable[_TopicPartition]) -> None:
        """Begin the heartbeats of the new membership first; aiokafka, which begins them afterwards, leaves them be."""
        self._thread._ensure_consumer()._coordinator._start_heartbeat_task()  # noqa: SLF001 - guarded, `guard`
        await super().on_partitions_assigned(assigned)


class PromptThread(driver.AIOKafkaConsumerThread):
    """Fetches with `FETCH_WAIT_MS`, which Faust has no setting for."""

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        if not hasattr(consumer, "_fetch_max_wait_ms"):
            raise TransportDriftError("aiokafka keeps the longest wait of a fetch under another name")
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001
        return consumer


class ChunkConsumer(driver.Consumer):
    """Consumer whose fetches arrive as chunks on the topics that its transport names.

    Faust lets these partitions flow before it seeks them for the last time, and empties its buffers after that: what
    it fetched meanwhile is lost. They are held back until they stand where the state says and Faust is done with the
    assignment.
    """

    RebalanceListener = LivingListener

    _turns = 0
    """Assignments and revocations so far: a seek that another one overtook has positioned nothing."""
    _sought = -1
    """The turn in which all partitions were last sought."""
    _done = 0
    """The turn with which Faust was done last, its state whole."""

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return PromptThread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the state finish what it is saving: the next owner reads it, and must find a whole of it.

        The group waits for this member meanwhile, up to the rebalance timeout.
        """
        self._hold()
        await super().on_partitions_revoked(revoked)
        await cast("ChunkTransport", self.transport).leaving()

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Hold chunked partitions back until Faust is done with the assignment."""
        self._hold()
        await super().on_partitions_assigned(assigned, generation_id)

    def on_rebalance_end(self) -> None:
        """Let chunked partitions flow: Faust's buffers are empty, and nobody seeks any more.

        It says so of an assignment that another one has overtaken, too; the state of the other is not whole yet.
        """
        if cast("ChunkTransport", self.transport).restored():
            self._done = self._turns

    @property
    def flowing(self) -> bool:
        """Whether chunked partitions are fetched."""
        return self._sought == self._done == self._turns

    def _hold(self) -> None:
        self._turns += 1

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Mapping[TP, Any]:  # noqa: ASYNC109
        """Fetched records by partition, those of chunked topics packed.

        A fetch that partitions were taken or given under may have moved a position that was set meanwhile, and Faust
        may drop what it brings: they are positioned once more, and what comes twice is cut by whoever applies it.
        """
        transport = cast("ChunkTransport", self.transport)
        turn, wanted = self._turns, active_partitions
        if not self.flowing:
            wanted = {tp for tp in active_partitions or () if tp.topic not in transport.chunked_topics}
            if not wanted:  # to the client no partition would mean every partition
                await self.sleep(HELD_PAUSE_S)
                return {}
        fetched = await super()._getmany(active_partitions=wanted, timeout=timeout)
        if turn != self._turns:
            moved = {tp for tp, records in fetched.items() if records and tp.topic in transport.chunked_topics}
            await self._position(moved & self.assignment())
            fetched = {tp: records for tp, records in fetched.items() if tp not in moved}
        return {
            tp: list(pack(records, transport.chunk_limit)) if tp.topic in transport.chunked_topics else records
            for tp, records in fetched.items()
            if records
        }

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek chunked partitions to the offsets the state was saved with, or their beginning; others as committed.

        Faust may commit before changelog records are sent, and may crash after they are sent and before it commits:
        only the offset saved with the state tells the truth in both cases.
        """
        turn = self._turns
        positions: dict[TP, Any] = dict(await super().seek_to_committed())
        transport = cast("ChunkTransport", self.transport)
        applied = await self._position({tp for tp in self.assignment() if tp.topic in transport.chunked_topics})
        self._sought = turn
        return {**positions, **applied}

    async def _position(self, partitions: Collection[TP]) -> Mapping[TP, int]:
        """Seek partitions to where the state says, or their beginning."""
        applied: dict[TP, Any] = dict(cast("ChunkTransport", self.transport).positioning(partitions))
        unknown = set(partitions) - applied.keys()
        if unknown:
            applied.update(await self.earliest_offsets(*unknown))
        for tp, offset in applied.items():
            await self._seek(tp, offset)
        return applied


class ChunkTransport(driver.Transport):
    """aiokafka transport that makes `ChunkConsumer` s; configured after construction, before the application starts."""

    Consumer = ChunkConsumer

    chunked_topics: frozenset[str] = frozenset()
    chunk_limit: int = 10_000
    _positioning: Positioning | None = None
    _leaving: Leaving | None = None
    _restored: Restored | None = None

    def configure(
        self,
        chunked_topics: Collection[str],
        chunk_limit: int,
        positioning: Positioning | None = None,
        leaving: Leaving | None = None,
        restored: Restored | None = None,
    ) -> None:
        """Choose the topics that arrive as chunks, the records a chunk holds at most, and who knows of the state.

        Raises:
            ValueError: a chunk of no record.

        """
        if chunk_limit < 1:
            raise ValueError(f"a chunk holds at least one record, not {chunk_limit}")
        self.chunked_topics = frozenset(chunked_topics)
        self.chunk_limit = chunk_limit
        self._positioning = positioning
        self._leaving = leaving
        self._restored = restored

    def positioning(self, partitions: Collection[TP]) -> Mapping[TP, int]:
        """Where the state says to start; nothing where nobody knows."""
        return {} if self._positioning is None else self._positioning(partitions)

    async def leaving(self) -> None:
        """Wait until whoever keeps the state is done with the partitions held so far."""
        if self._leaving is not None:
            await self._leaving()

    def restored(self) -> bool:
        """Whether the state is whole; always where nobody keeps any."""
        return self._restored is None or self._restored()

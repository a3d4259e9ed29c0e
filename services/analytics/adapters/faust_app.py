"""The Faust application: one table, one agent, chunked topics; nothing of the business."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faust.types import TP

from services.analytics.adapters.restoring import Restore, RestoredTable
from services.analytics.transport import Chunk, ChunkedApp, ChunkSchema, Leaving, Positioning, Restored

TABLE = "cells"


@dataclass(frozen=True, slots=True)
class FaustPlan:
    """What the application is made of. ``topics`` all have ``partitions`` partitions.

    With an ``instance`` the group knows the worker by that name (KIP-345): who comes back under it takes its partitions
    over at once, instead of waiting for the session of the one that died. No two live ones may share it.
    """

    group: str
    brokers: str
    topics: Sequence[str]
    partitions: int
    data_dir: Path
    chunk_records: int
    commit_interval_s: float
    session_timeout_s: float
    instance: str = ""

    @property
    def changelog(self) -> str:
        """Changelog topic of the table, by Faust's naming."""
        return f"{self.group}-{TABLE}-changelog"

    @property
    def snapshots(self) -> str:
        """Topic of saved states."""
        return f"{self.group}-snapshots"


Relay = Callable[[str, int, Chunk, Callable[[], None]], Awaitable[None]]
"""Takes (topic, partition, chunk, acknowledge); waits while there is no room."""


def build_faust(
    plan: FaustPlan,
    relay: Relay,
    restore: Restore,
    on_recovered: Callable[[], Awaitable[None]],
    positioning: Positioning,
    leaving: Leaving,
    restored: Restored,
) -> tuple[ChunkedApp, Any]:
    """The application and its table. ``on_recovered`` runs when the table is whole and before any record comes."""
    logging.getLogger("faust").setLevel(logging.WARNING)
    app = ChunkedApp(
        plan.group,
        broker=f"kafka://{plan.brokers.replace(',', ';kafka://')}",
        store="memory://",
        datadir=str(plan.data_dir),
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=plan.partitions,
        processing_guarantee="at_least_once",
        broker_commit_interval=plan.commit_interval_s,
        broker_session_timeout=plan.session_timeout_s,
        broker_heartbeat_interval=min(3.0, plan.session_timeout_s / 3),
        broker_max_poll_records=plan.chunk_records,
        table_standby_replicas=0,  # a standby's share of the changelog is assigned like an owner's; others follow it
        stream_buffer_maxsize=64,
        stream_recovery_delay=0.0,
        stream_wait_empty=False,  # what is in flight is read again from the offset in the table; waiting hangs a stop
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=plan.instance or None,
        Table=RestoredTable,
    )
    app.chunked = lambda transport: transport.configure(plan.topics, plan.chunk_records, positioning, leaving, restored)
    table = app.Table(TABLE, key_type=bytes, value_type=bytes, partitions=plan.partitions, on_recover=on_recovered)
    assert isinstance(table, RestoredTable)
    table.restore = restore
    source = app.topic(*plan.topics, schema=ChunkSchema(value_type=bytes, value_serializer="raw"))

    async def hand_on(stream: Any) -> None:
        async for event in stream.noack().events():
            if event.message.generation_id != app.consumer_generation_id:
                continue  # fetched before the last assignment, and left in a buffer by it: it comes again
            await relay(event.message.topic, event.message.partition, event.value, event.ack)

    app.agent(source, name="chunks", concurrency=1)(hand_on)
    return app, table


def held_partitions(app: ChunkedApp, *topics: str) -> set[int]:
    """Partitions of some topics that this worker is assigned; those of the changelog are those of every source."""
    assigned: set[TP] = app.consumer.assignment()
    return {place.partition for place in assigned if place.topic in topics}

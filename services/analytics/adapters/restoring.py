"""Reads the changelog of the table back with librdkafka: Faust applies it a record at a time, some thousands a second.

The table tells Faust how far it is already, so that Faust's own recovery finds nothing left to read, or only what a
dying owner of the partition wrote in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any, TypeAlias

import faust
from faust.types import TP

from streamkit.fetching import read_range, reader, watermarks
from streamkit.settings import KafkaSettings

Cells: TypeAlias = MutableMapping[bytes, bytes | None]
Restore: TypeAlias = Callable[[Cells, Collection[int]], Awaitable[Mapping[int, int]]]
"""Puts what the changelog has of some partitions into the cells; the offset of the last record of each, -1 for none."""

AT_ONCE = 20_000


class RestoredTable(faust.Table[bytes, bytes]):
    """A table that is whole before Faust's recovery begins. Set ``restore`` before the application starts."""

    restore: Restore

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Read the changelog of everything assigned anew: another worker may have written to it meanwhile."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        topic = self.changelog_topic.get_topic_name()
        held = {place.partition for place in assigned if place.topic == topic}
        self._restored = await self.restore(self.data.data, held)

    def persisted_offset(self, tp: TP) -> int | None:
        """How far the table is already."""
        known: Mapping[int, int] = getattr(self, "_restored", {})
        return known.get(tp.partition)


async def read_changelog(
    settings: KafkaSettings, topic: str, cells: Cells, partitions: Collection[int]
) -> Mapping[int, int]:
    """A `Restore` from Kafka. Raises `Fatal` where the broker stays silent."""
    client = reader(settings)
    try:
        lows, highs = await asyncio.to_thread(watermarks, client, [topic])
    finally:
        await asyncio.to_thread(client.close)
    cells.clear()
    wanted = {(topic, partition): highs[topic, partition] for partition in partitions}
    async for raws in read_range(settings, lows, wanted, AT_ONCE):
        for raw in raws:
            _apply(cells, raw.keys, raw.values)
    return {partition: highs[topic, partition] - 1 for partition in partitions}


def _apply(cells: Cells, keys: Any, values: Any) -> None:
    for key, value in zip(keys, values, strict=True):
        if value is None:
            cells.pop(key, None)
        elif key is not None:
            cells[key] = value

"""Reads the changelog of the table back with librdkafka: Faust applies it a record at a time, some thousands a second.

Whoever is given partitions claims them first, by a record on each, and reads what was written before it; what an owner
before writes after it counts for nobody. So Faust's own recovery has nothing to apply.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import faust
from faust.types import TP

from services.analytics.adapters.commits import Fence
from streamkit.fetching import read_range
from streamkit.settings import KafkaSettings

Cells: TypeAlias = MutableMapping[bytes, bytes | None]


@dataclass(frozen=True, slots=True)
class Restored:
    """Offsets of the claims by partition, and the keys whose last record in the log does not count."""

    claims: Mapping[int, int] = field(default_factory=dict)
    stale: frozenset[bytes] = frozenset()


Restore: TypeAlias = Callable[[Cells, Collection[int]], Awaitable[Restored]]
"""Claims some partitions and puts what the changelog has of them into the cells."""


class RestoredTable(faust.Table[bytes, bytes]):
    """A table that is whole before Faust's recovery begins. Set ``restore`` before the application starts."""

    restore: Restore

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Claim and read everything assigned: another worker may have written to it meanwhile."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        topic = self.changelog_topic.get_topic_name()
        held = {place.partition for place in assigned if place.topic == topic}
        self._restored = await self.restore(self.data.data, held)

    def persisted_offset(self, tp: TP) -> int | None:
        """How far the table is already."""
        known: Restored | None = getattr(self, "_restored", None)
        return None if known is None else known.claims.get(tp.partition)

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Nothing: what comes behind our claim was written by an owner that has lost the partition."""
        del batch


async def read_changelog(
    settings: KafkaSettings, topic: str, cells: Cells, claims: Mapping[int, int], at_once: int = 20_000
) -> Restored:
    """Everything up to the claims. Raises `Fatal` where the broker stays silent."""
    cells.clear()
    fences = {partition: Fence() for partition in claims}
    wanted = {(topic, partition): offset + 1 for partition, offset in claims.items()}
    async for raws in read_range(settings, {}, wanted, at_once):
        for raw in raws:
            for partition, offset, key, value in zip(
                raw.partitions.tolist(), raw.offsets.tolist(), raw.keys, raw.values, strict=True
            ):
                if key is not None:
                    _apply(cells, fences[partition], offset, key, value)
        await asyncio.sleep(0)
    return Restored(claims, frozenset().union(*(fence.stale for fence in fences.values())))


def _apply(cells: Cells, fence: Fence, offset: int, key: bytes, value: bytes | None) -> None:
    if not fence.admits(offset, key, value):
        return
    if value is None:
        cells.pop(key, None)
    else:
        cells[key] = value

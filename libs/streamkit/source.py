"""Where a runner's records come from: the port, with a Kafka adapter (`consumer`) and one in memory (`testing`)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from streamkit.positions import Positions
from streamkit.raw import RawBatch


@dataclass(frozen=True, slots=True)
class Assigned:
    """Partitions are ours, from these offsets on. Everything of an earlier generation is void."""

    generation: int
    starts: Positions


@dataclass(frozen=True, slots=True)
class Revoked:
    """No partition is ours any more."""

    generation: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records of our partitions, a batch a topic."""

    generation: int
    batches: Sequence[RawBatch]


Event: TypeAlias = Assigned | Revoked | Fetched


class Source(Protocol):
    """Events one after the other; each is taken, handled, and then done."""

    @property
    def group(self) -> str:
        """Consumer group, as it stands in metrics and dead letters."""
        ...

    @property
    def last_poll(self) -> float:
        """Monotonic time at which the consumer last asked for records."""
        ...

    async def open(self, stop: asyncio.Event) -> None:
        """Wait for the broker and begin to fetch."""
        ...

    async def take(self, timeout_s: float) -> Event | None:
        """The next event, or None when there is none for so long. Raises what ended the fetching."""
        ...

    def done(self, event: Event, positions: Positions) -> None:
        """The event's effect is durable: commit these offsets, unless the partitions were lost meanwhile."""
        ...

    def history(self, until: Positions) -> AsyncIterator[Sequence[RawBatch]]:
        """Everything kept of some partitions, from the beginning up to those offsets."""
        ...

    async def close(self) -> None:
        """Commit what is done, leave the group."""
        ...

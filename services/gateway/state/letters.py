"""Dead letters as people look at them, and who fetches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """One record of a dead-letter topic; the source is where the original stands, -1 where no header says."""

    partition: int
    offset: int
    timestamp_ms: int
    error: str
    reason: str
    group: str
    topic: str
    source_partition: int
    source_offset: int
    key: bytes | None
    value: bytes | None


class Letters(Protocol):
    """Fetches dead letters."""

    async def newest(self, topic: str, limit: int) -> Sequence[Letter]:
        """The newest letters of a topic, newest first; raises `Retryable` where Kafka does not answer."""
        ...

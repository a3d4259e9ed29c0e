"""Hosts a handler on Kafka: batches in, effects durable, then offsets committed and progress published."""

from collections.abc import Sequence
from typing import Protocol

from streamkit.positions import Positions
from streamkit.records import Batch


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

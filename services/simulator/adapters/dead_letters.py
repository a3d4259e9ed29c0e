"""Copies records that cannot be read to the dead-letter topic, with their reason, and stops a flood of them."""

from collections.abc import Sequence

from confluent_kafka import Message

from streamkit import metrics
from streamkit.codec import Poison
from streamkit.errors import Fatal
from streamkit.producer import Producer

GROUP = b"simulator"


class DeadLetters:
    """Dead letters of the simulator. ``limit`` in a row mean that something deployed is wrong, not the records."""

    def __init__(self, producer: Producer, limit: int) -> None:
        self._producer = producer
        self._limit = limit
        self._in_a_row = 0

    async def bury(self, topic: str, messages: Sequence[Message], poison: Sequence[Poison]) -> None:
        """Copy the poison among some messages; they stand in order of arrival.

        Raises:
            Fatal: ``limit`` records in a row could not be read.

        """
        self._count(messages, poison)
        if not poison:
            return
        chosen = [messages[one.index] for one in poison]
        headers = [_headers(message, one) for message, one in zip(chosen, poison, strict=True)]
        keys = [message.key() for message in chosen]
        await self._producer.publish_raw(f"{topic}.dlq", keys, [message.value() for message in chosen], headers)
        for one in poison:
            metrics.DEAD_LETTERS.labels(GROUP.decode(), topic, one.error).inc()
        if self._in_a_row >= self._limit:
            raise Fatal(f"{self._in_a_row} records in a row of {topic} could not be read; the last: {poison[-1].message}")

    def _count(self, messages: Sequence[Message], poison: Sequence[Poison]) -> None:
        bad = {one.index for one in poison}
        good = [index for index in range(len(messages)) if index not in bad]
        self._in_a_row = len(messages) - 1 - good[-1] if good else self._in_a_row + len(messages)


def _headers(message: Message, poison: Poison) -> list[tuple[str, bytes]]:
    return [
        ("luna.error.class", poison.error.encode()),
        ("luna.error.message", poison.message.encode()),
        ("luna.topic", str(message.topic()).encode()),
        ("luna.partition", str(message.partition()).encode()),
        ("luna.offset", str(message.offset()).encode()),
        ("luna.group", GROUP),
    ]

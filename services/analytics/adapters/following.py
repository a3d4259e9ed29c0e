"""Follows the changelog of the partitions that other workers hold: how partials of all partitions meet in one.

The changelog says what every partition contributed, commit by commit, with the offsets it followed from. A worker that
reads the others' has their partials without asking them, and knows how far they are: so windows close, and questions
are answered, over the whole city, by whichever worker it falls to.
"""

import asyncio
from collections.abc import Collection, Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from services.analytics.adapters.commits import Change, Following
from streamkit.broker import offsets
from streamkit.settings import KafkaSettings

AT_ONCE = 10_000
ASK_S = 10.0
POLL_S = 0.2
CATCH_UP_S = 60.0
"""A state that cannot be read by then is followed further while records are folded already."""


class Follower:
    """One changelog topic. `follow` chooses partitions, `changes` returns what was committed since the last call."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._topic = topic
        self._client = Consumer({**settings.client(), "group.id": "analytics.follower", "enable.auto.commit": False})
        self._admin = AdminClient(settings.client())
        self._parts: dict[int, Following] = {}

    @property
    def active(self) -> bool:
        """Whether others hold anything."""
        return bool(self._parts)

    async def follow(self, partitions: Collection[int]) -> None:
        """Follow these from their beginnings, up to their present ends before it returns."""
        self._parts = {partition: Following(partition) for partition in partitions}
        places = [TopicPartition(self._topic, partition, OFFSET_BEGINNING) for partition in sorted(self._parts)]
        if not places:
            await asyncio.to_thread(self._client.unassign)
            return
        await asyncio.to_thread(self._client.assign, places)
        await asyncio.to_thread(self._catch_up)

    async def changes(self) -> list[tuple[int, Change]]:
        """What the owners committed since the last call, partition by partition."""
        if not self._parts:
            return []
        await asyncio.to_thread(self._read, 0.0)
        return list(self._taken())

    async def close(self) -> None:
        """Release the client."""
        await asyncio.to_thread(self._client.close)

    def _taken(self) -> Iterator[tuple[int, Change]]:
        for partition, part in self._parts.items():
            change = part.take()
            if change is not None:
                yield partition, change

    def _catch_up(self) -> None:
        asked = offsets(self._admin, [(self._topic, partition) for partition in self._parts], ASK_S)
        ends = {partition: end for (_, partition), end in asked.items()}
        turns = int(CATCH_UP_S / POLL_S)
        while turns and any(place.offset < ends[place.partition] for place in self._places() if ends[place.partition]):
            turns -= not self._read(POLL_S)

    def _places(self) -> list[TopicPartition]:
        return list(self._client.position(self._client.assignment()))

    def _read(self, wait_s: float) -> int:
        messages = self._client.consume(AT_ONCE, wait_s)
        for message in messages:
            if message.error() is None:
                self._take(message)
        return len(messages)

    def _take(self, message: Message) -> None:
        partition, offset, key = message.partition(), message.offset(), message.key()
        if partition is not None and offset is not None and key is not None:
            self._parts[partition].read(offset, key, message.value())

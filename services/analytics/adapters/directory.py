"""Reads compacted topics whole, outside the group: every worker needs all rows, whatever partitions it holds."""

import asyncio
from collections.abc import Iterator, Sequence

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from streamkit.broker import offsets
from streamkit.codec import Codec
from streamkit.errors import Retryable
from streamkit.fetching import raw_batches
from streamkit.raw import decode
from streamkit.records import Batch
from streamkit.settings import KafkaSettings

POLL_S = 0.2
ASK_S = 10.0
AT_ONCE = 5_000


class CompactedReader:
    """Topics from their beginning; `catch_up` returns what was written since the last call."""

    def __init__(self, settings: KafkaSettings, codec: Codec, topics: Sequence[str], partitions: int) -> None:
        self._codec = codec
        self._topics = topics
        self._positions = {(topic, partition): 0 for topic in topics for partition in range(partitions)}
        self._client = Consumer({**settings.client(), "group.id": "analytics.directory", "enable.auto.commit": False})
        self._client.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in self._positions])
        self._admin = AdminClient(settings.client())

    async def catch_up(self) -> list[Batch]:
        """Everything up to the end of the topics as of now, decoded; rows that cannot be decoded are left out.

        (They are poison of whoever owns a group on the topic; here who cannot be read is unknown.)

        Raises:
            Retryable: the broker does not say where they end.

        """
        try:
            return await asyncio.to_thread(lambda: list(self._read()))
        except KafkaException as error:
            raise Retryable(f"where {', '.join(self._topics)} end: {error}") from error

    async def earliest(self, topic: str, partition: int) -> int:
        """First offset that the broker still has of any partition."""
        place = topic, partition
        return (await asyncio.to_thread(offsets, self._admin, [place], ASK_S, beginnings=True))[place]

    async def close(self) -> None:
        """Release the client."""
        await asyncio.to_thread(self._client.close)

    def _read(self) -> Iterator[Batch]:
        ends = offsets(self._admin, self._positions, ASK_S)
        while any(self._positions[place] < end for place, end in ends.items()):
            messages = self._client.consume(AT_ONCE, POLL_S)
            good = [message for message in messages if message.error() is None]
            for message in good:
                self._positions[_topic(message), _partition(message)] = _offset(message) + 1
            for raw in raw_batches(good):
                yield decode(self._codec.catalogue, self._codec, raw)[0]
            if not good:  # a compacted or aborted tail: nothing more comes below the end
                for place in self._client.position(self._client.assignment()):
                    known = self._positions[place.topic, place.partition]
                    self._positions[place.topic, place.partition] = max(known, place.offset)


def _topic(message: Message) -> str:
    topic = message.topic()
    assert topic is not None
    return topic


def _partition(message: Message) -> int:
    partition = message.partition()
    assert partition is not None
    return partition


def _offset(message: Message) -> int:
    offset = message.offset()
    assert offset is not None
    return offset

"""Reading records as bytes from Kafka: grouping messages into batches, and whole ranges of offsets."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import confluent_kafka
import numpy as np
from confluent_kafka import Message, TopicPartition

from streamkit.broker import PARTITION_EOF
from streamkit.errors import Fatal
from streamkit.positions import Positions
from streamkit.raw import REPLAY_GROUP, RawBatch
from streamkit.settings import KafkaSettings

_CALL_LIMIT_S = 10.0
_SILENCE_LIMIT_S = 60.0


def raw_batches(messages: Sequence[Message]) -> list[RawBatch]:
    """Messages as one batch a topic; those that carry an error instead of a record are left out."""
    by_topic: dict[str, list[Message]] = {}
    for message in messages:
        if message.error() is None:
            by_topic.setdefault(message.topic() or "", []).append(message)
    return [_raw_batch(topic, members) for topic, members in by_topic.items()]


def _raw_batch(topic: str, messages: Sequence[Message]) -> RawBatch:
    count = len(messages)
    replays: dict[int, str] = {}
    for index, message in enumerate(messages):
        headers = message.headers()
        if headers:
            group = dict(headers).get(REPLAY_GROUP)
            if group is not None:
                replays[index] = group.decode(errors="replace") if isinstance(group, bytes) else group
    return RawBatch(
        topic,
        [message.key() for message in messages],
        [message.value() for message in messages],
        np.fromiter((message.partition() for message in messages), dtype=np.int32, count=count),
        np.fromiter((message.offset() for message in messages), dtype=np.int64, count=count),
        replays,
    )


def start_positions(
    client: confluent_kafka.Consumer, partitions: Sequence[TopicPartition], limit_s: float = _CALL_LIMIT_S
) -> Positions:
    """Committed offset of each partition; the first one kept where none was committed or it is gone."""
    starts: Positions = {}
    for place in client.committed(list(partitions), timeout=limit_s):
        offset = place.offset
        low = client.get_watermark_offsets(TopicPartition(place.topic, place.partition), timeout=limit_s)[0]
        starts[place.topic, place.partition] = max(offset, low)
    return starts


def watermarks(client: confluent_kafka.Consumer, topics: Sequence[str]) -> tuple[Positions, Positions]:
    """First offset kept and end offset of every partition of some topics."""
    lows: Positions = {}
    highs: Positions = {}
    for topic in topics:
        for partition in client.list_topics(topic, timeout=_CALL_LIMIT_S).topics[topic].partitions:
            place = TopicPartition(topic, partition)
            lows[topic, partition], highs[topic, partition] = client.get_watermark_offsets(place, timeout=_CALL_LIMIT_S)
    return lows, highs


def reader(settings: KafkaSettings) -> confluent_kafka.Consumer:
    """A consumer that belongs to no group, for ranges of offsets; close it."""
    return confluent_kafka.Consumer(
        {
            **settings.client(),
            "group.id": "luna-reader",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
        }
    )


async def read_range(
    settings: KafkaSettings, starts: Mapping[tuple[str, int], int], until: Mapping[tuple[str, int], int], at_most: int
) -> AsyncIterator[Sequence[RawBatch]]:
    """Records from ``starts`` (the first one kept, where absent) up to ``until``, then the end of the iteration.

    Raises:
        Fatal: where the broker stays silent.

    """
    client = reader(settings)
    try:
        open_places = {place for place, end in until.items() if end > starts.get(place, 0)}
        beginning = confluent_kafka.OFFSET_BEGINNING
        assigned = [TopicPartition(*place, starts.get(place, beginning)) for place in sorted(open_places)]
        await asyncio.to_thread(client.assign, assigned)
        silent_s = 0.0
        while open_places:
            messages = await asyncio.to_thread(client.consume, at_most, 0.1)
            silent_s = 0.0 if messages else silent_s + 0.1
            if silent_s > _SILENCE_LIMIT_S:
                raise Fatal(f"Kafka sent nothing for {_SILENCE_LIMIT_S:g} s while reading history")
            wanted = []
            for message in messages:
                place = (message.topic() or "", message.partition() or 0)
                error = message.error()
                if error is not None:
                    if error.code() == PARTITION_EOF:
                        open_places.discard(place)
                    continue
                offset = message.offset() or 0
                if offset < until.get(place, 0):
                    wanted.append(message)
                if offset + 1 >= until.get(place, 0):
                    open_places.discard(place)
            batches = raw_batches(wanted)
            if batches:
                yield batches
    finally:
        await asyncio.to_thread(client.close)

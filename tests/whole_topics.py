"""Whole topics, as a plain client reads them."""

from collections.abc import Iterator, Mapping, Sequence

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

ANSWER_SECONDS = 20.0
_POLL_SECONDS = 0.1
"""A poll for many messages waits so long for those that are not there: short, for tests ask again and again."""


def messages(
    bootstrap_servers: str, topics: Sequence[str], since: Mapping[tuple[str, int], int] | None = None
) -> Iterator[Message]:
    """Messages of some topics from their beginnings to their present ends; no group, no commit.

    ``since`` has the next offset of partitions of which the rest is known.
    """
    known_below = since or {}
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "outside", "enable.auto.commit": False})
    try:
        known = consumer.list_topics(timeout=ANSWER_SECONDS).topics
        places = [(topic, number) for topic in topics for number in known[topic].partitions]
        ends = {place: consumer.get_watermark_offsets(TopicPartition(*place), ANSWER_SECONDS) for place in places}
        left = {place: high for place, (low, high) in ends.items() if high > max(low, known_below.get(place, 0))}
        consumer.assign([TopicPartition(*place, known_below.get(place, OFFSET_BEGINNING)) for place in left])
        while left:
            for message in consumer.consume(5_000, _POLL_SECONDS):
                assert message.error() is None, message.error()
                yield message
            for position in consumer.position([TopicPartition(*place) for place in left]):
                if position.offset >= left[position.topic, position.partition]:
                    del left[position.topic, position.partition]
    finally:
        consumer.close()

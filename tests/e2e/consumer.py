"""An outside consumer: `schemas/topics.yaml`, Confluent's client and Avro deserializer, and the gateway's registry.

It knows nothing of the project's code. Records that a test has put there to be refused carry the header `GARBAGE`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.laws.reading import Reading, Record

TOPICS: Sequence[str] = tuple(
    yaml.safe_load((Path(__file__).parents[2] / "schemas" / "topics.yaml").read_text(encoding="utf-8"))["topics"]
)
GARBAGE = "test.garbage"
ANSWER_SECONDS = 20.0


@dataclass
class Heard:
    """What a consumer has of all topics: the reading, keys that were removed, and what it could not read."""

    reading: Reading
    removed: int = 0
    unreadable: list[str] = field(default_factory=list)


def read_all(bootstrap_servers: str, gateway: str) -> Heard:
    """Everything on every topic up to its end now."""
    with SchemaRegistryClient({"url": f"{gateway}/registry"}) as registry:
        return _read(bootstrap_servers, AvroDeserializer(registry))


def _read(bootstrap_servers: str, decode: AvroDeserializer) -> Heard:
    contexts = {topic: SerializationContext(topic, MessageField.VALUE) for topic in TOPICS}
    heard = Heard(Reading())
    records = []
    for message in messages(bootstrap_servers, TOPICS):
        topic, raw = str(message.topic()), message.value()
        if GARBAGE in dict(message.headers() or []):
            continue
        if raw is None:
            heard.removed += 1
            continue
        try:
            value: Any = decode(raw, contexts[topic])
        except Exception as error:  # noqa: BLE001 - whatever a deserializer raises is a finding
            heard.unreadable.append(f"{topic} {message.partition()}@{message.offset()}: {error!r}")
            continue
        key = message.key() or b""
        records.append(Record(topic, message.partition() or 0, message.offset() or 0, key, value, raw))
    heard.reading = Reading.of(records)
    return heard


def messages(bootstrap_servers: str, topics: Sequence[str]) -> Iterator[Message]:
    """Messages of some topics from their beginnings to their present ends; no group, no commit."""
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "outside", "enable.auto.commit": False})
    try:
        known = consumer.list_topics(timeout=ANSWER_SECONDS).topics
        places = [(topic, number) for topic in topics for number in known[topic].partitions]
        ends = {place: consumer.get_watermark_offsets(TopicPartition(*place), ANSWER_SECONDS) for place in places}
        left = {place: high for place, (low, high) in ends.items() if high > low}
        consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in left])
        while left:
            for message in consumer.consume(5_000, 0.5):
                assert message.error() is None, message.error()
                yield message
            for position in consumer.position([TopicPartition(*place) for place in left]):
                if position.offset >= left[position.topic, position.partition]:
                    del left[position.topic, position.partition]
    finally:
        consumer.close()

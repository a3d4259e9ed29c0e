"""An outside consumer: `schemas/topics.yaml`, Confluent's client and Avro deserializer, and the gateway's registry.

It knows nothing of the project's code. Records that a test has put there to be refused carry the header `GARBAGE`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.laws.reading import Reading, Record
from tests.whole_topics import messages

TOPICS: Sequence[str] = tuple(
    yaml.safe_load((Path(__file__).parents[2] / "schemas" / "topics.yaml").read_text(encoding="utf-8"))["topics"]
)
GARBAGE = "test.garbage"


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

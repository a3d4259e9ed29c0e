"""Records that no consumer can take, made from good ones; each kind with the reason it must be refused for."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import fastavro
import yaml
from confluent_kafka import Message, Producer

from tests.e2e.consumer import GARBAGE, TOPICS
from tests.whole_topics import messages

SCHEMAS = Path(__file__).parents[2] / "schemas"
CONTRACT: dict[str, Any] = yaml.safe_load((SCHEMAS / "topics.yaml").read_text(encoding="utf-8"))["topics"]
COMPACTED = frozenset(name for name, topic in CONTRACT.items() if topic["cleanup"] == "compact")
LARGEST = 1_048_000
"""Bytes: with key and headers just under the broker's message.max.bytes of 1,048,588."""

HUGE_ONES = 2
BETWEEN_GOOD = 40
"""Garbage between two good records: far from the number in a row that stops a consumer."""

Place = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of garbage: ``error`` is the class it must be refused with."""

    name: str
    error: str
    key: bytes | None
    value: bytes | None


@dataclass
class Thrown:
    """Where the broker has put the garbage."""

    places: dict[Place, Sort] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def sorts(topic: str, good: Message) -> list[Sort]:
    """One of every kind, from a good record of the topic."""
    key, value = _key(topic, good), good.value()
    assert value is not None
    head, body = value[:5], value[5:]
    kinds = [
        Sort("bad magic", "NoSchemaId", key, b"\x01" + value[1:]),
        Sort("empty", "NoSchemaId", key, b""),
        Sort("unknown id", "UnknownSchema", key, b"\x00\x00\x0f\x42\x3f" + body),
        Sort("truncated", "MalformedRecord", key, value[: 5 + len(body) // 2]),
        Sort("wrong types", "MalformedRecord", key, head + b"\xff" * 40),
        Sort("more than a record", "MalformedRecord", key, value + b"\x00\x00"),
        Sort("unknown event type", "ContractViolation", key, head + _altered(topic, body, "city.dreamt", None)),
    ]
    required = _required(topic, body)
    if required is not None:
        kinds.append(Sort("a column missing", "ContractViolation", key, head + _altered(topic, body, None, required)))
    if topic not in COMPACTED:  # there a null value removes, and the broker itself refuses a null key
        kinds += [Sort("null key", "NullKey", None, value), Sort("null value", "NullValue", key, None)]
    return kinds


def _key(topic: str, good: Message) -> bytes | None:
    """On a compacted topic a key of its own: under a venue's key garbage would soon be all that is left of it."""
    return b"garbage " + (good.key() or b"") if topic in COMPACTED else good.key()


def huge(topic: str, good: Message) -> Sort:
    """As large as the broker lets through."""
    value = good.value()
    assert value is not None
    return Sort("huge", "MalformedRecord", _key(topic, good), value[:5] + b"\xff" * LARGEST)


def _record(topic: str, body: bytes) -> tuple[Any, dict[str, Any]]:
    schema = fastavro.parse_schema(json.loads((SCHEMAS / "avro" / f"{topic}.avsc").read_text(encoding="utf-8")))
    record = fastavro.schemaless_reader(io.BytesIO(body), schema)
    assert isinstance(record, dict)
    return schema, record


def _altered(topic: str, body: bytes, event_type: str | None, without: str | None) -> bytes:
    schema, record = _record(topic, body)
    if event_type is not None:
        record["event_type"] = event_type
    if without is not None:
        record[without] = None
    written = io.BytesIO()
    fastavro.schemaless_writer(written, schema, record)
    return written.getvalue()


def _required(topic: str, body: bytes) -> str | None:
    """A column that this record must set although its schema lets it be null; None where there is none."""
    schema, record = _record(topic, body)
    nullable = {column["name"] for column in schema["fields"] if isinstance(column["type"], list)}
    must: list[str] = CONTRACT[topic]["events"][record["event_type"]]["sets"]
    return next((name for name in must if name in nullable), None)


def newest(bootstrap_servers: str) -> dict[str, list[Message]]:
    """The newest good record of up to 50 keys of every topic: to send them once more changes nothing."""
    found: dict[str, dict[bytes, Message]] = {}
    for message in messages(bootstrap_servers, TOPICS):
        if message.value() and message.key() and GARBAGE not in dict(message.headers() or []):
            found.setdefault(str(message.topic()), {})[message.key() or b""] = message
    return {topic: list(latest.values())[:50] for topic, latest in found.items()}


MODELS = 5
"""Good records of a topic after which garbage is made."""


def throw(bootstrap_servers: str, topic: str, good: Sequence[Message], count: int) -> Thrown:
    """Put ``count`` records of garbage on a topic, good ones (told already, so of no effect) among them."""
    thrown = Thrown()
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            "message.max.bytes": 2_000_000,
        }
    )
    repeated = cycle(good[:MODELS])
    for number, (sort, place) in enumerate(_garbage(topic, good, count)):
        if number % BETWEEN_GOOD == 0:
            _repeat(producer, next(repeated))
        report = _Report(thrown, sort)
        producer.produce(topic, sort.value, sort.key, place, headers=[(GARBAGE, b"1")], on_delivery=report)
        producer.poll(0)
    assert producer.flush(60) == 0
    assert thrown.failed == [], f"{topic}: {thrown.failed[:3]}"
    return thrown


def _garbage(topic: str, good: Sequence[Message], count: int) -> Iterator[tuple[Sort, int]]:
    """Garbage, each with the partition of the good record it was made of, whatever its key says."""
    some = [(sort, message.partition() or 0) for message in good[:MODELS] for sort in sorts(topic, message)]
    yield from islice(cycle(some), count - HUGE_ONES)
    yield from [(huge(topic, good[0]), good[0].partition() or 0)] * HUGE_ONES


def _repeat(producer: Producer, message: Message) -> None:
    producer.produce(str(message.topic()), message.value(), message.key(), partition=message.partition() or 0)


@dataclass
class _Report:
    """Notes where one record of garbage has gone."""

    thrown: Thrown
    sort: Sort

    def __call__(self, error: object, message: Message) -> None:
        if error is not None:
            self.thrown.failed.append(f"{self.sort.name}: {error}")
            return
        self.thrown.places[str(message.topic()), message.partition() or 0, message.offset() or 0] = self.sort

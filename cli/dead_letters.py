"""Dead letters: what a consumer could not read, with its reason, and putting one back for that consumer alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confluent_kafka import Message, Producer

from streamkit import dlq
from streamkit.producer import LARGEST_RECORD_BYTES
from streamkit.raw import REPLAY_GROUP

FLUSH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record of a DLQ. ``partition`` and ``offset`` are its own; ``source`` is where the original stands."""

    partition: int
    offset: int
    error: str
    reason: str
    group: str
    source: str
    topic: str
    key: bytes | None
    value: bytes | None


def letter(message: Message) -> DeadLetter:
    """The dead letter that a message of a DLQ is."""
    headers = _headers(message)
    topic = headers.get(dlq.TOPIC, "")
    return DeadLetter(
        partition=int(message.partition() or 0),
        offset=int(message.offset() or 0),
        error=headers.get(dlq.ERROR_CLASS, ""),
        reason=headers.get(dlq.ERROR_MESSAGE, ""),
        group=headers.get(dlq.GROUP, ""),
        source=f"{topic}:{headers.get(dlq.PARTITION, '')}@{headers.get(dlq.OFFSET, '')}",
        topic=topic,
        key=message.key(),
        value=message.value(),
    )


def replay(bootstrap_servers: str, letters: Sequence[DeadLetter]) -> int:
    """Put letters back on their topics, each for the group that refused it; other groups skip them.

    Raises:
        RuntimeError: where the broker did not take all of them.

    """
    safety = {"enable.idempotence": True, "acks": "all", "partitioner": "murmur2_random"}
    size = {"message.max.bytes": LARGEST_RECORD_BYTES}
    producer = Producer({"bootstrap.servers": bootstrap_servers, "log_level": 2, **safety, **size})
    failed: list[str] = []

    def report(error: object, _message: Message) -> None:
        if error is not None:
            failed.append(str(error))

    for one in letters:
        headers: list[tuple[str, str | bytes | None]] = [(REPLAY_GROUP, one.group.encode())]
        producer.produce(one.topic, value=one.value, key=one.key, headers=headers, on_delivery=report)
    left = producer.flush(FLUSH_SECONDS)
    if left or failed:
        raise RuntimeError(f"{left + len(failed)} of {len(letters)} records were not taken: {', '.join(failed[:1])}")
    return len(letters)


def _headers(message: Message) -> Mapping[str, str]:
    pairs = message.headers() or []
    items = pairs.items() if isinstance(pairs, dict) else pairs
    return {name: value.decode(errors="replace") if isinstance(value, bytes) else str(value) for name, value in items}

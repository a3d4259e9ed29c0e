"""Fetches dead letters from Kafka when somebody looks at them: they are rare and seldom asked for, so none are held."""

import asyncio
from collections.abc import Sequence
from contextlib import closing

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from services.gateway.state.letters import Letter
from streamkit import dlq
from streamkit.errors import Retryable
from streamkit.settings import KafkaSettings

_PATIENCE_S = 3.0
_AT_ONCE = 2
"""Consumers that may be open for this; who asks beside them waits."""


class KafkaLetters:
    """The last records of each partition of a dead-letter topic."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def newest(self, topic: str, limit: int) -> Sequence[Letter]:
        """The newest letters of a topic, newest first; raises `Retryable` where Kafka does not answer."""
        async with self._slots:
            try:
                found = await asyncio.to_thread(self._fetch, f"{topic}.dlq", limit)
            except KafkaException as error:
                raise Retryable(f"the dead letters of {topic} cannot be read: {error.args[0].str()}") from error
        return sorted(found, key=lambda letter: (letter.timestamp_ms, letter.offset), reverse=True)[:limit]

    def _fetch(self, name: str, limit: int) -> list[Letter]:
        never_joined = {"group.id": "luna-gateway-letters", "enable.auto.commit": False}
        with closing(
            Consumer({**self._settings.client(), **never_joined, "allow.auto.create.topics": False})
        ) as consumer:
            metadata = consumer.list_topics(name, timeout=_PATIENCE_S).topics[name]
            places, wanted = [], 0
            for partition in metadata.partitions:
                low, high = consumer.get_watermark_offsets(TopicPartition(name, partition), timeout=_PATIENCE_S)
                start = max(low, high - limit)
                if high > start:
                    places.append(TopicPartition(name, partition, start))
                    wanted += high - start
            consumer.assign(places)
            found: list[Letter] = []
            while len(found) < wanted:
                messages = consumer.consume(wanted - len(found), _PATIENCE_S)
                if not messages:  # compacted away, or a broker that has stopped to answer: what there is is shown
                    break
                found += [_letter(message) for message in messages if message.error() is None]
            return found


def _letter(message: Message) -> Letter:
    headers = _headers(message)
    return Letter(
        partition=int(message.partition() or 0),
        offset=int(message.offset() or 0),
        timestamp_ms=message.timestamp()[1],
        error=headers.get(dlq.ERROR_CLASS, ""),
        reason=headers.get(dlq.ERROR_MESSAGE, ""),
        group=headers.get(dlq.GROUP, ""),
        topic=headers.get(dlq.TOPIC, ""),
        source_partition=_number(headers.get(dlq.PARTITION)),
        source_offset=_number(headers.get(dlq.OFFSET)),
        key=message.key(),
        value=message.value(),
    )


def _headers(message: Message) -> dict[str, str]:
    pairs = message.headers() or []
    items = pairs.items() if isinstance(pairs, dict) else pairs
    return {name: value.decode(errors="replace") if isinstance(value, bytes) else str(value) for name, value in items}


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else -1

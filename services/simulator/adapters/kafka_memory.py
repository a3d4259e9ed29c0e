"""What Kafka remembers of earlier processes: the ends of the control topics and the keys of compacted ones."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from services.simulator.adapters.decoding import raw_batch, received
from services.simulator.adapters.kafka_arrivals import GROUP, partitions_of
from services.simulator.runtime.admission import CONTROL
from services.simulator.runtime.notices import METRICS
from services.simulator.runtime.past import Past
from streamkit.broker import wait_for_broker
from streamkit.clock import Clock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.errors import Retryable
from streamkit.positions import Positions, advance
from streamkit.settings import KafkaSettings

TAIL = 50_000
"""Records read from the end of each partition: hours of ticks and states at 60x."""

GATHER = 0.05
"""Seconds a read gathers records: `consume` returns early only when it has all it may take."""

PATIENCE = 10.0
"""Seconds without a record before the broker counts as away."""


class KafkaMemory:
    """Reads ends and keys with a consumer of its own each time; nothing stays open."""

    def __init__(self, settings: KafkaSettings, catalogue: Catalogue, codec: Codec, clock: Clock) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._settings = settings
        self._codec = codec
        self._inputs = catalogue.topics_read_by(GROUP)

    async def past(self) -> Past:
        """The ends of system_metrics and simulation_control, and the end positions of every input.

        Raises:
            Retryable: The broker went away.
            Fatal: It never came.

        """
        await wait_for_broker(self._settings, self._inputs, self._clock)
        return await asyncio.to_thread(self._past)

    async def living(self, topic: str) -> set[str]:
        """Keys of a compacted topic whose latest record is not a removal.

        Raises:
            Retryable: The broker is away.

        """
        return await asyncio.to_thread(self._living, topic)

    async def ends(self, topics: Sequence[str]) -> Positions:
        """End offsets of every partition of some topics.

        Raises:
            Retryable: The broker is away.

        """
        return await asyncio.to_thread(self._ends_of, topics)

    def _ends_of(self, topics: Sequence[str]) -> Positions:
        with self._reader() as consumer:
            return self._ends(consumer, topics)

    def _past(self) -> Past:
        with self._reader() as consumer:
            ends = self._ends(consumer, self._inputs)
            frames = {}
            for topic in (METRICS, CONTROL):
                tail = raw_batch(topic, list(self._read(consumer, topic, TAIL)))
                frames[topic] = received(self._catalogue, self._codec, tail)[0].batch.frame
                advance(ends, tail.positions)
        return Past(frames[METRICS], frames[CONTROL], ends)

    def _living(self, topic: str) -> set[str]:
        alive: dict[bytes, bool] = {}
        with self._reader() as consumer:
            for message in self._read(consumer, topic, None):
                alive[message.key() or b""] = message.value() is not None
        return {key.decode(errors="replace") for key, present in alive.items() if present}

    def _ends(self, consumer: Consumer, topics: Sequence[str]) -> Positions:
        places = partitions_of(consumer, topics)
        return {
            (place.topic, place.partition): consumer.get_watermark_offsets(place, timeout=PATIENCE)[1]
            for place in places
        }

    def _read(self, consumer: Consumer, topic: str, tail: int | None) -> Iterator[Message]:
        places, missing = [], {}
        for place in partitions_of(consumer, [topic]):
            low, high = consumer.get_watermark_offsets(place, timeout=PATIENCE)
            if high > low:
                start = low if tail is None else max(low, high - tail)
                places.append(TopicPartition(topic, place.partition, start))
                missing[place.partition] = high
        consumer.assign(places)
        while missing:
            messages = consumer.consume(10_000, GATHER)
            if not messages:
                self._reached(consumer, topic, missing)
            for message in messages:
                partition, offset = message.partition(), message.offset()
                if message.error() is not None or partition is None or offset is None:
                    continue
                if offset < missing.get(partition, 0):
                    yield message
                if offset + 1 >= missing.get(partition, 0):
                    missing.pop(partition, None)

    def _reached(self, consumer: Consumer, topic: str, missing: dict[int, int]) -> None:
        """Forget partitions whose last offsets hold no record (compaction, transactions)."""
        places = consumer.position([TopicPartition(topic, partition) for partition in missing])
        for place in places:
            if place.offset >= missing[place.partition]:
                del missing[place.partition]
        if len(places) == len(missing):
            consumer.list_topics(topic, timeout=PATIENCE)  # raises if the broker is away

    @contextmanager
    def _reader(self) -> Iterator[Consumer]:
        consumer = Consumer(
            {
                **self._settings.client(),
                "group.id": "simulator-memory",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 20,
            }
        )
        try:
            yield consumer
        except KafkaException as error:
            raise Retryable(f"Kafka does not answer: {error.args[0].str()}") from error
        finally:
            consumer.close()

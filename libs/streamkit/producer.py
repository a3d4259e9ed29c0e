"""Publishes columns on Kafka: idempotent, acks=all, Java's partitioner, every delivery report checked, bounded."""

import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from typing import TypeAlias

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Message

from streamkit import metrics
from streamkit.broker import HEALING, denied, produce_failure
from streamkit.clock import Clock
from streamkit.codec import Codec, Encoded
from streamkit.errors import Fatal
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.records import Tombstones
from streamkit.settings import KafkaSettings

QUEUE_FULL_PAUSE_S = 0.005
"""How long a sender waits before it tries a full queue again: about one linger."""

DELIVERY_LIMIT_MS = 120_000
"""A record not acknowledged by then fails; librdkafka retries within. Two minutes outlive a broker restart."""

LARGEST_RECORD_BYTES = 2 * 1024 * 1024
"""Above what any topic of ours takes, so that the broker judges: librdkafka's own 1,000,000 is below a broker's usual
limit, and a dead letter, which is its original and a reason, would end the service that could not read it."""

Headers: TypeAlias = list[tuple[str, str | bytes | None]]
"""Headers of one record, as librdkafka takes them."""


class Delivery:
    """Awaitable outcome of handed-over records: the end offset of every partition they were written to."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock, on_failure: Callable[[KafkaError], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._on_failure = on_failure
        self._began = clock.monotonic()
        self._done: asyncio.Future[Positions] = loop.create_future()
        self._ends: Positions = {}
        self._counts: dict[str, int] = {}
        self._awaited = 0
        self._reported = 0
        self._sealed = False
        self._failure: KafkaError | None = None
        self._failed_topic = ""

    def __await__(self) -> Generator[None, None, Positions]:
        return asyncio.shield(self._done).__await__()

    @property
    def done(self) -> bool:
        """Whether every report has arrived."""
        return self._done.done()

    def expect(self, topic: str, records: int) -> None:
        """Count records that were put on the queue."""
        self._awaited += records
        self._counts[topic] = self._counts.get(topic, 0) + records

    def seal(self) -> None:
        """No more records follow."""
        self._sealed = True
        if self._reported == self._awaited:  # all reports were faster; `report` did not see the seal
            self._finish()

    def report(self, error: KafkaError | None, message: Message) -> None:
        """Librdkafka's delivery report of one record; runs in the polling thread."""
        if error is not None:
            self._failure = error
            self._failed_topic = message.topic() or ""
        else:
            # reports of a partition come in offset order, so the last one wins
            self._ends[message.topic(), message.partition()] = message.offset() + 1  # type: ignore[index,operator]
        self._reported += 1
        if self._sealed and self._reported == self._awaited:
            self._loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        if self._done.done():
            return
        if self._failure is not None:
            metrics.PRODUCE_FAILED.labels(self._failed_topic).inc()
            self._on_failure(self._failure)
            self._done.set_exception(produce_failure(self._failure, self._failed_topic))
            self._done.exception()  # of a delivery that nobody awaits the producer's next call tells
            return
        for topic, count in self._counts.items():
            metrics.PRODUCED.labels(topic).inc(count)
        metrics.PUBLISH_SECONDS.observe(self._clock.monotonic() - self._began)
        self._done.set_result(self._ends)


class Producer:
    """The one way of a service to publish. Started by the first use, closed as a `Resource` of the service."""

    def __init__(self, settings: KafkaSettings, codec: Codec, clock: Clock) -> None:
        self._settings = settings
        self._codec = codec
        self._clock = clock
        self._failure: KafkaError | None = None
        self._closing = threading.Event()
        self._client = confluent_kafka.Producer(
            {
                **settings.client(),
                "enable.idempotence": True,
                "acks": "all",
                "partitioner": "murmur2_random",
                "linger.ms": settings.linger_ms,
                "compression.type": settings.compression,
                "queue.buffering.max.messages": settings.queue_records,
                "queue.buffering.max.kbytes": 256 * 1024,
                "message.max.bytes": LARGEST_RECORD_BYTES,
                "delivery.timeout.ms": DELIVERY_LIMIT_MS,
                "error_cb": self._note_error,
            }
        )
        self._reports = threading.Thread(target=self._serve_reports, name="delivery-reports", daemon=True)
        self._reports.start()

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        """Publish and wait for every delivery report; the end offset of each partition written.

        Raises:
            EncodeError: naming the column that breaks its contract; nothing was sent.
            Retryable, Fatal: what the broker said.

        """
        return await self._send(self._encode(outputs))

    async def publish_encoded(self, batches: Sequence[Encoded]) -> Positions:
        """`publish` of what the codec has encoded before."""
        return await self._send([(batch.topic, batch.keys, batch.values, None) for batch in batches])

    async def _send(self, batches: Sequence["_Records"]) -> Positions:
        delivery = self._delivery()
        for topic, keys, values, timestamps in batches:
            sent = 0
            while sent < len(keys):
                sent = self._enqueue(delivery, topic, keys, values, timestamps, sent, None)
                if sent < len(keys):
                    await self._clock.sleep(QUEUE_FULL_PAUSE_S)
        delivery.seal()
        return await delivery

    def produce_nowait(self, outputs: Sequence[Output]) -> Delivery:
        """Hand records over without waiting for their reports; await the `Delivery` before anything relies on them.

        Where the bounded queue is full it blocks until the broker has taken some.
        """
        delivery = self._delivery()
        for topic, keys, values, timestamps in self._encode(outputs):
            sent = 0
            while sent < len(keys):
                sent = self._enqueue(delivery, topic, keys, values, timestamps, sent, None)
                if sent < len(keys):
                    self._closing.wait(QUEUE_FULL_PAUSE_S)
        delivery.seal()
        return delivery

    async def publish_raw(
        self, topic: str, keys: Sequence[bytes | None], values: Sequence[bytes | None], headers: Sequence[Headers]
    ) -> Positions:
        """Publish bytes as they are, each with its headers: dead letters and their replay."""
        delivery = self._delivery()
        for key, value, header in zip(keys, values, headers, strict=True):
            while not self._enqueue(delivery, topic, (key,), (value,), None, 0, header):
                await self._clock.sleep(QUEUE_FULL_PAUSE_S)
        delivery.seal()
        return await delivery

    async def close(self) -> None:
        """Send what is queued, wait for its reports, stop the reporting thread."""
        deadline = self._clock.monotonic() + DELIVERY_LIMIT_MS / 1000
        while len(self._client) and self._clock.monotonic() < deadline and not self._failure:
            await self._clock.sleep(QUEUE_FULL_PAUSE_S)
        self._closing.set()
        await asyncio.to_thread(self._reports.join)

    def _delivery(self) -> Delivery:
        if self._failure is not None:
            raise Fatal(f"Kafka producer: {self._failure.str()}")
        return Delivery(asyncio.get_running_loop(), self._clock, self._note_failure)

    def _encode(self, outputs: Sequence[Output]) -> list["_Records"]:
        records: list[_Records] = []
        for output in outputs:
            if isinstance(output, Tombstones):
                keys = [key.encode() for key in output.keys]
                records.append((output.topic, keys, [None] * len(keys), None))
            else:
                encoded = self._codec.encode(output)
                stamps = output.timestamps_ms
                records.append(
                    (encoded.topic, encoded.keys, encoded.values, None if stamps is None else stamps.tolist())
                )
        return records

    def _enqueue(
        self,
        delivery: Delivery,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        timestamps: Sequence[int] | None,
        start: int,
        headers: Headers | None,
    ) -> int:
        """Put records from ``start`` on the queue; the index of the first that found it full."""
        produce, report = self._client.produce, delivery.report
        index = start
        try:
            if headers is not None:
                produce(topic, values[start], keys[start], -1, report, headers=headers)
                index = start + 1
            elif timestamps is None:
                for key, value in zip(keys[start:], values[start:], strict=True):
                    produce(topic, value, key, -1, report)
                    index += 1
            else:
                for key, value, stamp in zip(keys[start:], values[start:], timestamps[start:], strict=True):
                    produce(topic, value, key, -1, report, timestamp=stamp)
                    index += 1
        except BufferError:
            metrics.PRODUCE_QUEUE_FULL.inc()
        except KafkaException as error:
            metrics.PRODUCE_FAILED.labels(topic).inc(len(keys) - index)
            raise produce_failure(error.args[0], topic) from error
        finally:
            delivery.expect(topic, index - start)
        return index

    def _serve_reports(self) -> None:
        while not self._closing.is_set():
            self._client.poll(0.1)

    def _note_failure(self, error: KafkaError) -> None:
        if error.code() not in HEALING:
            self._failure = error

    def _note_error(self, error: KafkaError) -> None:
        if denied(error):
            self._failure = error


_Records: TypeAlias = tuple[str, Sequence[bytes], Sequence[bytes | None], Sequence[int] | None]

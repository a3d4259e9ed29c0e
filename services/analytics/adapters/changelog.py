"""Writes the changelog of the table: explicit partitions, in order, every delivery report checked."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Message

from services.analytics.adapters.commits import CLAIM, table_key
from streamkit.errors import Fatal
from streamkit.settings import KafkaSettings

WAIT_S = 60.0
"""Longer than a broker restart; a changelog that cannot be written by then ends the process."""

QUEUE_FULL_PAUSE_S = 0.05


class ChangelogWriter:
    """An idempotent producer of its own, so that one commit waits for its own records only."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._topic = topic
        self._failure: KafkaError | None = None
        self._configuration = {
            **settings.client(),
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 0,
            "message.max.bytes": 4_194_304,  # as the topic allows: a busy minute of many people is one cell
            "compression.type": settings.compression,
            "delivery.timeout.ms": int(WAIT_S * 1000),
        }
        self._client = confluent_kafka.Producer({**self._configuration, "delivery.report.only.error": True})

    async def append(self, records: Sequence[tuple[int, bytes, bytes | None]]) -> None:
        """Write (partition, key, value) in order within a partition, and wait until the broker has them all.

        Raises:
            Fatal: the broker refused a record, or did not answer in time; what is in the log is a prefix.

        """
        sent = 0
        while sent < len(records) and self._failure is None:  # nothing after a record that is lost
            sent = self._produce(records, sent)
            if sent < len(records):
                await asyncio.to_thread(self._client.poll, QUEUE_FULL_PAUSE_S)
        await self._flush(self._client)

    async def _flush(self, client: confluent_kafka.Producer) -> None:
        left = await asyncio.to_thread(client.flush, WAIT_S)
        if self._failure is not None or left:
            reason = self._failure.str() if self._failure else f"{left} records not acknowledged in {WAIT_S:g} s"
            raise Fatal(f"changelog {self._topic}: {reason}")

    async def claim(self, partitions: Collection[int], owner: str) -> Mapping[int, int]:
        """Claim partitions of the changelog for us; the offsets of the claims. Comes before everything appended.

        Raises:
            Fatal: the broker refused, or did not answer in time.

        """
        claims: dict[int, int] = {}

        def note(error: KafkaError | None, message: Message) -> None:
            self._report(error, message)
            partition, offset = message.partition(), message.offset()
            if error is None and partition is not None and offset is not None:
                claims[partition] = offset

        client = confluent_kafka.Producer(self._configuration)  # tells of what went well, too: an offset
        for partition in partitions:
            client.produce(self._topic, owner.encode(), table_key(partition, CLAIM), partition, note)
        await self._flush(client)
        return claims

    def _produce(self, records: Sequence[tuple[int, bytes, bytes | None]], start: int) -> int:
        """Put records from ``start`` on the queue; the place of the first that found it full."""
        produce, topic, report = self._client.produce, self._topic, self._report
        place = start
        try:
            for partition, key, value in records[start:]:
                produce(topic, value, key, partition, report)
                place += 1
        except BufferError:
            pass
        except KafkaException as error:
            raise Fatal(f"changelog {self._topic}: {error}") from error
        return place

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failure = error

"""Logs under test that are made of real clients: librdkafka's in-process cluster, and a real Apache Kafka."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator, Sequence

import confluent_kafka
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.consumer import Consumer
from streamkit.contracts import Catalogue
from streamkit.fetching import watermarks
from streamkit.producer import Producer
from streamkit.settings import KafkaSettings
from streamkit.testing import LogHost, Record, standing_topic

_NUMBERS = itertools.count(1)


def settings_for(bootstrap: str) -> KafkaSettings:
    """Settings of a quick test."""
    return KafkaSettings(bootstrap_servers=bootstrap, session_timeout_ms=6_000, start_deadline_s=20.0)


@pytest.fixture
def cluster_bootstrap() -> Iterator[str]:
    """Address of an in-process cluster that lives as long as the test."""
    mock = confluent_kafka.Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "unused", "log_level": 2})
    brokers = mock.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    mock.flush(0)  # the cluster lives as long as its producer


async def read_bytes(settings: KafkaSettings, topic: str) -> Sequence[Record]:
    """Every record of a topic with its headers."""
    client = confluent_kafka.Consumer(
        {**settings.client(), "group.id": "look", "enable.auto.commit": False, "enable.partition.eof": True}
    )
    try:
        lows, highs = watermarks(client, [topic])
        places = [confluent_kafka.TopicPartition(*place, lows[place]) for place in highs if highs[place] > lows[place]]
        client.assign(places)
        records: list[Record] = []
        while len(records) < sum(highs.values()) - sum(lows.values()):
            for message in client.consume(1_000, 0.1):
                if message.error() is None:
                    headers = {name: _text(value) for name, value in dict(message.headers() or ()).items()}
                    place = (message.partition() or 0, message.offset() or 0)
                    records.append(Record(*place, message.key(), message.value(), headers))
        return records
    finally:
        client.close()


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""


def create_topics(bootstrap: str, *names: str) -> None:
    """Topics with four partitions on a real Kafka."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for made in admin.create_topics(
        [NewTopic(name, num_partitions=4, replication_factor=1) for name in names]
    ).values():
        made.result()


async def host_on(bootstrap: str, catalogue: Catalogue, kept: str, compacted: str) -> AsyncIterator[LogHost]:
    """A log made of real clients; its producer is closed at the end."""
    settings = settings_for(bootstrap)
    codec = Codec(catalogue)
    producer = Producer(settings, codec, SystemClock())

    def source(group: str) -> Consumer:
        return Consumer(settings, group, [kept, compacted], SystemClock())

    async def read(topic: str) -> Sequence[Record]:
        return await read_bytes(settings, topic)

    yield LogHost(catalogue, codec, kept, compacted, producer, source, read)
    await producer.close()


@pytest.fixture
async def cluster_host(cluster_bootstrap: str) -> AsyncIterator[LogHost]:
    """The in-process cluster as a log."""
    async for host in host_on(cluster_bootstrap, Catalogue.load(), "user_actions", "preferences"):
        yield host


@pytest.fixture
async def kafka_host(kafka_bootstrap: str) -> AsyncIterator[LogHost]:
    """A real Kafka as a log, with topics of this test alone."""
    mark = f"{os.getpid()}_{next(_NUMBERS)}"
    kept, compacted = f"user_actions_{mark}", f"preferences_{mark}"
    catalogue = standing_topic(Catalogue.load(), "user_actions", kept)
    catalogue = standing_topic(catalogue, "preferences", compacted)
    create_topics(kafka_bootstrap, kept, compacted, f"{kept}.dlq", f"{compacted}.dlq")
    async for host in host_on(kafka_bootstrap, catalogue, kept, compacted):
        yield host

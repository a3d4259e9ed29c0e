"""The watchdog on a real broker: who no longer reads one partition ends, whatever else moves."""

import asyncio
from itertools import count

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from services.analytics.adapters.watchdog import Progress, StallPolicy, Watchdog
from streamkit.clock import SystemClock
from streamkit.errors import Fatal
from streamkit.settings import KafkaSettings

pytestmark = pytest.mark.kafka
TOPIC = "watched"
LOOKS_S = 7.0


async def test_a_partition_that_stands_still_ends_the_process_but_not_one_whose_records_expired(
    kafka_bootstrap: str,
) -> None:
    kafka = KafkaSettings(bootstrap_servers=kafka_bootstrap)
    admin = AdminClient(kafka.client())
    admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])[TOPIC].result(30)
    client = Producer(kafka.client())
    client.produce(TOPIC, b"v", b"k", partition=0)
    assert client.flush(30) == 0
    moving = count()

    def watchdog() -> Watchdog:
        policy = StallPolicy(limit_s=0.5, restore_limit_s=0.5)
        progress = lambda: Progress(frozenset({0}), {(TOPIC, 0): 0, ("elsewhere", 0): next(moving)})  # noqa: E731
        return Watchdog(kafka, SystemClock(), policy, "watching", [TOPIC], 1, progress)

    with pytest.raises(Fatal, match="watched:0 stood still for"):
        await asyncio.wait_for(watchdog().run(asyncio.Event()), 60)
    gone = TopicPartition(TOPIC, 0, 1)
    admin.delete_records([gone])[gone].result(30)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(watchdog().run(asyncio.Event()), LOOKS_S)

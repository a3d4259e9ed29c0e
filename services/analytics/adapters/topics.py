"""The service's own topics, made explicitly because Faust must not create topics by its own rules."""

import asyncio

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streamkit.broker import wait_for_leaders
from streamkit.clock import SystemClock
from streamkit.errors import Fatal
from streamkit.settings import KafkaSettings

TIMEOUT_S = 15.0


async def ensure_compacted(settings: KafkaSettings, topic: str, partitions: int) -> None:
    """Create the compacted topic unless it is there, with as many partitions as the sources have.

    Raises:
        Fatal: the broker refused, or the topic is there with other partitions.

    """
    await asyncio.to_thread(_ensure, settings, topic, partitions)


def _ensure(settings: KafkaSettings, topic: str, partitions: int) -> None:
    admin = AdminClient(settings.client())
    policy = {
        "cleanup.policy": "compact",
        "max.message.bytes": "4194304",
        # every start reads all of it: small segments are closed, and so compacted, early
        "segment.bytes": "16777216",
        "segment.ms": "120000",
        "min.cleanable.dirty.ratio": "0.1",
        # a record that an owner wrote after losing its partition is seen, and what it hides written again, before
        # compaction could keep just that one
        "min.compaction.lag.ms": "60000",
    }
    wanted = NewTopic(topic, num_partitions=partitions, replication_factor=-1, config=policy)
    cluster = admin.list_topics(timeout=TIMEOUT_S)
    if cluster.controller_id not in cluster.brokers:
        admin.list_topics(topic, TIMEOUT_S)  # librdkafka's cluster has no controller, and makes what is asked for
        return
    try:
        admin.create_topics([wanted], request_timeout=TIMEOUT_S)[topic].result(TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise Fatal(f"cannot create {topic}: {error.args[0].str()}") from error
        found = admin.list_topics(topic, TIMEOUT_S).topics[topic]
        if len(found.partitions) != partitions:
            raise Fatal(f"{topic} has {len(found.partitions)} partitions, its sources have {partitions}") from error
    wait_for_leaders(admin, {topic: partitions}, SystemClock())

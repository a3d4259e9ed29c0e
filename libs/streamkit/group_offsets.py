"""The positions of a service's database win over its group's.

A group that is behind repeats records, which a service that knows its records makes harmless. A group that is ahead,
because the database was restored from an earlier day, would skip records: its offsets are set back before anything is
consumed.
"""

import asyncio
import time
from collections.abc import Callable

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from streamkit import logs
from streamkit.errors import Fatal
from streamkit.positions import Positions
from streamkit.settings import KafkaSettings

CALL_LIMIT_S = 10.0
PAUSE_S = 0.5


async def restore_offsets(settings: KafkaSettings, group: str, stored: Callable[[], Positions]) -> bool:
    """Set the group back where it is ahead; False where a stored position is past its topic's end: other topics.

    ``stored`` reads the database's positions, in a thread.

    Raises:
        Fatal: the group must be set back but another process of it is running, or the broker does not answer.

    """
    return await asyncio.to_thread(_restore, settings, group, stored)


def _restore(settings: KafkaSettings, group: str, stored: Callable[[], Positions]) -> bool:
    positions = stored()
    if not positions:
        return True
    places = [TopicPartition(topic, partition) for topic, partition in positions]
    reader = Consumer({**settings.client(), "group.id": group, "enable.auto.commit": False})
    try:
        for place in places:
            end = reader.get_watermark_offsets(place, timeout=CALL_LIMIT_S)[1]
            if positions[place.topic, place.partition] > end:
                return False
        committed = reader.committed(places, timeout=CALL_LIMIT_S)
    except KafkaException as error:
        raise Fatal(f"offsets of {group}: {error.args[0].str()}") from error
    finally:
        reader.close()
    positions = stored()  # as of now: other processes of the group go on meanwhile, database first
    ahead = [place for place in committed if place.offset > positions[place.topic, place.partition]]
    if ahead:
        _set_back(
            settings, group, [TopicPartition(p.topic, p.partition, positions[p.topic, p.partition]) for p in ahead]
        )
    return True


def _set_back(settings: KafkaSettings, group: str, places: list[TopicPartition]) -> None:
    """Alter the group's offsets, which a broker allows only while nobody is in it.

    A killed process stays a member until its session times out, so that long it is tried again.
    """
    admin = AdminClient(settings.client())  # held while it is waited for: a client that is gone never answers
    deadline = time.monotonic() + settings.session_timeout_ms / 1000 + CALL_LIMIT_S
    while (refusal := _refused(admin, ConsumerGroupTopicPartitions(group, places))) is not None:
        if time.monotonic() > deadline:
            raise Fatal(f"{group} is ahead of the database and cannot be set back while it runs: {refusal}")
        time.sleep(PAUSE_S)
    logs.get_logger().warning("group was ahead of the database: set back", group=group, partitions=len(places))


def _refused(admin: AdminClient, wanted: ConsumerGroupTopicPartitions) -> str | None:
    """Why the broker did not alter the offsets; None where it did."""
    try:
        done = admin.alter_consumer_group_offsets([wanted])[wanted.group_id].result(CALL_LIMIT_S)
    except KafkaException as error:
        return str(error.args[0].str())
    except TimeoutError:
        return f"no answer within {CALL_LIMIT_S:g} s"
    return next((str(place.error) for place in done.topic_partitions if place.error is not None), None)

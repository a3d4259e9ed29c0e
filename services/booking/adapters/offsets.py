"""The database's positions win over the group's: at start the group's offsets are set to them.

Where another process of the group runs already, the broker refuses; then the inbox alone makes repeats harmless.
"""

import asyncio
from collections.abc import Mapping

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from streamkit import logs
from streamkit.settings import KafkaSettings

CALL_LIMIT_S = 10.0


async def restore_offsets(settings: KafkaSettings, group: str, positions: Mapping[tuple[str, int], int]) -> bool:
    """Set the group's offsets; False where a stored position is past its topic's end: the topics are other ones."""
    return await asyncio.to_thread(_restore, settings, group, dict(positions)) if positions else True


def _restore(settings: KafkaSettings, group: str, positions: dict[tuple[str, int], int]) -> bool:
    places = [TopicPartition(topic, partition, offset) for (topic, partition), offset in positions.items()]
    reader = Consumer({**settings.client(), "group.id": f"{group}-positions"})
    try:
        for place in places:
            if place.offset > reader.get_watermark_offsets(place, timeout=CALL_LIMIT_S)[1]:
                return False
    finally:
        reader.close()
    wanted = ConsumerGroupTopicPartitions(group, places)
    try:
        AdminClient(settings.client()).alter_consumer_group_offsets([wanted])[group].result(CALL_LIMIT_S)
    except KafkaException as error:
        logs.get_logger().warning("group offsets stay as they are", group=group, reason=error.args[0].str())
    return True

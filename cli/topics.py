"""Topics of the catalogue on a broker: made, compared, listed.

No topic is bounded by time, only by bytes: a backfill stamps records with the simulated past, and a broker that
deletes by time would delete them at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    ResourceType,
)
from confluent_kafka.cimpl import NewTopic

from streamkit.broker import wait_for_leaders
from streamkit.clock import SystemClock
from streamkit.codec.registry import SchemaRegistry, patiently
from streamkit.contracts import Catalogue, Topic

ADMIN_SECONDS = 90.0
"""A broker that has just started on a loaded machine answers late."""

DLQ_SUFFIX = ".dlq"
LARGEST_LETTER_BYTES = 1_048_588 + 16 * 1024
"""A broker's usual limit of a record, and room for the reason that a dead letter carries beside the record."""

_UNLIMITED = "9223372036854775807"
_MIB = 1024 * 1024
_SEGMENT_MIB = 64
"""Retention drops whole segments only: a topic holds its bound plus at most one."""


class TopicError(Exception):
    """A topic that cannot be brought in line without losing data."""


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """What a topic must be on the broker."""

    name: str
    partitions: int
    config: Mapping[str, str]


def plans(catalogue: Catalogue) -> list[TopicPlan]:
    """Every topic of the catalogue and the dead-letter topics beside them."""
    found = []
    for topic in catalogue.topics.values():
        found.append(TopicPlan(topic.name, topic.partitions, _config(topic)))
        if topic.dlq:
            config = _bounded(catalogue.dlq_retention_mib) | {"max.message.bytes": str(LARGEST_LETTER_BYTES)}
            found.append(TopicPlan(topic.name + DLQ_SUFFIX, topic.partitions, config))
    return found


def apply(admin: AdminClient, wanted: Sequence[TopicPlan], replication: int = 1) -> list[str]:
    """Make the topics that are missing and set what differs; says what was done, a line each.

    Raises:
        KafkaException: where the broker refuses.
        TopicError: where a topic has another number of partitions.
        Fatal: where a topic has no leader.

    """
    existing = admin.list_topics(timeout=ADMIN_SECONDS).topics
    missing = [plan for plan in wanted if plan.name not in existing]
    new = [NewTopic(plan.name, plan.partitions, replication, config=dict(plan.config)) for plan in missing]
    for future in (admin.create_topics(new, operation_timeout=ADMIN_SECONDS) if new else {}).values():
        future.result(ADMIN_SECONDS)
    # a broker that has just started leads nothing yet, old or new
    expected = {plan.name: len(existing[plan.name].partitions) for plan in wanted if plan.name in existing}
    expected |= {plan.name: plan.partitions for plan in missing}
    wait_for_leaders(admin, expected, SystemClock())
    done = [f"{plan.name}: made with {plan.partitions} partitions" for plan in missing]
    present = [plan for plan in wanted if plan.name in existing]
    return done + [_mend(admin, difference) for difference in differences(admin, present)]


def register_schemas(url: str, catalogue: Catalogue) -> dict[str, int]:
    """Put every committed schema version into a Schema Registry; ids by ``<subject>/<version>``.

    Raises:
        Fatal: where the registry refuses a schema.
        Retryable: where it is not reached.

    """
    with SchemaRegistry(url) as registry:
        return patiently(lambda: registry.register(catalogue))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about a topic that is not as planned. ``found`` is None where the topic is missing."""

    topic: str
    setting: str
    wanted: str
    found: str | None

    def __str__(self) -> str:
        """For people."""
        if self.found is None:
            return f"{self.topic}: missing"
        return f"{self.topic}: {self.setting} is {self.found}, should be {self.wanted}"


def differences(admin: AdminClient, wanted: Sequence[TopicPlan]) -> list[Difference]:
    """Where the broker departs from the catalogue; settings left to the broker's default are not compared."""
    metadata = admin.list_topics(timeout=ADMIN_SECONDS).topics
    found: list[Difference] = []
    present = [plan for plan in wanted if plan.name in metadata]
    found.extend(Difference(plan.name, "topic", "present", None) for plan in wanted if plan.name not in metadata)
    for plan in present:
        partitions = len(metadata[plan.name].partitions)
        if partitions != plan.partitions:
            found.append(Difference(plan.name, "partitions", str(plan.partitions), str(partitions)))
    resources = [ConfigResource(ResourceType.TOPIC, plan.name) for plan in present]
    answers = admin.describe_configs(resources) if resources else {}
    for plan, resource in zip(present, resources, strict=True):
        settings = answers[resource].result(ADMIN_SECONDS)
        for name, value in plan.config.items():
            entry = settings.get(name)
            if entry is None or entry.value != value:
                found.append(Difference(plan.name, name, value, entry.value if entry else "unknown"))
    return found


def overridden(admin: AdminClient, name: str) -> dict[str, str]:
    """Settings of one topic that are its own, not the broker's."""
    resource = ConfigResource(ResourceType.TOPIC, name)
    settings = admin.describe_configs([resource])[resource].result(ADMIN_SECONDS)
    own = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    return {key: entry.value for key, entry in settings.items() if entry.source == own}


def _mend(admin: AdminClient, difference: Difference) -> str:
    """Settings can be set; the number of partitions cannot go down, and going up would move keys."""
    if difference.setting == "partitions":
        raise TopicError(f"{difference}; remove the topic first: keys would move between partitions")
    entry = ConfigEntry(difference.setting, difference.wanted, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, difference.topic, incremental_configs=[entry])
    for future in admin.incremental_alter_configs([resource]).values():
        future.result(ADMIN_SECONDS)
    return f"{difference.topic}: {difference.setting} set to {difference.wanted}, was {difference.found}"


def _config(topic: Topic) -> dict[str, str]:
    if not topic.compacted:
        return _bounded(topic.retention_mib)
    # rolled and compacted soon, or the latest rows of a small city lie under all earlier ones for a week
    lags = {"min.compaction.lag.ms": "0", "max.compaction.lag.ms": "60000", "segment.ms": "60000"}
    return _common() | {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.2"} | lags


def _bounded(mib: int) -> dict[str, str]:
    size = -1 if mib < 0 else mib * _MIB
    segment = _SEGMENT_MIB * _MIB if size < 0 else max(_MIB, min(_SEGMENT_MIB * _MIB, size // 4))
    return _common() | {"cleanup.policy": "delete", "retention.bytes": str(size), "segment.bytes": str(segment)}


def _common() -> dict[str, str]:
    unlimited = {f"message.timestamp.{side}.max.ms": _UNLIMITED for side in ("before", "after")}
    return {"retention.ms": "-1", "message.timestamp.type": "CreateTime"} | unlimited

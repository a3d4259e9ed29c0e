"""The page that people read before they consume a topic: docs/events.md."""

from streamkit.codec.plan import Field, Plan
from streamkit.contracts import Catalogue, EventType, Topic, subject_of

INTRODUCTION = """# Topics and events

Generated from `schemas/` by `make generate`; not edited by hand.

Every topic has one flat Avro record (Confluent wire format, subject `<topic>-value`): first the common columns,
then those its event types need, nullable with default null. Times are `timestamp-micros`, UTC. Record keys are the
raw UTF-8 bytes of the key column, placed by Java's murmur2 partitioner. A record may arrive twice, with the same
`event_id` and the same value: deduplicate by `event_id`, the first wins. What a service cannot read goes to
`<topic>.dlq` with its reason in the headers.
"""


def events_page(catalogue: Catalogue) -> str:
    """Markdown of every topic."""
    topics = list(catalogue.topics.values())
    common = _common(topics)
    parts = [INTRODUCTION, "## Topics\n", _overview(topics), "## Common columns\n", _columns(topics[0], common)]
    parts += [_topic(topic, common) for topic in topics]
    return "\n".join(parts)


def _common(topics: list[Topic]) -> tuple[str, ...]:
    """Leading columns that every topic has."""
    shared = set.intersection(*(set(topic.columns) for topic in topics))
    return tuple(column for column in topics[0].columns if column in shared)


def _overview(topics: list[Topic]) -> str:
    rows = [
        f"| [`{topic.name}`](#{topic.name}) | `{topic.key}` | {_kept(topic)} | {topic.purpose} |" for topic in topics
    ]
    return "\n".join(["| topic | key | kept | what for |", "|---|---|---|---|", *rows, ""])


def _kept(topic: Topic) -> str:
    if topic.compacted:
        return "latest row of each key; a null value removes it"
    return f"{topic.retention_mib} MiB a partition" if topic.retention_mib > 0 else "without bound"


def _topic(topic: Topic, common: tuple[str, ...]) -> str:
    producers = dict.fromkeys(name for event in topic.events.values() for name in event.producers)
    own = tuple(column for column in topic.columns if column not in common)
    facts = [
        f"## {topic.name}",
        "",
        f"{topic.purpose}.",
        "",
        f"* key `{topic.key}`, {topic.partitions} partitions",
        f"* subject `{subject_of(topic.name)}`, schema version {topic.version}",
        f"* kept: {_kept(topic)}",
        f"* produced by {', '.join(producers)}; read by {', '.join(topic.consumers)}",
        f"* wall-clock times in values: {'yes' if topic.wall_clock else 'no'}",
        *([] if topic.time_ordered else ["* records of a key come in order of arrival, which may go back in time"]),
        "",
        "| event type | produced by | always sets |",
        "|---|---|---|",
        *(_event(event) for event in topic.events.values()),
        "",
        _columns(topic, own),
    ]
    return "\n".join(facts)


def _event(event: EventType) -> str:
    columns = ", ".join(f"`{column}`" for column in event.sets)
    return f"| `{event.name}` | {', '.join(event.producers)} | {columns} |"


def _columns(topic: Topic, names: tuple[str, ...]) -> str:
    documents = {column["name"]: column.get("doc", "") for column in topic.schema["fields"]}
    fields = [field for field in Plan.of(topic.schema).fields if field.name in names]
    rows = [f"| `{field.name}` | {_type(field)} | {documents[field.name]} |" for field in fields]
    return "\n".join(["| column | type | meaning |", "|---|---|---|", *rows, ""])


def _type(field: Field) -> str:
    return ("timestamp" if field.timestamp else field.kind) + (", nullable" if field.nullable else "")

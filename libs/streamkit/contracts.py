"""The contracts as objects: what ``schemas/`` says of topics, event types, columns and schema ids.

`Catalogue.load` refuses a contradiction with file, line, reason and the nearest valid name, so that everything
behind it may trust that each named column exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from streamkit.contract_files import ContractError, Document, load_document, load_schema, nearest
from streamkit.produced import violations
from streamkit.records import Outgoing
from streamkit.topic import EventType, Schema, Topic

__all__ = ["Catalogue", "ContractError", "EventType", "Schema", "Topic", "schemas_dir", "subject_of"]

SERVICES = ("simulator", "recommender", "booking", "analytics", "gateway")


def schemas_dir() -> Path:
    """Directory of the contracts: inside an installed package, or at the root of a checkout."""
    packaged = Path(__file__).parent / "_schemas"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "schemas"


def subject_of(topic: str) -> str:
    """Registry subject of a topic's values (TopicNameStrategy)."""
    return f"{topic}-value"


@dataclass(frozen=True)
class Catalogue:
    """Every topic. ``schema_ids`` maps ``<subject>/<version>`` to the committed schema id."""

    topics: Mapping[str, Topic]
    schema_ids: Mapping[str, int]
    dlq_retention_mib: int = 64

    @staticmethod
    def load(directory: Path | None = None) -> "Catalogue":
        """Read and check the contracts; raises `ContractError`."""
        root = directory or schemas_dir()
        document = load_document(root / "topics.yaml")
        topics = {name: _topic(root, document, name) for name in document.parsed.topics}
        ids = _schema_ids(root)
        return Catalogue(MappingProxyType(topics), MappingProxyType(ids), document.parsed.dlq_retention_mib)

    def topic(self, name: str) -> Topic:
        """The topic of this name; raises `ContractError` with the nearest one."""
        try:
            return self.topics[name]
        except KeyError:
            raise ContractError(f"no topic {name!r}{nearest(name, self.topics)}") from None

    def topics_read_by(self, service: str) -> tuple[str, ...]:
        """Topics that a service consumes."""
        return tuple(name for name, topic in self.topics.items() if service in topic.consumers)

    def violations(self, outgoing: Outgoing) -> list[str]:
        """Every way in which a batch breaks its topic's contract: what a test asserts of a service's outputs."""
        return violations(self.topic(outgoing.topic), outgoing)

    def topics_written_by(self, service: str) -> tuple[str, ...]:
        """Topics on which a service produces at least one event type."""
        return tuple(
            name
            for name, topic in self.topics.items()
            if any(service in event.producers for event in topic.events.values())
        )


def _topic(root: Path, document: Document, name: str) -> Topic:
    declared = document.parsed.topics[name]
    path = root / "avro" / f"{name}.avsc"
    if not path.is_file():
        document.refuse(("topics", name), f"topic {name!r} has no schema {path.name}")
    schema = load_schema(path)
    columns = [column["name"] for column in schema["fields"]]
    if declared.key not in columns:
        reason = f"key {declared.key!r} is not a column of {path.name}{nearest(declared.key, columns)}"
        document.refuse(("topics", name, "key"), reason)
    for service in declared.consumers:
        _known_service(document, ("topics", name, "consumers"), service)
    events = {}
    for event_name, event in declared.events.items():
        at = ("topics", name, "events", event_name)
        for column in event.sets:
            if column not in columns:
                document.refuse(at, f"{event_name} sets {column!r}, no column of {path.name}{nearest(column, columns)}")
        producers = (event.producer,) if isinstance(event.producer, str) else tuple(event.producer)
        for service in producers:
            _known_service(document, at, service)
        events[event_name] = EventType(event_name, producers, tuple(event.sets))
    return Topic(
        name=name,
        purpose=declared.purpose,
        key=declared.key,
        partitions=declared.partitions or document.parsed.partitions,
        cleanup=declared.cleanup,
        retention_mib=declared.retention_mib,
        dlq=declared.dlq,
        wall_clock=declared.wall_clock,
        time_ordered=declared.time_ordered,
        consumers=tuple(declared.consumers),
        events=MappingProxyType(events),
        schema=schema,
        versions=_versions(root, name, schema),
    )


def _known_service(document: Document, at: tuple[str, ...], service: str) -> None:
    if service not in SERVICES:
        document.refuse(at, f"{service!r} is no service{nearest(service, SERVICES)}")


def _versions(root: Path, name: str, schema: Schema) -> Mapping[int, Schema]:
    files = (root / "avro" / "history" / name).glob("*.avsc")
    versions = {int(path.stem): load_schema(path) for path in files}
    return dict(sorted(versions.items())) or {1: schema}


def _schema_ids(root: Path) -> dict[str, int]:
    path = root / "ids.yaml"
    if not path.is_file():
        return {}
    ids = Document.yaml(path)
    if not isinstance(ids, dict) or not all(isinstance(number, int) for number in ids.values()):
        raise ContractError(f"{path}:1: must map <subject>/<version> to a number")
    if len(set(ids.values())) != len(ids):
        raise ContractError(f"{path}:1: a schema id is given twice")
    return dict(ids)

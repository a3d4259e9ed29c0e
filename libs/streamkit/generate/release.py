"""A changed schema becomes a committed version: its copy in the history, an id never used before, golden bytes.

Whether the change is compatible is for the contract tests to say; they compare every pair of versions.
"""

import json
import shutil
from pathlib import Path

from streamkit.codec.codec import Codec
from streamkit.contracts import Catalogue, Topic, subject_of
from streamkit.records import Outgoing


def release(schemas: Path) -> list[str]:
    """Add a version for every schema that differs from its latest; returns ``<subject>/<version>`` of each."""
    catalogue = Catalogue.load(schemas)
    released = [topic for topic in catalogue.topics.values() if not _committed(schemas, topic)]
    for topic in released:
        history = schemas / "avro" / "history" / topic.name
        version = _next_version(history)
        history.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(schemas / "avro" / f"{topic.name}.avsc", history / f"{version}.avsc")
        number = max(Catalogue.load(schemas).schema_ids.values(), default=0) + 1
        with (schemas / "ids.yaml").open("a", encoding="utf-8") as ids:
            ids.write(f"{subject_of(topic.name)}/{version}: {number}\n")
    catalogue = Catalogue.load(schemas)
    for topic in catalogue.topics.values():
        _golden(schemas, catalogue, topic)
    return [f"{subject_of(topic.name)}/{catalogue.topic(topic.name).version}" for topic in released]


def _committed(schemas: Path, topic: Topic) -> bool:
    versions = schemas / "avro" / "history" / topic.name
    return versions.is_dir() and bool(topic.versions) and topic.versions[topic.version] == topic.schema


def _next_version(history: Path) -> int:
    return max((int(path.stem) for path in history.glob("*.avsc")), default=0) + 1


def _golden(schemas: Path, catalogue: Catalogue, topic: Topic) -> None:
    """Examples as encoded by this version, written once: one ``event_type hex`` a line."""
    path = schemas / "examples" / topic.name / "golden" / f"{topic.version}.txt"
    examples = sorted((schemas / "examples" / topic.name).glob("*.json"))
    if path.is_file() or not examples:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [json.loads(example.read_text(encoding="utf-8")) for example in examples]
    values = Codec(catalogue).encode(Outgoing.from_rows(topic.name, rows)).values
    lines = [f"{row['event_type']} {value.hex()}\n" for row, value in zip(rows, values, strict=True)]
    path.write_text("".join(lines), encoding="utf-8")

"""The contracts hold together: versions compatible, ids stable, every event type shown by an example that reads."""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import avro.schema
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from streamkit.codec import Codec
from streamkit.contracts import Catalogue, EventType, Topic, schemas_dir, subject_of
from streamkit.records import Outgoing

CATALOGUE = Catalogue.load()
TOPICS = list(CATALOGUE.topics.values())
EVENTS = [(topic, event) for topic in TOPICS for event in topic.events.values()]
EXAMPLES = schemas_dir() / "examples"


def _incompatibilities(reader: Mapping[str, Any], writer: Mapping[str, Any]) -> list[str]:
    """Why today's reader could not read an earlier writer, logical types included."""
    checker: Any = ReaderWriterCompatibilityChecker
    result = checker().get_compatibility(avro.schema.parse(json.dumps(reader)), avro.schema.parse(json.dumps(writer)))
    found = [] if result.compatibility is SchemaCompatibilityType.compatible else sorted(result.messages)
    written = {column["name"]: _logical(column["type"]) for column in writer["fields"]}
    for column in reader["fields"]:
        name = column["name"]
        if name in written and written[name] != _logical(column["type"]):
            found.append(f"{name}: logical type was {written[name]}, is {_logical(column['type'])}")
    names = [column["name"] for column in reader["fields"]]
    return found + [f"{name}: column removed" for name in written if name not in names]


def _logical(kind: Any) -> str | None:
    inner = kind[1] if isinstance(kind, list) else kind
    return inner.get("logicalType") if isinstance(inner, dict) else None


def _without_documents(schema: Mapping[str, Any]) -> Any:
    plain = copy.deepcopy(dict(schema))
    for column in plain["fields"]:
        column.pop("doc", None)
    plain.pop("doc", None)
    return plain


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_the_schema_in_use_is_the_latest_committed_version(topic: Topic) -> None:
    latest = topic.versions[topic.version]
    assert _without_documents(topic.schema) == _without_documents(latest), "run python -m streamkit.generate --release"
    assert list(topic.versions) == list(range(1, topic.version + 1))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_version_reads_all_versions_before_it(topic: Topic) -> None:
    versions = [*topic.versions.values(), topic.schema]
    for index, reader in enumerate(versions):
        for writer in versions[:index]:
            assert _incompatibilities(reader, writer) == []


def _breakages() -> Iterator[tuple[str, Any]]:
    good = copy.deepcopy(dict(CATALOGUE.topic("user_actions").schema))

    def broken(change: Mapping[str, Any]) -> Any:
        schema = copy.deepcopy(good)
        schema["fields"].append(change)
        return schema

    yield "a column without default", broken({"name": "mood", "type": "string"})
    kind = copy.deepcopy(good)
    next(column for column in kind["fields"] if column["name"] == "branch")["type"] = "string"
    yield "a column of another type", kind
    required = copy.deepcopy(good)
    next(column for column in required["fields"] if column["name"] == "query").update(type="string", default="")
    yield "a nullable column made required", required
    logical = copy.deepcopy(good)
    next(c for c in logical["fields"] if c["name"] == "simulation_time")["type"]["logicalType"] = "timestamp-millis"
    yield "a timestamp in another unit", logical
    removed = copy.deepcopy(good)
    removed["fields"] = removed["fields"][:-1]
    yield "a column taken away", removed


@pytest.mark.parametrize(("_name", "broken"), list(_breakages()), ids=[name for name, _ in _breakages()])
def test_an_incompatible_change_is_caught(_name: str, broken: Any) -> None:
    assert _incompatibilities(broken, CATALOGUE.topic("user_actions").versions[1])


def test_a_new_nullable_column_is_a_compatible_change() -> None:
    grown = copy.deepcopy(dict(CATALOGUE.topic("user_actions").schema))
    grown["fields"].append({"name": "mood", "type": ["null", "string"], "default": None})
    assert _incompatibilities(grown, CATALOGUE.topic("user_actions").versions[1]) == []


def test_every_version_has_an_id_of_its_own() -> None:
    subjects = {f"{subject_of(topic.name)}/{version}" for topic in TOPICS for version in topic.versions}
    assert set(CATALOGUE.schema_ids) == subjects
    assert len(set(CATALOGUE.schema_ids.values())) == len(subjects)


def test_the_ids_of_the_first_versions_never_change() -> None:
    first = [
        *("user_actions", "social_interactions", "bookings", "recommendations", "environment", "system_metrics"),
        *("simulation_control", "users", "venues", "preferences", "ground_truth", "journeys", "requests", "replies"),
        "replay",
    ]
    assert {name: CATALOGUE.schema_ids[f"{subject_of(name)}/1"] for name in first} == {
        name: number for number, name in enumerate(first, start=1)
    }


@pytest.mark.parametrize(("topic", "event"), EVENTS, ids=[event.name for _, event in EVENTS])
def test_every_event_type_has_an_example_that_keeps_its_contract(topic: Topic, event: EventType) -> None:
    row = json.loads((EXAMPLES / topic.name / f"{event.name}.json").read_text(encoding="utf-8"))
    assert tuple(row) == topic.columns
    assert row["event_type"] == event.name
    outgoing = Outgoing.from_rows(topic.name, [row])
    assert CATALOGUE.violations(outgoing) == []
    decoded = Codec(CATALOGUE, service=row["source"]).decode(topic.name, Codec(CATALOGUE).encode(outgoing).values)
    assert [poison.message for poison in decoded.poison] == []
    assert decoded.frame.to_dicts() == [pytest.approx(row)]


def test_no_example_is_left_of_an_event_type_that_is_gone() -> None:
    there = {(path.parent.name, path.stem) for path in EXAMPLES.glob("*/*.json")}
    assert there == {(topic.name, event.name) for topic, event in EVENTS}


GOLDEN = [(topic, version) for topic in TOPICS for version in topic.versions]


@pytest.mark.parametrize(("topic", "version"), GOLDEN, ids=[f"{topic.name}-{number}" for topic, number in GOLDEN])
def test_bytes_written_under_any_version_are_still_read(topic: Topic, version: int) -> None:
    lines = (EXAMPLES / topic.name / "golden" / f"{version}.txt").read_text(encoding="utf-8").splitlines()
    names, values = zip(*(line.split(" ") for line in lines), strict=True)
    raw = [bytes.fromhex(value) for value in values]
    assert {value[:5] for value in raw} == {
        b"\0" + CATALOGUE.schema_ids[f"{subject_of(topic.name)}/{version}"].to_bytes(4, "big")
    }
    decoded = Codec(CATALOGUE).decode(topic.name, raw)
    assert [poison.message for poison in decoded.poison] == []
    assert decoded.frame["event_type"].to_list() == list(names)
    assert tuple(decoded.frame.columns) == topic.columns


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_column_says_what_it_means(topic: Topic) -> None:
    assert [column["name"] for column in topic.schema["fields"] if not column.get("doc")] == []


def test_keyed_topics_share_their_number_of_partitions() -> None:
    assert len({topic.partitions for topic in TOPICS}) == 1


def test_the_contracts_are_where_a_package_looks_for_them() -> None:
    assert (schemas_dir() / "topics.yaml").is_file()
    assert isinstance(schemas_dir(), Path)

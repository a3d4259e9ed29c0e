"""A mistake in the contracts is refused at start with the file, the line, the reason and the nearest valid name."""

import shutil
from pathlib import Path

import pytest

from streamkit.contracts import Catalogue, ContractError, schemas_dir


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(schemas_dir(), tmp_path / "schemas"))


def _line(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("    cleanup: compact", "    cleanup: compaction", "Input should be 'delete' or 'compact'"),
        ("    retention_mib: 512", "    retention_mb: 512", "did you mean 'retention_mib'?"),
        ("    key: subject", "    key: subjekt", "did you mean 'subject'?"),
        ("sets: [user_id, milestone]", "sets: [user_id, milestones]", "did you mean 'milestone'?"),
        (
            "{producer: booking, sets: [user_id, booking_id, text]}",
            "{producer: bookings, sets: [text]}",
            "did you mean 'booking'?",
        ),
        ("    consumers: [simulator, analytics, gateway]", "    consumers: [gatway]", "did you mean 'gateway'?"),
        ("partitions: 4 ", "partitions: 0 ", "greater than 0"),
        (
            "venue.viewed: {producer: simulator, sets: [user_id, session_id, venue_id]}",
            "session.ended: {producer: simulator, sets: [user_id, session_id, venue_id]}",
            "'session.ended' stands twice",
        ),
        ("  journeys:", "  journey:", "has no schema journey.avsc"),
    ],
)
def test_a_mistake_is_reported_with_line_reason_and_nearest_name(
    schemas: Path, right: str, wrong: str, reason: str
) -> None:
    path = schemas / "topics.yaml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    changed = text.replace(right, wrong, 1)
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        Catalogue.load(schemas)
    assert str(refused.value).startswith(f"{path}:{_line(changed, wrong.strip())}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("topics: [", "topics.yaml:1: "),
        ("", "the file is empty"),
        ("- 1", "valid dictionary"),
        ("partitions: 4", "Field required"),
    ],
)
def test_a_file_that_is_no_list_of_topics_is_refused(schemas: Path, content: str, reason: str) -> None:
    (schemas / "topics.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(ContractError, match=reason):
        Catalogue.load(schemas)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"topics\.yaml"):
        Catalogue.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            (
                '{"type": "record", "name": "X", "fields": [{"name": "user_id", "type": '
                '{"type": "map", "values": "int"}}]}'
            ),
            "user_id",
        ),
        (
            '{"type": "record", "name": "X", "fields": [{"name": "user_id", "type": ["string", "null"]}]}',
            "default null",
        ),
        ('{"type": "record",\n "name" "X"}', r"journeys\.avsc:2"),
        ('"string"', "must be a record"),
    ],
)
def test_a_schema_that_is_not_flat_is_refused(schemas: Path, content: str, reason: str) -> None:
    (schemas / "avro" / "journeys.avsc").write_text(content, encoding="utf-8")
    with pytest.raises(ContractError, match=reason):
        Catalogue.load(schemas)


def test_a_schema_id_given_twice_is_refused(schemas: Path) -> None:
    with (schemas / "ids.yaml").open("a", encoding="utf-8") as ids:
        ids.write("journeys-value/99: 1\n")
    with pytest.raises(ContractError, match="given twice"):
        Catalogue.load(schemas)


def test_an_unknown_topic_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ContractError, match="did you mean 'bookings'"):
        Catalogue.load().topic("booking")


def test_a_service_reads_and_writes_what_the_file_says() -> None:
    catalogue = Catalogue.load()
    assert "bookings" in catalogue.topics_read_by("simulator")
    assert catalogue.topics_read_by("nobody") == ()
    assert catalogue.topics_written_by("recommender") == (
        "user_actions", "recommendations", "system_metrics", "simulation_control", "replies",
    )  # fmt: skip

from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner

from cli.main import build
from cli.servers.guard import Guard
from cli.topics import TopicError, TopicPlan, apply, differences, overridden

pytestmark = pytest.mark.kafka


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(), list(words), env={"COLUMNS": "200"})
    return result.exit_code, result.output


@pytest.fixture
def admin(kafka_bootstrap: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka_bootstrap})


def test_topics_applied_are_as_the_catalogue_says(kafka_bootstrap: str) -> None:
    assert run("topics", "apply", "--bootstrap-servers", kafka_bootstrap)[0] == 0
    code, output = run("topics", "check", "--bootstrap-servers", kafka_bootstrap)
    assert (code, output.strip()) == (0, "all topics are as they should be")
    code, output = run("topics", "show", "users", "--bootstrap-servers", kafka_bootstrap)
    assert "cleanup.policy=compact" in output
    assert "retention.ms=-1" in output


def test_what_differs_is_named_and_mended(admin: AdminClient) -> None:
    apply(admin, [TopicPlan("cli.mend", 2, {"retention.ms": "1000"})])
    wanted = [TopicPlan("cli.mend", 2, {"retention.ms": "-1"})]
    assert [str(found) for found in differences(admin, wanted)] == ["cli.mend: retention.ms is 1000, should be -1"]
    assert apply(admin, wanted) == ["cli.mend: retention.ms set to -1, was 1000"]
    assert differences(admin, wanted) == []
    assert overridden(admin, "cli.mend")["retention.ms"] == "-1"


def test_another_number_of_partitions_is_refused(admin: AdminClient) -> None:
    apply(admin, [TopicPlan("cli.parts", 2, {})])
    with pytest.raises(TopicError, match="keys would move"):
        apply(admin, [TopicPlan("cli.parts", 4, {})])


def test_registering_without_the_address_of_a_registry_is_refused_in_one_line(kafka_bootstrap: str) -> None:
    code, output = run("topics", "apply", "--register", "--bootstrap-servers", kafka_bootstrap)
    assert code == 1
    assert output.splitlines()[-1] == "--register needs the address of a registry in LUNA_SCHEMA_REGISTRY_URL"


def test_a_missing_topic_is_a_difference(admin: AdminClient) -> None:
    assert [str(found) for found in differences(admin, [TopicPlan("cli.none", 1, {})])] == ["cli.none: missing"]


def test_catalogue_is_shown_without_a_broker() -> None:
    code, output = run("topics", "show")
    assert code == 0
    assert "user_actions" in output


def test_a_figure_printed_is_also_written(tmp_path: Path, kafka_bootstrap: str, guard: Guard) -> None:
    run("topics", "apply", "--bootstrap-servers", kafka_bootstrap)
    path = tmp_path / "letters.json"
    code, output = run("dlq", "list", "--bootstrap-servers", kafka_bootstrap, "--json", str(path))
    assert code == 0, output
    assert path.exists()

"""Where Kafka cannot be had, the demo says so in a line and lives on a cluster in memory."""

from contextlib import closing
from pathlib import Path

import pytest

from cli.servers.guard import Guard
from tests.e2e.stack import START_SECONDS, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.postgres]

OLD_JAVA = """#!/bin/sh
echo 'openjdk version "1.8.0"' >&2
"""
HAMLET = {"LUNA_SIMULATOR__USERS": "150", "LUNA_SIMULATOR__BACKFILL_DAYS": "0.05"}


def test_without_java_and_packages_a_cluster_in_memory_stands_in(
    guard: Guard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(OLD_JAVA, encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(java.parent), prepend=":")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    (tmp_path / "data").mkdir()
    with closing(Stack(tmp_path / "data", guard, HAMLET)) as stack:
        code = stack.start("--demo", "--for", "6").wait_for_end(START_SECONDS)
        (said,) = [line for line in stack.output.splitlines() if line.startswith("no Kafka (")]
        assert "librdkafka's cluster in memory instead" in said
        assert code == 0, stack.output[-2000:]
        assert "the city lived" in stack.output

"""`luna determinism` compares tellings of one city, and says so when they differ."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build
from services.simulator.shards.worker import Fixed

SMALL = ("--users", "40", "--venues", "12", "--days", "0.01", "--profile", "dense", "--shards", "1,2")


def test_a_city_is_the_same_for_any_number_of_processes_and_across_a_snapshot(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    result = CliRunner().invoke(build(), ["determinism", *SMALL, "--json", str(figures)])
    assert result.exit_code == 0, result.output
    told = json.loads(figures.read_text())
    assert [way["name"] for way in told["ways"]] == [
        "1 shards", "2 shards", "1 shards", "2 shards",
        "1 shards, restored to 2", "2 shards, restored to 1",
    ]  # fmt: skip
    assert len({way["digest"] for way in told["ways"]}) == 1
    assert {"users", "venues", "environment"} <= set(told["ways"][0]["topics"])
    assert told["differing"] == []


def test_a_city_that_nobody_knows_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(build(), ["determinism", *SMALL, "--city", "atlantis"])
    assert result.exit_code == 2
    assert "there are: london, new_york" in result.output


def test_another_city_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard that is told another seed decides otherwise."""
    wrong = "services.simulator.shards.city.Fixed"
    monkeypatch.setattr(wrong, lambda config, seed, who, data: Fixed(config, seed + 1, who, data))
    result = CliRunner().invoke(build(), ["determinism", *SMALL, "--times", "1"])
    assert result.exit_code == 1
    assert "not the same: " in result.output

"""`luna generate --twin`: the same city without a cause, and what of the difference the labels explain."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from cli.main import build

SMALL = ("--users", "60", "--venues", "12", "--days", "0.04", "--profile", "dense", "--scenario", "lunch_rush@5..25")


@pytest.mark.parametrize("form", ["parquet", "avro"])
def test_a_twin_is_told_beside_and_compared(tmp_path: Path, form: str) -> None:
    out, twin = tmp_path / "out", tmp_path / "out-twin"
    command = ["generate", "--out", str(out), *SMALL, "--twin", "lunch_rush", "--format", form]
    result = CliRunner().invoke(build(), command)
    assert result.exit_code == 0, result.output
    report = json.loads((twin / "report.json").read_text())
    cause = json.loads((out / "manifest.json").read_text())["causes"]
    assert report["cause_ids"] == list(cause)
    assert json.loads((twin / "manifest.json").read_text())["scenarios"] == []
    totals = {row["event_type"]: row for row in report["totals"]}
    assert sum(row["labelled"] for row in report["totals"]) > 0
    assert sum(row["with_cause"] for row in report["by_hour"]) == sum(row["with_cause"] for row in report["totals"])
    started = totals["session.started"]
    gained = started["labelled"] + started["spillover_more"] - started["suppressed"] - started["spillover_fewer"]
    assert started["with_cause"] - started["without_cause"] == gained, "a session is there or not, never another"
    assert pl.read_csv(twin / "report.csv").height == len(report["by_hour"])
    assert "session.started" in result.output
    if form == "parquet":
        actions = pl.concat(pl.read_parquet(path) for path in sorted((out / "user_actions").glob("*")))
        labelled = actions.filter(pl.col("cause_id").is_not_null())
        assert labelled.filter(pl.col("event_type") == "session.started").height == started["labelled"]
        twins = pl.concat(pl.read_parquet(path) for path in sorted((twin / "user_actions").glob("*")))
        assert twins["cause_id"].null_count() == twins.height


def test_a_cause_that_is_none_is_refused_before_anything_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        build(), ["generate", "--out", str(tmp_path / "out"), *SMALL, "--twin", "concert_night"]
    )
    assert result.exit_code == 2
    assert "there are: lunch_rush@5" in result.output
    assert not (tmp_path / "out").exists()

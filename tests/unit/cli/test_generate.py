"""`luna generate` writes what any tool can read, the same for the same seed, and refuses what is wrong."""

import json
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest
from typer.testing import CliRunner

from cli.main import build

SMALL = ("--users", "40", "--venues", "12", "--days", "0.03", "--profile", "dense")


def generate(out: Path, *more: str) -> None:
    result = CliRunner().invoke(build(), ["generate", "--out", str(out), *SMALL, *more])
    assert result.exit_code == 0, result.output


def test_three_formats_hold_the_same_records(tmp_path: Path) -> None:
    for form in ("parquet", "avro", "jsonl"):
        generate(tmp_path / form, "--format", form)
    manifest = json.loads((tmp_path / "avro" / "manifest.json").read_text())
    assert manifest["ticks"] == 43
    assert {file["topic"] for file in manifest["files"]} >= {"user_actions", "users", "venues", "bookings"}
    for file in manifest["files"]:
        with (tmp_path / "avro" / file["path"]).open("rb") as opened:
            records: Any = fastavro.reader(opened)
            avro = [record["event_id"] for record in records]
        name = file["path"].removesuffix(".avro")
        parquet = pl.read_parquet(tmp_path / "parquet" / f"{name}.parquet")
        lines = (tmp_path / "jsonl" / f"{name}.jsonl").read_text().splitlines()
        assert len(avro) == file["records"]
        written: list[Any] = [json.loads(line)["event_id"] for line in lines]
        if file["topic"] not in {"system_metrics", "simulation_control"}:
            assert avro == parquet["event_id"].to_list() == written


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, "--seed", "9")
    one, two = ((tmp_path / name / "manifest.json").read_text() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--profile", "dens", "there are: realistic, dense"),
        ("--start", "tomorrow", "ISO 8601"),
        ("--start", "2026-06-03T18:00", "time zone"),
    ],
)
def test_wrong_words_are_refused_with_the_right_ones(tmp_path: Path, option: str, value: str, reason: str) -> None:
    result = CliRunner().invoke(build(), ["generate", "--out", str(tmp_path / "out"), option, value])
    assert result.exit_code == 2
    assert reason in result.output
    assert not (tmp_path / "out").exists()


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = CliRunner().invoke(build(), ["generate", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

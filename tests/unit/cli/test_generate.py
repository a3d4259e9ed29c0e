"""`luna generate` writes what any tool can read, the same for the same seed, and refuses what is wrong."""

import hashlib
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


def test_the_same_seed_gives_the_same_files_from_any_number_of_processes(tmp_path: Path) -> None:
    generate(tmp_path / "one", "--seed", "9")
    generate(tmp_path / "two", "--seed", "9", "--shards", "2")
    one, two = ((tmp_path / name / "manifest.json").read_text() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--profile", "dens", "there are: realistic, dense"),
        ("--start", "tomorrow", "ISO 8601"),
        ("--start", "2026-06-03T18:00", "time zone"),
        ("--scenario", "lunch_crush@5", "there are: concert_night, friday_night, lunch_rush"),
        ("--scenario", "lunch_rush", "NAME@WHEN"),
        ("--venues", "100001", "equal to 100000"),
    ],
)
def test_wrong_words_are_refused_with_the_right_ones(tmp_path: Path, option: str, value: str, reason: str) -> None:
    result = CliRunner().invoke(build(), ["generate", "--out", str(tmp_path / "out"), option, value])
    assert result.exit_code == 2
    assert reason in result.output
    assert not (tmp_path / "out").exists()


LONGER = ("--start", "2026-06-03T23:45:00+00:00", "--days", "0.02")
"""Twenty-nine minutes over midnight: two days of files."""


def manifest_of(directory: Path) -> Any:
    return json.loads((directory / "manifest.json").read_text())


def checksums(directory: Path) -> dict[str, str]:
    return {file["path"]: file["sha256"] for file in manifest_of(directory)["files"]}


def kill_after_first_day(directory: Path) -> None:
    """Leave what a process that died in the second day leaves."""
    manifest = manifest_of(directory)
    first = manifest["days"][0]
    for file in manifest["files"]:
        if file["day"] != first:
            (directory / file["path"]).unlink()
    manifest["files"] = [file for file in manifest["files"] if file["day"] == first]
    manifest |= {"complete": False, "ticks": 15}
    (directory / "manifest.json").write_text(json.dumps(manifest))


def test_a_killed_run_goes_on_from_its_last_written_day(tmp_path: Path) -> None:
    generate(tmp_path / "whole", *LONGER)
    generate(tmp_path / "killed", *LONGER)
    kill_after_first_day(tmp_path / "killed")
    kept = tmp_path / "killed" / "users" / "2026-06-03.parquet"
    before = kept.stat().st_mtime_ns
    generate(tmp_path / "killed", *LONGER)
    assert manifest_of(tmp_path / "killed") == manifest_of(tmp_path / "whole")
    assert kept.stat().st_mtime_ns == before
    for path, checksum in checksums(tmp_path / "whole").items():
        assert hashlib.sha256((tmp_path / "killed" / path).read_bytes()).hexdigest() == checksum


def test_a_whole_run_is_not_told_again_and_a_longer_one_goes_on(tmp_path: Path) -> None:
    generate(tmp_path / "once", *LONGER, "--days", "0.02")
    first = checksums(tmp_path / "once")
    generate(tmp_path / "once", *LONGER, "--days", "0.02")
    assert checksums(tmp_path / "once") == first
    generate(tmp_path / "once", *LONGER, "--days", "0.025")
    generate(tmp_path / "at_once", *LONGER, "--days", "0.025")
    assert checksums(tmp_path / "once") == checksums(tmp_path / "at_once")


def test_records_that_differ_from_those_written_before_stop_the_run(tmp_path: Path) -> None:
    generate(tmp_path / "out", *LONGER)
    kill_after_first_day(tmp_path / "out")
    manifest = manifest_of(tmp_path / "out")
    manifest["files"][0]["records_sha256"] = "0" * 64
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    result = CliRunner().invoke(build(), ["generate", "--out", str(tmp_path / "out"), *SMALL, *LONGER])
    assert result.exit_code == 1
    assert f"{manifest['files'][0]['path']} was written before with other records" in result.output


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--seed", "7", "seed is 42 there, not 7"),
        ("--users", "41", "users is 40 there, not 41"),
        ("--format", "avro", "format is 'parquet' there, not 'avro'"),
        ("--scenario", "lunch_rush@5", "scenarios is [] there"),
        ("--days", "0.01", "more than asked for"),
    ],
)
def test_a_directory_of_another_run_is_refused(tmp_path: Path, option: str, value: str, reason: str) -> None:
    out = tmp_path / "out"
    generate(out, *LONGER)
    before = checksums(out)
    result = CliRunner().invoke(build(), ["generate", "--out", str(out), *SMALL, *LONGER, option, value])
    assert result.exit_code == 2
    assert reason in result.output
    assert checksums(out) == before


def test_a_full_disk_is_said_to_be_full_and_the_run_goes_on_later(tmp_path: Path) -> None:
    out = tmp_path / "out"
    generate(out, *LONGER)
    kill_after_first_day(out)
    full = out / "user_actions" / "2026-06-04.parquet.part"
    full.symlink_to("/dev/full")
    result = CliRunner().invoke(build(), ["generate", "--out", str(out), *SMALL, *LONGER])
    assert result.exit_code == 1
    assert "is full" in result.output
    assert "days up to 2026-06-03 are written" in result.output
    assert not full.is_symlink()
    generate(out, *LONGER)
    assert manifest_of(out)["complete"]


def test_a_day_of_very_many_records_is_cut_into_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(tmp_path / "one")
    monkeypatch.setattr("cli.telling.PART_RECORDS", 40)
    generate(tmp_path / "cut")
    parts = [path for path in checksums(tmp_path / "cut") if path.startswith("user_actions/")]
    assert "user_actions/2026-06-03-2.parquet" in parts
    whole = pl.read_parquet(tmp_path / "one" / "user_actions" / "2026-06-03.parquet")
    assert pl.concat([pl.read_parquet(tmp_path / "cut" / path) for path in parts]).equals(whole)


def test_a_scenario_is_told_with_its_cause(tmp_path: Path) -> None:
    generate(tmp_path / "out", "--scenario", "lunch_rush@5..20")
    truth = pl.read_parquet(tmp_path / "out" / "ground_truth" / "2026-06-03.parquet")
    window = truth.filter(pl.col("event_type") == "truth.scenario_window")
    assert set(window["name"]) == {"lunch_rush"}
    assert window["cause_id"].n_unique() == 1
    started, stopped = window["ends_at"].to_list()
    assert stopped < started, "stopped after fifteen minutes, the window is told again with its new end"
    assert manifest_of(tmp_path / "out")["causes"] == {window["cause_id"][0]: "scenario lunch_rush@5"}


def avro_rows(directory: Path, topic: str) -> list[dict[str, Any]]:
    with (directory / topic / "2026-06-03.avro").open("rb") as opened:
        records: Any = fastavro.reader(opened)
        return list(records)


def test_records_that_go_wrong_on_purpose_are_labelled_and_never_break_a_table(tmp_path: Path) -> None:
    rules = [{"topic": "*", "kind": kind, "rate": 0.1} for kind in ("corrupt", "duplicate", "drop")]
    (tmp_path / "rules.yaml").write_text(json.dumps(rules))
    generate(tmp_path / "out", "--imperfections", str(tmp_path / "rules.yaml"), "--format", "avro")
    assert [rule["kind"] for rule in manifest_of(tmp_path / "out")["imperfections"]] == ["corrupt", "duplicate", "drop"]
    labels = [row for row in avro_rows(tmp_path / "out", "ground_truth") if row["event_type"] == "truth.imperfection"]
    actions = [row["event_id"] for row in avro_rows(tmp_path / "out", "user_actions")]
    struck = {label["subject_event_id"]: label["name"] for label in labels if label["subject_topic"] == "user_actions"}
    assert set(struck.values()) == {"corrupt", "duplicate", "drop"}
    assert not {name for name, kind in struck.items() if kind != "duplicate"} & set(actions)
    assert len(actions) > len(set(actions))


@pytest.mark.parametrize(
    ("rules", "reason"), [('[{"topic": "*", "kind": "lost", "rate": 0.1}]', "0.kind"), ("nowhere.yaml", "nowhere.yaml")]
)
def test_wrong_imperfections_are_refused(tmp_path: Path, rules: str, reason: str) -> None:
    result = CliRunner().invoke(build(), ["generate", "--out", str(tmp_path / "out"), "--imperfections", rules])
    assert result.exit_code == 2
    assert reason in result.output


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = CliRunner().invoke(build(), ["generate", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

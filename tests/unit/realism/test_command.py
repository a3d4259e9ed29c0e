"""`luna realism` from a directory of files to table, figures and report."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import build

SMALL = ("--users", "60", "--venues", "20", "--days", "0.1", "--profile", "dense")


def luna(*words: str) -> Result:
    return CliRunner().invoke(build(), list(words))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("told") / "city"
    assert luna("generate", "--out", str(out), *SMALL).exit_code == 0
    return out


def test_a_told_city_gets_a_table_figures_and_a_report(told: Path, tmp_path: Path) -> None:
    page, figures = tmp_path / "a" / "page.html", tmp_path / "b" / "figures.json"
    done = luna("realism", str(told), "--html", str(page), "--json", str(figures))
    assert done.exit_code == 0, done.output
    assert "Poisson null" in done.output
    content = json.loads(figures.read_text())
    assert {fact["id"] for fact in content["city"]["facts"]} == {fact["id"] for fact in content["null"]["facts"]}
    by_id = {fact["id"]: fact for fact in content["city"]["facts"]}
    assert by_id["C4"]["values"]["tier_1"] > 0
    assert by_id["T1"]["pass"] is False
    assert by_id["T1"]["reason"]
    assert page.read_text().startswith("<!doctype html>")


def test_a_missing_topic_fails_facts_and_nothing_else(told: Path, tmp_path: Path) -> None:
    shutil.copytree(told, tmp_path / "city")
    shutil.rmtree(tmp_path / "city" / "environment")
    figures = tmp_path / "figures.json"
    done = luna(
        "realism",
        str(tmp_path / "city"),
        "--html",
        str(tmp_path / "p.html"),
        "--json",
        str(figures),
        "--facts",
        "C8,C4",
    )
    assert done.exit_code == 0, done.output
    by_id = {fact["id"]: fact for fact in json.loads(figures.read_text())["city"]["facts"]}
    assert by_id["C8"]["reason"] == "the directory has no environment"
    assert by_id["C4"]["values"]["tier_1"] > 0


def test_the_bars_are_an_exit_code_where_asked_for(told: Path, tmp_path: Path) -> None:
    done = luna("realism", str(told), "--html", str(tmp_path / "p.html"), "--no-noise", "--check", "--facts", "T8")
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (None, "has no manifest.json: it is not the output of `luna generate`"),
        ("{", "is not JSON"),
        ("[]", "is not an object"),
        ('{"format": "jsonl"}', "is in jsonl; `luna generate --format parquet` is needed"),
        ('{"format": "parquet"}', "neither the manifest nor user_actions says which days it tells"),
    ],
)
def test_a_directory_of_something_else_is_refused(tmp_path: Path, manifest: str | None, reason: str) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    done = luna("realism", str(tmp_path), "--html", str(tmp_path / "p.html"))
    assert done.exit_code == 2
    assert reason in done.output
    assert not (tmp_path / "p.html").exists()


def test_an_unknown_fact_is_refused_with_those_there_are(tmp_path: Path) -> None:
    done = luna("realism", str(tmp_path), "--facts", "T1,Z9")
    assert done.exit_code == 2
    assert "no fact Z9; there are T1, T2" in done.output

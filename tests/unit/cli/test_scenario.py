"""`luna scenario` and `luna explain`: what they print, write and refuse."""

import json
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.commands.generate import Job, carry_out
from cli.main import build
from cli.schedule import Scheduled
from cli.sketch import sparkline
from cli.told_run import told_run
from services.simulator.data_files import DATA, load_city_data
from services.simulator.domain.city import CityConfig

RUN = CliRunner(env={"COLUMNS": "200"})
NOON = 1_780_675_200_000_000
"""Friday, 5 June 2026, 12:00 in New York."""


def luna(*words: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = RUN.invoke(build(), list(words))
    return result.exit_code, result.output


def test_every_scenario_is_listed(tmp_path: Path) -> None:
    code, output = luna("scenario", "list", "--json", str(tmp_path / "list.json"))
    assert code == 0
    listed = json.loads((tmp_path / "list.json").read_text())
    assert {row["name"] for row in listed} == {path.stem for path in (DATA / "scenarios").glob("*.yaml")}
    assert all(row["name"] in output for row in listed)


def test_a_scenario_of_one_s_own_is_checked_told_and_explained(tmp_path: Path) -> None:
    own, out = tmp_path / "mine", tmp_path / "told"
    (own / "scenarios").mkdir(parents=True)
    rush = (DATA / "scenarios" / "lunch_rush.yaml").read_text(encoding="utf-8")
    (own / "scenarios" / "tea_time.yaml").write_text(rush.replace("name: lunch_rush", "name: tea_time", 1))
    assert luna("scenario", "check", "tea_time", "--data", str(own))[0] == 0
    assert "tea_time" in luna("scenario", "list", "--data", str(own))[1]
    told = "--users=300", "--venues=30", "--days=0.1", "--scenario=tea_time@5"
    assert luna("generate", "--out", str(out), *told)[0] != 0, "the city's own files have none"
    code, output = luna("generate", "--out", str(out), *told, "--data", str(own))
    assert code == 0, output
    windows = [row["name"] for row in _rows(out, "ground_truth") if row["event_type"] == "truth.scenario_window"]
    assert windows == ["tea_time"]
    moment = "u0000003", "2026-06-03T18:30", "--dir", str(out)
    assert "name their directory" in luna("explain", *moment)[1]
    assert "tea_time" in luna("explain", *moment, "--data", str(own))[1]


def _rows(out: Path, topic: str) -> list[dict[str, object]]:
    return [row for path in (out / topic).glob("*.parquet") for row in pl.read_parquet(path).iter_rows(named=True)]


@pytest.mark.parametrize("path", sorted((DATA / "scenarios").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_scenarios_are_sound(path: Path) -> None:
    code, output = luna("scenario", "check", str(path))
    assert code == 0
    assert f"{path.stem}: sound" in output


def test_scenarios_are_those_of_the_city_that_is_said() -> None:
    for said, env in ((("--city", "london"), {}), ((), {"LUNA_SIMULATOR__CITY": "london"})):
        result = RUN.invoke(build(), ["scenario", "targets", *said], env=env)
        assert "area.The O2" in result.output
        assert "area.Madison Square Garden" not in result.output
    code, output = luna("scenario", "check", str(DATA / "scenarios" / "concert_night.yaml"), "--city", "london")
    assert code == 2
    assert "area.Madison Square Garden" in output
    assert luna("scenario", "list", "--city", "london")[0] == 0
    assert luna("scenario", "preview", "concert_night", "--city", "london")[0] == 0
    assert "did you mean 'london'" in luna("scenario", "list", "--city", "londno")[1]


def test_a_file_with_a_mistake_is_refused_with_line_and_valid_name(tmp_path: Path) -> None:
    text = (DATA / "scenarios" / "lunch_rush.yaml").read_text()
    (tmp_path / "lunch_rush.yaml").write_text(text.replace("action.book", "action.bok"))
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "action.book" in row)
    code, output = luna("scenario", "check", str(tmp_path / "lunch_rush.yaml"))
    assert code == 2
    assert f"lunch_rush.yaml:{line}:" in output
    assert "did you mean 'action.book'" in output


@pytest.mark.parametrize("name", ["plot.svg", "plot.html"])
def test_a_preview_is_plotted(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    code, output = luna("scenario", "preview", "concert_night", "--out", str(path), "--json", str(tmp_path / "p.json"))
    assert code == 0
    assert "walk_ins" in output
    drawn = path.read_text()
    series = json.loads((tmp_path / "p.json").read_text())["series"]
    assert drawn.count("<polyline") == 2 * len(series)
    if path.suffix == ".svg":
        assert ET.fromstring(drawn).tag.endswith("svg")


def test_a_plot_of_another_kind_and_a_time_that_is_none_are_refused(tmp_path: Path) -> None:
    assert luna("scenario", "preview", "concert_night", "--out", str(tmp_path / "plot.bmp"))[0] == 2
    assert luna("scenario", "preview", "concert_night", "--start", "soon")[0] == 2


def test_every_target_is_listed_with_its_operations() -> None:
    code, output = luna("scenario", "targets")
    assert code == 0
    assert all(name in output for name in ("sessions", "action.book", "feature.photogenic", "invite_answers"))


def test_a_sparkline_goes_from_least_to_most() -> None:
    assert sparkline([0.0, 1.0, 2.0, 7.0]) == "▁▂▃█"
    assert sparkline([3.0, 3.0]) == "▁▁"
    assert len(sparkline([float(n) for n in range(500)])) == 48


def test_a_person_is_explained_from_seed_and_configuration_alone(tmp_path: Path) -> None:
    path = tmp_path / "why.json"
    code, output = luna(
        "explain", "u0000007", "2026-06-05T18:30", "--scenario", "friday_night@1/18:00", "--json", str(path)
    )
    assert code == 0
    assert "scenario friday_night" in output
    assert "unknown without a told run" in output
    found = json.loads(path.read_text())
    assert sum(found["result"].values()) == pytest.approx(1)
    assert found["result"]["invite"] > found["base"]["invite"]
    assert found["surroundings"]["period"] == "dinner"


@pytest.mark.parametrize(
    "words",
    [("seven", "2026-06-05T18:30"), ("u0000007", "soon"), ("u0000007", "2026-06-05T18:30", "--scenario", "x@1")],
)
def test_nonsense_is_refused(words: tuple[str, ...]) -> None:
    code, output = luna("explain", *words)
    assert code == 2
    assert "explain: " in output


def test_a_told_run_knows_what_seed_and_configuration_do_not(tmp_path: Path) -> None:
    config = CityConfig(users=40, venues=30, start=NOON, profile="dense")
    job = Job(tmp_path / "run", config, 5, "parquet", 90, [Scheduled("lunch_rush", 10)])
    carry_out(job, Console(quiet=True))
    run = told_run(tmp_path / "run")
    known = run.known("u0000003", NOON + 60 * 60_000_000, load_city_data().world)
    assert known.scenarios is not None
    assert [one.name for one in known.scenarios] == ["lunch_rush"]
    assert known.scenarios[0].started == NOON + 10 * 60_000_000
    assert None not in asdict(known).values()
    code, output = luna("explain", "u0000003", "2026-06-05T13:00", "--dir", str(tmp_path / "run"))
    assert code == 0
    assert "scenario lunch_rush" in output
    assert "unknown" not in output

"""`luna evaluate anomalies` on files: what the detector says of the closed windows in them, beside their truth."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from cli.main import build
from tests.unit.analytics.city import COMMON, Frames
from tests.unit.analytics.test_anomalies import DAYS, HOUR, START, hourly, usual, window

QUEENS = hourly("borough", "borough", "Queens")
RUSH, QUIET, HOLIDAY = 12 * 24 + 12, 13 * 24 + 18, 14 * 24
TIMES = ("simulation_time", "window_start", "window_end", "starts_at", "ends_at")


def write(directory: Path, topic: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as ``luna generate --format parquet`` has them, times as moments."""
    frame = pl.DataFrame(list(rows))
    moments = [pl.from_epoch(name, time_unit="us").alias(name) for name in TIMES if name in frame.columns]
    (directory / topic).mkdir()
    frame.with_columns(moments).write_parquet(directory / topic / "0.parquet")


def truth(name: str, hour: int) -> dict[str, Any]:
    place = {"event_type": "truth.scenario_window", "cause_id": name, "simulation_time": START + hour * HOUR}
    return {**COMMON, **place, "name": name, "starts_at": START + hour * HOUR, "ends_at": START + (hour + 3) * HOUR}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Fifteen days of hours of a borough: a rush that is a scenario, a scenario that shows in nothing."""
    counts = {hour: usual(hour) * (5 if RUSH <= hour < RUSH + 3 else 1) for hour in range(24 * DAYS)}
    windows = [window(hour, count, rule=QUEENS) for hour, count in counts.items()]
    write(tmp_path, "system_metrics", Frames().batch("system_metrics", windows).frame.to_dicts())
    write(tmp_path, "ground_truth", [truth("lunch_rush", RUSH), truth("concert_night", QUIET)])
    feast = {"event_type": "holiday.started", "name": "a feast", "simulation_time": START + HOLIDAY * HOUR}
    write(tmp_path, "environment", [{**COMMON, **feast}])
    configuration = {"start": START, "tick_seconds": 60}
    manifest = {"format": "parquet", "ticks": DAYS * 1_440, "configuration": configuration}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def evaluated(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(), ["evaluate", "anomalies", *words], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_what_is_detected_in_the_files_of_a_city_is_held_against_its_truth(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    code, said = evaluated("--city", str(city), "--after", "11", "--json", str(out))
    assert code == 0, said
    found = {one["name"]: one for one in json.loads(out.read_text())}
    assert found["anomalies recall"]["value"] == 0.5
    assert found["anomalies precision"]["value"] >= 0.5
    rush = found["anomalies delay of lunch_rush"]
    assert 60 < rush["value"] <= 3 * 60 + 1  # an hour of three is told a minute after its end
    assert rush["rates"].keys() == {"borough Queens"}
    assert found["anomalies delay of concert_night"]["value"] is None
    assert "missed" in said


def test_files_without_truth_or_without_a_city_are_refused_with_the_reason(city: Path, tmp_path: Path) -> None:
    def refused(*words: str) -> str:
        code, said = evaluated(*words)
        assert code != 0
        return said

    assert "no scenario that changes a rate began after day 14.5" in refused("--city", str(city), "--after", "14.5")
    (city / "ground_truth" / "0.parquet").unlink()
    assert "was told without scenarios" in refused("--city", str(city))
    assert "it is not the output of" in refused("--city", str(tmp_path / "nowhere"))

"""What a cause did: a run beside its closed-loop twin, the same city without that cause, by event type and hour.

Labels are local: they name what the cause brought about or prevented in the very tick. What a changed state led to
later is spillover, and only the twin shows it: records of one telling that the other has not, and no label explains.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from cli.manifest import NAME
from cli.schedule import Scheduled, ScheduleError
from streamkit.contracts import Catalogue

COUNTS = ("with_cause", "without_cause", "labelled", "suppressed", "spillover_more", "spillover_fewer")
HOURS_PRINTED = 48
_TRUTH = "ground_truth"
_WANTED = ["event_id", "event_type", "user_id", "simulation_time", "cause_id"]
_TOLD_OF = ["subject_event_type", "name", "parameters"]
_SAME = ["event_type", "user_id", "simulation_time"]


@dataclass(frozen=True, slots=True)
class Report:
    """Counts by hour and event type: columns ``hour``, ``event_type`` and those of `COUNTS`."""

    cause: str
    cause_ids: Sequence[str]
    by_hour: pl.DataFrame

    @property
    def totals(self) -> pl.DataFrame:
        """Counts by event type, those that the cause touched most first."""
        sums = self.by_hour.group_by("event_type").agg(pl.col(COUNTS).sum())
        touched = pl.sum_horizontal(COUNTS[2:])
        return sums.sort(touched, "event_type", descending=[True, False])

    def write(self, directory: Path) -> None:
        """Write ``report.json`` and ``report.csv``."""
        content = {
            "cause": self.cause,
            "cause_ids": list(self.cause_ids),
            "totals": self.totals.to_dicts(),
            "by_hour": self.by_hour.with_columns(pl.col("hour").dt.strftime("%Y-%m-%dT%H:%MZ")).to_dicts(),
        }
        (directory / "report.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        self.by_hour.write_csv(directory / "report.csv", datetime_format="%Y-%m-%dT%H:%MZ")

    def show(self, console: Console) -> None:
        """Print the counts by event type, and those of the hours that differ."""
        console.print(_table(f"{self.cause}: with it and without", "event type", self.totals.rows()))
        hours = self.by_hour.group_by("hour").agg(pl.col(COUNTS).sum()).sort("hour")
        hours = hours.filter(pl.sum_horizontal(COUNTS[2:]) > 0).with_columns(pl.col("hour").dt.strftime("%d %H:%M"))
        console.print(_table("by hour (UTC)", "day and hour", hours.rows()[:HOURS_PRINTED]))
        if len(hours) > HOURS_PRINTED:
            console.print(f"and {len(hours) - HOURS_PRINTED} more hours in report.csv")


def without(scheduled: Sequence[Scheduled], cause: str) -> tuple[list[Scheduled], list[str]]:
    """The scenarios but for a cause, by its name or NAME@MINUTE, and the orders that start it.

    Raises:
        ScheduleError: None of them is that cause.

    """
    gone = [one for one in scheduled if cause in {one.name, f"{one.name}@{one.start}"}]
    if not gone:
        known = ", ".join(f"{one.name}@{one.start}" for one in scheduled) or "none; give --scenario too"
        raise ScheduleError(f"--twin {cause!r} is no cause of this run; there are: {known}")
    return [one for one in scheduled if one not in gone], [one.order_id for one in gone]


def compare(told: Path, twin: Path, cause: str, orders: Sequence[str]) -> Report:
    """Count what two directories of `generate` hold, day by day; ``orders`` started the cause in the first."""
    manifest = _manifest(told)
    causes = [name for name, order in manifest["causes"].items() if order in orders]
    days = sorted({file["day"] for file in manifest["files"]})
    for day in days:
        causes += _led_to(_read(told, day, [_TRUTH], [*_WANTED, *_TOLD_OF]), causes)
    counted = [part for day in days for part in _day(told, twin, day, causes)]
    whole = pl.concat(counted).pivot("of", index=["hour", "event_type"], values="len", aggregate_function="sum")
    missing = [pl.lit(0, dtype=pl.Int64).alias(name) for name in COUNTS if name not in whole.columns]
    by_hour = whole.with_columns(missing).select("hour", "event_type", pl.col(COUNTS).fill_null(0).cast(pl.Int64))
    return Report(cause, causes, by_hour.sort("hour", "event_type"))


def _day(told: Path, twin: Path, day: str, causes: Sequence[str]) -> Iterator[pl.DataFrame]:
    topics = [topic.name for topic in Catalogue.load().topics.values() if not topic.compacted and not topic.wall_clock]
    topics.remove(_TRUTH)
    ours, theirs = _read(told, day, topics, _WANTED), _read(twin, day, topics, _WANTED)
    truth = _read(told, day, [_TRUTH], [*_WANTED, *_TOLD_OF])
    by_cause = pl.col("cause_id").is_in(causes)
    prevented = truth.filter(by_cause & (pl.col("event_type") == "truth.suppressed"))
    prevented = prevented.with_columns(event_type=pl.col("subject_event_type"))
    parts = {
        "with_cause": ours,
        "without_cause": theirs,
        "labelled": ours.filter(by_cause),
        "suppressed": prevented,
        "spillover_more": ours.filter(~by_cause.fill_null(value=False)).join(theirs, on="event_id", how="anti"),
        "spillover_fewer": theirs.join(ours, on="event_id", how="anti").join(prevented, on=_SAME, how="anti"),
    }
    for name, rows in parts.items():
        hours = rows.group_by(pl.col("simulation_time").dt.truncate("1h").alias("hour"), "event_type").len()
        yield hours.with_columns(pl.lit(name).alias("of"))


def _led_to(truth: pl.DataFrame, causes: Sequence[str]) -> list[str]:
    """Cascades of causes, and theirs: a window names its parent."""
    windows = truth.filter(pl.col("event_type") == "truth.scenario_window")
    found: list[str] = []
    for cause, parameters in windows.select("cause_id", "parameters").iter_rows():
        parent = json.loads(parameters or "{}").get("parent")
        if parent in [*causes, *found] and cause not in [*causes, *found]:
            found.append(cause)
    return found


def _read(directory: Path, day: str, topics: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of some topics of a day."""
    wanted = [file["path"] for file in _manifest(directory)["files"] if file["day"] == day and file["topic"] in topics]
    schema = dict.fromkeys(columns, pl.String()) | {"simulation_time": pl.Datetime("us", "UTC")}
    frames = [pl.DataFrame(schema=schema)]
    for path in wanted:
        frame = _FORMATS[Path(path).suffix](directory / path).select(columns)
        if frame.schema["simulation_time"] == pl.String:
            frame = frame.with_columns(pl.col("simulation_time").str.to_datetime(time_unit="us", time_zone="UTC"))
        frames.append(frame.cast(pl.Schema(schema)))
    return pl.concat(frames)


_FORMATS: Mapping[str, Callable[[Path], pl.DataFrame]] = {
    ".parquet": pl.read_parquet,
    ".avro": pl.read_avro,
    ".jsonl": pl.read_ndjson,
}


def _manifest(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / NAME).read_text(encoding="utf-8"))
    return found


def _table(title: str, first: str, rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=title)
    table.add_column(first, no_wrap=True)
    for name in COUNTS:
        table.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row))
    return table

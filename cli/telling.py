"""Telling a city into files: day by day, with a bar for people, and on from where a run was killed.

The state of the services is not saved. A run that goes on is told again from its opening, silently, and every record
that was written before is compared with what is told now: slower than loading a state, but nothing is taken on trust.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli.export import PART_RECORDS, Exporter
from cli.manifest import Manifest
from cli.offline import OfflineRun

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a run came to."""

    records: int
    ticks: int
    seconds: float


def tell(
    run: OfflineRun, exporter: Exporter, manifest: Manifest, directory: Path, ticks: int, console: Console
) -> Told:
    """Run a city for some ticks from its opening, writing and forgetting day by day."""
    city, done, began = run.city.city, 0, time.monotonic()
    with _bar(console) as bar:
        task = bar.add_task("", total=ticks, day="")
        while done < ticks:
            today = day_of(city.time_us)
            count = min(_ticks_left(today, city.time_us, city.config.tick_seconds), ticks - done)
            bar.update(task, day=f"{'checking' if today in manifest.days else 'telling'} {today}")
            after_tick = partial(_after_tick, run, exporter, today, partial(bar.advance, task))
            run.host.run(count, after_tick)
            run.host.settle()
            exporter.write(run.log, today)
            exporter.end_day(today)
            run.host.forget_read(exporter.written)
            done += count
            over = day_of(city.time_us) != today
            if done > manifest.ticks or not over:
                _note(run, manifest, directory, done, today if over else None)
    manifest.complete = True
    manifest.write(directory)
    return Told(exporter.records, ticks, time.monotonic() - began)


def _after_tick(run: OfflineRun, exporter: Exporter, day: str, advance: Callable[[], None], _tick: int) -> None:
    if exporter.write(run.log, day, PART_RECORDS):
        run.host.forget_read(exporter.written)
    advance()


def _note(run: OfflineRun, manifest: Manifest, directory: Path, done: int, over: str | None) -> None:
    manifest.ticks = done
    if over is not None and over not in manifest.days:
        manifest.days.append(over)
    manifest.causes = run.city.causes
    manifest.complete = False
    manifest.write(directory)


def _bar(console: Console) -> Progress:
    """Shown to people only: a log file needs no bar."""
    columns = (
        TextColumn("{task.fields[day]}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} ticks"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def day_of(time_us: int) -> str:
    """The UTC day of a simulated time, ISO 8601."""
    return datetime.fromtimestamp(time_us // SECOND, UTC).date().isoformat()


def _ticks_left(today: str, time_us: int, tick_seconds: int) -> int:
    """Ticks that begin before midnight UTC."""
    tomorrow = datetime.combine(date.fromisoformat(today) + timedelta(days=1), datetime.min.time(), UTC)
    return -(-(int(tomorrow.timestamp()) * SECOND - time_us) // (tick_seconds * SECOND))

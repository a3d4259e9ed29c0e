"""How well anomalies are found: what the detector said of a city against the scenarios that its ground truth knows.

A detection is right if its window lies in a scenario's window, or within an hour after it: a judgement looks an hour
back. A scenario is found if anything was detected in its window; the delay runs from its start to the simulated time at
which the detection could be published. Scenarios that change no rate are no anomalies. Whatever else the city does by
itself is no scenario, so that a detection of it counts as false; those on a public holiday are counted apart too.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from cli.offline import compose
from cli.realism.city import NotMeasuredError
from cli.realism.files import open_files, scan
from services.analytics.domain.anomalies import WINDOW_CLOSED, Anomalies
from services.analytics.domain.cells import MemoryCells, Scope
from services.analytics.settings import ANOMALIES_FILE, read_watched
from services.simulator.data_files import load_city_data
from services.simulator.domain.city import CityConfig
from services.simulator.offline import Order

DAY_US = 86_400_000_000
AFTERMATH_US = 3_600_000_000
DETECTED = "anomaly.detected"
TRUTH = "truth.scenario_window"
HOLIDAY = "holiday.started"
READ_EVERY = 60
"""Ticks from one look into the log to the next: bounds what it holds."""

_JUDGED_AT_ONCE = 50_000


class NoTruthError(Exception):
    """A city in which nothing could be found, and why."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of simulated time in microseconds: a scenario's, or a detection's with ``told``, when it was known."""

    name: str
    start: int
    end: int
    told: int = 0
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What is compared: detections, scenarios that change something, and the time between ``start`` and ``end``."""

    detections: Sequence[Window]
    scenarios: Sequence[Window]
    start: int
    end: int
    holidays: Sequence[Window] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One scenario: the delay of its first detection in minutes, None where it was missed, and the rates that told."""

    scenario: Window
    delay_minutes: float | None
    rates: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Detections of the time judged, right ones among them, scenarios with what was found of each.

    ``chance`` is the share of the time that a detection at random would have been right in.
    """

    days: float
    detections: int
    right: int
    chance: float
    scenarios: Sequence[Found]
    by_rate: Mapping[str, tuple[int, int]]
    false_days: Mapping[int, int]
    false_on_holidays: int

    @property
    def precision(self) -> float:
        """Share of detections that were right, 1 where there were none."""
        return self.right / self.detections if self.detections else 1.0

    @property
    def recall(self) -> float:
        """Share of scenarios found."""
        return sum(found.delay_minutes is not None for found in self.scenarios) / len(self.scenarios)

    @property
    def delay_minutes(self) -> float | None:
        """Median over the scenarios found."""
        delays = [found.delay_minutes for found in self.scenarios if found.delay_minutes is not None]
        return median(delays) if delays else None


def assess(heard: Heard, after_days: float) -> Assessment:
    """Compare, leaving out what lies before ``after_days``: what is usual must be known first.

    Raises:
        NoTruthError: No scenario that changes anything began after that.

    """
    begin = heard.start + round(after_days * DAY_US)
    detections = [one for one in heard.detections if one.start >= begin]
    scenarios = [one for one in heard.scenarios if one.start >= begin]
    if not scenarios:
        raise NoTruthError(f"no scenario that changes a rate began after day {after_days:g}")
    right = [one for one in detections if any(_touch(one, truth) for truth in heard.scenarios)]
    total, good = Counter(one.name for one in detections), Counter(one.name for one in right)
    false = [one for one in detections if one not in right]
    return Assessment(
        days=(heard.end - begin) / DAY_US,
        detections=len(detections),
        right=len(right),
        chance=_covered(heard.scenarios, begin, heard.end),
        scenarios=[_found(truth, detections) for truth in scenarios],
        by_rate={name: (total[name], good[name]) for name in sorted(total)},
        false_days=Counter((one.start - heard.start) // DAY_US + 1 for one in false),
        false_on_holidays=sum(
            any(one.start < day.end and one.end > day.start for day in heard.holidays) for one in false
        ),
    )


def _touch(one: Window, truth: Window) -> bool:
    return one.start < truth.end + AFTERMATH_US and one.end > truth.start


def _overlap(one: Window, other: Window) -> bool:
    return one.start < other.end and one.end > other.start


def _found(truth: Window, detections: Sequence[Window]) -> Found:
    inside = [one for one in detections if _overlap(one, truth)]
    delay = min(((one.told - truth.start) / 60e6 for one in inside), default=None)
    return Found(truth, delay, Counter(one.name for one in inside))


def _covered(scenarios: Sequence[Window], begin: int, end: int) -> float:
    covered, at = 0, begin
    for one in sorted(scenarios, key=lambda scenario: scenario.start):
        start, stop = max(one.start, at), min(one.end + AFTERMATH_US, end)
        covered += max(0, stop - start)
        at = max(at, stop)
    return covered / (end - begin)


def changing(world: str, city: str) -> set[str]:
    """Names of scenarios that change a rate."""
    return {name for name, scenario in load_city_data(world, city).scenarios.items() if scenario.modifiers}


def live(config: CityConfig, seed: int, ticks: int, orders: Sequence[Order], advance: Callable[[], None]) -> Heard:
    """A city made here in lock-step: what analytics said in it. ``advance`` is called after every tick."""
    run = compose(config, seed, orders)
    parts: list[pl.DataFrame] = []
    truths: list[pl.DataFrame] = []
    feasts: list[pl.DataFrame] = []
    read = {"system_metrics": 0, "ground_truth": 0, "environment": 0}
    wanted = (("system_metrics", DETECTED, parts), ("ground_truth", TRUTH, truths), ("environment", HOLIDAY, feasts))

    def look() -> None:
        for topic, kind, kept in wanted:
            start, stop = read[topic], run.log.size(topic)
            if stop > start:
                kept.append(run.log.batch(topic, start, stop).frame.filter(pl.col("event_type") == kind))
                read[topic] = stop
        run.host.forget_read({name: run.log.size(name) for name in run.log.topics} | read)

    def after_tick(done: int) -> None:
        advance()
        if done % READ_EVERY == 0:
            look()

    run.host.run(ticks, after_tick)
    run.host.settle()
    look()
    end = config.start + ticks * config.tick_seconds * 1_000_000
    rows = (row for frame in parts for row in frame.iter_rows(named=True))
    known = changing(config.world, config.city)
    return Heard([_detection(row) for row in rows], _scenarios(truths, known), config.start, end, _holidays(feasts))


def told(directory: Path) -> Heard:
    """The city of a directory of ``luna generate --format parquet``: its closed windows, judged by today's detector.

    Raises:
        DirectoryError: Not such a directory.
        NoTruthError: It tells no closed windows, or no scenarios.

    """
    files = open_files(directory)
    try:
        windows = _plain(scan(directory, "system_metrics").filter(pl.col("event_type") == WINDOW_CLOSED).collect())
        truths = _plain(scan(directory, "ground_truth").filter(pl.col("event_type") == TRUTH).collect())
        feasts = _plain(scan(directory, "environment").filter(pl.col("event_type") == HOLIDAY).collect())
    except NotMeasuredError as error:
        raise NoTruthError(f"{directory} was told without scenarios: {error}") from error
    watching = Anomalies(Scope("judged", 0), MemoryCells(), read_watched(ANOMALIES_FILE))
    detections = [
        _detection(row)
        for start in range(0, windows.height, _JUDGED_AT_ONCE)
        for _, row in watching.fold(0, windows[start : start + _JUDGED_AT_ONCE])
    ]
    known = changing(windows["world"][0], windows["city"][0]) if windows.height else set()
    return Heard(detections, _scenarios([truths], known), files.start_us, files.end_us, _holidays([feasts]))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Times as microseconds, as a decoded record has them."""
    moments = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    return frame.with_columns(pl.col(name).dt.epoch("us") for name in moments)


def _detection(row: Mapping[str, Any]) -> Window:
    value = row["dimension_value"]
    name = row["metric"] if value is None or row["dimension"] == "event_type" else f"{row['metric']} {value}"
    return Window(name, row["window_start"], row["window_end"], row["simulation_time"], row["score"])


def _holidays(frames: Sequence[pl.DataFrame]) -> list[Window]:
    """Each is told as it begins, and lasts a day."""
    told_at = [(row["name"], row["simulation_time"]) for frame in frames for row in frame.iter_rows(named=True)]
    return [Window(name, start, start + DAY_US) for name, start in told_at]


def _scenarios(frames: Sequence[pl.DataFrame], known: set[str]) -> list[Window]:
    """The last window told of each cause; of a stopped one it has moved."""
    return list(_windows(frames, known))


def _windows(frames: Sequence[pl.DataFrame], known: set[str]) -> Iterator[Window]:
    if frames:
        for row in pl.concat(frames).unique("cause_id", keep="last", maintain_order=True).iter_rows(named=True):
            if row["name"] in known:
                yield Window(row["name"], row["starts_at"], row["ends_at"])

"""What analytics should have published, counted anew over whole topics; and where it published anything else.

The figures are counted with polars, knowing nothing of how the service folds. Journeys and tastes are compared with the
folds in one piece, in memory: no chunk, no worker, no restart. Which rows of tastes are published on the way depends on
how topics interleave; where everybody's tastes end does not, so that is what is compared, and the rows with that.
"""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from services.analytics.adapters.commits import Following
from services.analytics.app import in_memory_processors
from services.analytics.domain.emitting import Row
from services.analytics.domain.preferences import Preferences
from services.analytics.processor import AnalyticsProcessor
from streamkit.records import Batch
from tests.integration.analytics.stage import Stage
from tests.unit.analytics.city import DAY, START, rows_of
from tests.unit.analytics.recount import COUNTED, MEDIANS, TASTE_FIGURES, Figures, joined, recount

TOLERANCE = 1e-9
LATENESS_US = 60_000_000
SOON = START + 30 * DAY
"""A simulated time behind every record: tastes as of then, all that fades included."""


def closed(stage: Stage) -> pl.DataFrame:
    """The highest version of every window's every figure."""
    rows = stage.frame("system_metrics").filter(pl.col("event_type") == "aggregate.window_closed")
    figure = ["metric", "dimension", "dimension_value", "window_start", "window_end"]
    return rows.sort("version").unique(figure, keep="last", maintain_order=True).select(*figure, "count", "value")


def wrong_figures(stage: Stage) -> Iterator[str]:
    """Figures of windows that are over and differ from a count over the topics, in words."""
    users = stage.frame("users")
    records = joined({topic: stage.frame(topic) for topic in COUNTED}, users, stage.frame("venues"))
    ticks = stage.frame("system_metrics").filter(pl.col("event_type") == "simulator.tick")["simulation_time"]
    until = int(str(ticks.max())) - LATENESS_US
    expected = {key: figure for key, figure in recount(records, users).items() if key[4] <= until}
    published: Figures = {}
    for metric, dimension, value, start, end, count, figure in closed(stage).iter_rows():
        if metric not in MEDIANS and metric not in TASTE_FIGURES:
            published[metric, dimension, value, start, end] = (count, figure)
    off = sorted((key for key in published.keys() | expected if published.get(key) != expected.get(key)), key=str)
    if off:
        first = off[0]
        yield f"{len(off)} figures differ, first {first}: {published.get(first)} and not {expected.get(first)}"
    if not expected:
        yield "no window is over: nothing was compared"


def in_one_piece(stage: Stage) -> tuple[AnalyticsProcessor, list[Row]]:
    """What the folds make of the same topics, read whole, topic after topic; and the journeys they publish."""
    (processor,) = in_memory_processors()
    journeys: list[Row] = []
    for topic in ("venues", "user_actions", "social_interactions", "bookings", "bookings_by_user"):
        messages = stage.messages(topic)
        for partition in sorted({message.partition() or 0 for message in messages}):
            mine = [message for message in messages if message.partition() == partition]
            decoded = stage.codec.decode(topic, [message.value() for message in mine])
            offsets = pl.Series([mine[row].offset() for row in decoded.rows], dtype=pl.Int64).to_numpy()
            partitions = pl.Series([partition] * len(offsets), dtype=pl.Int32).to_numpy()
            if len(offsets):
                journeys += rows_of(processor.process(Batch(topic, decoded.frame, partitions, offsets)), "journeys")
    return processor, journeys


def as_saved(stage: Stage) -> AnalyticsProcessor:
    """What the workers have saved, as one that follows the changelog of all of them takes it: whole commits alone."""
    (processor,) = in_memory_processors()
    parts: dict[int, Following] = {}
    for message in stage.messages(stage.changelog):
        partition, offset, key = message.partition(), message.offset(), message.key()
        if partition is not None and offset is not None and key is not None:
            parts.setdefault(partition, Following(partition)).read(offset, key, message.value())
    for partition, part in parts.items():
        change = part.take()
        if change is not None:
            processor.follow(partition, change.cells, change.positions)
    return processor


def wrong_people(stage: Stage) -> Iterator[str]:
    """Milestones and tastes that differ from those of one piece, in words."""
    whole, journeys = in_one_piece(stage)
    yield from _wrong_milestones(stage.frame("journeys"), journeys)
    expected, saved = whole.live, as_saved(stage).live
    if expected is None or saved is None:
        yield "nothing was folded, or nothing was saved: no tastes were compared"
        return
    yield from _wrong_tastes(saved.preferences, expected.preferences)
    yield from _wrong_rows(stage.frame("preferences"), expected.preferences)


def _wrong_milestones(published: pl.DataFrame, expected: list[Row]) -> Iterator[str]:
    told = published.unique()
    if told["event_id"].n_unique() != told.height:
        yield "journeys: a record told again differs from its first"
    reached = told.filter(pl.col("milestone").is_not_null()).select("user_id", "milestone").rows()
    wanted = [(row["user_id"], row["milestone"]) for row in expected if row["event_type"] == "milestone.reached"]
    if len(reached) != len(set(reached)):
        yield f"journeys: {len(reached) - len(set(reached))} milestones told twice under two ids"
    if set(reached) != set(wanted):
        yield f"journeys: {len(set(wanted) - set(reached))} missing, {len(set(reached) - set(wanted))} too many"


def _wrong_tastes(saved: Preferences, expected: Preferences) -> Iterator[str]:
    """Where everybody's tastes end, in every column."""
    people, wanted = set(saved.learners.ids), set(expected.learners.ids)
    if people != wanted or not wanted:
        yield f"tastes: {len(wanted - people)} of {len(wanted)} people missing, {len(people - wanted)} too many"
    for user in sorted(people & wanted):
        tastes, right = saved.of(user, SOON) or {}, expected.of(user, SOON) or {}
        off = [name for name, value in right.items() if abs(value - tastes.get(name, math.inf)) > TOLERANCE]
        if off or not right:
            yield f"tastes: {off} of {user} are {tastes}, not {right}"
            return


def _wrong_rows(published: pl.DataFrame, expected: Preferences) -> Iterator[str]:
    """Rows told again, and rows that follow from all lessons of a person: those say where tastes end."""
    told = published.unique()
    if told.select("user_id", "version").is_duplicated().any():
        yield "preferences: a row told again differs from its first"
    compared = 0
    for row in told.sort("version").unique("user_id", keep="last").iter_rows(named=True):
        person = expected.learners.index[row["user_id"]]
        learned = max(expected.learners.acted[person], expected.learners.pulled[person])
        if row["version"] != expected.learners.version[person] or row["simulation_time"] < learned:
            continue  # lessons followed that moved too little to be published
        compared += 1
        for name, value in (expected.of(row["user_id"], row["simulation_time"]) or {}).items():
            if abs(value - row[name]) > TOLERANCE + float(np.spacing(np.float32(value))):
                yield f"preferences: {name} of {row['user_id']} is {row[name]}, not {value}"
                return
    if not compared:
        yield "preferences: no row follows from all lessons of its person: nothing was compared"


def violations(stage: Stage) -> list[str]:
    """Everything that is wrong, in words; nothing where all is exact."""
    return [*wrong_figures(stage), *wrong_people(stage)]

"""A city's records told again: in another order, over other partitions, some twice, to a process that is killed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from services.analytics.domain.cells import MemoryCells
from services.analytics.processor import AnalyticsProcessor
from services.analytics.settings import PREFERENCES_FILE, read_learning
from streamkit.records import Batch
from tests.unit.analytics.city import COMMON, rows_of, tick
from tests.unit.analytics.recount import COUNTED, Figures, last_versions

PARTITIONS = 3
START = int(datetime.fromisoformat("2026-06-05T18:30:00-04:00").timestamp() * 1_000_000)
END_MINUTES = 3_000
"""The last tick: long after the end of the day."""

Topics: TypeAlias = Mapping[str, pl.DataFrame]


def placed(topics: Topics, rng: np.random.Generator) -> list[tuple[str, int, pl.DataFrame]]:
    """Chunks of one partition each in a random order, records of each shuffled, one in ten told twice."""
    chunks = []
    for topic in COUNTED:
        frame = topics[topic]
        key = {"bookings": "venue_id", "environment": "city"}.get(topic, "user_id")
        frame = pl.concat([frame, frame.sample(fraction=0.1, seed=1)])
        frame = frame.sample(fraction=1.0, shuffle=True, seed=int(rng.integers(1 << 30)))
        partition = frame[key].hash(seed=3) % PARTITIONS
        for number in range(PARTITIONS):
            part = frame.filter(partition == number)
            size = int(rng.integers(40, 400))
            chunks += [(topic, number, part[at : at + size]) for at in range(0, part.height, size)]
    order = rng.permutation(len(chunks)).tolist()
    return [chunks[place] for place in order]


def told(topics: Topics, rng: np.random.Generator, end: int = END_MINUTES) -> tuple[Figures, AnalyticsProcessor]:
    """What stands published after everything, and who says it; ticks come anywhere, the process is killed midway.

    ``end`` is the minute of the last tick.
    """
    cells = MemoryCells()
    processor = opened(cells, topics, {})
    chunks = placed(topics, rng)
    ends: dict[tuple[str, int], int] = {}
    run_id = topics["user_actions"]["run_id"][0]
    published: list[dict[str, Any]] = []
    for number, (topic, partition, frame) in enumerate(chunks):
        offsets = np.arange(frame.height) + ends.get((topic, partition), 0)
        ends[topic, partition] = int(offsets[-1]) + 1
        batch = Batch(topic, frame, np.full(frame.height, partition, dtype=np.int32), offsets)
        published += rows_of(processor.process(batch), "system_metrics")
        last = number == len(chunks) - 1
        if last or rng.random() < 0.2:
            clock = end if last else int(rng.integers(0, 150))
            published += rows_of(processor.process(ticked(run_id, clock, ends, number)), "system_metrics")
        if number == len(chunks) // 2:
            processor = opened(cells, topics, ends)
    figures = last_versions(row for row in published if row["event_type"] == "aggregate.window_closed")
    return figures, processor


def opened(cells: MemoryCells, topics: Topics, applied: Mapping[tuple[str, int], int]) -> AnalyticsProcessor:
    """A process that starts over what is in the cells, and reads the directories."""
    processor = AnalyticsProcessor(cells, read_learning(PREFERENCES_FILE))
    for topic in ("users", "venues"):
        frame = topics[topic]
        zeros = np.zeros(frame.height, dtype=np.int32)
        processor.directories.learn(Batch(topic, frame, zeros, np.arange(frame.height)))
    processor.load(applied)
    return processor


def ticked(run_id: str, minutes: int, ends: Mapping[tuple[str, int], int], number: int) -> Batch:
    """A tick that all that was told so far came before."""
    needed = ",".join(f"{topic}:{partition}={end}" for (topic, partition), end in sorted(ends.items()))
    row = tick(0, needed, number) | {
        "run_id": run_id,
        "cause_id": None,
        "simulation_time": START + minutes * 60_000_000,
    }
    assert row.keys() >= COMMON.keys()
    return Batch("system_metrics", pl.DataFrame([row]), np.zeros(1, dtype=np.int32), np.array([number]))

"""Two workers with some partitions each tell and answer what one would: each follows what the other saved."""

import json

import numpy as np
import pytest

from services.analytics.domain.cells import MemoryCells
from services.analytics.domain.queries import answer
from services.analytics.processor import AnalyticsProcessor
from streamkit.records import Batch
from tests.unit.analytics.city import rows_of
from tests.unit.analytics.recount import MEDIANS, joined, last_versions, recount
from tests.unit.analytics.retelling import END_MINUTES, Topics, opened, placed, ticked

QUESTIONS = {
    "top.get": {"what": "users"},
    "funnel.get": {},
    "aggregate.get": {"time_range": "30d", "group_by": "hour", "breakdown": "persona"},
    "realtime.get": {"window_minutes": 1_440},
    "heatmap.get": {"window_minutes": 1_440},
}


class Worker:
    """Holds some partitions; the other's it knows from their cells alone."""

    def __init__(self, topics: Topics, partitions: set[int]) -> None:
        self.partitions = partitions
        self.cells = MemoryCells()
        self.processor: AnalyticsProcessor = opened(self.cells, topics, {})
        self.applied: dict[tuple[str, int], int] = {}

    def take(self, batch: Batch) -> list[dict[str, object]]:
        self.applied[batch.topic, int(batch.partitions[0])] = int(batch.offsets[-1]) + 1
        return rows_of(self.processor.process(batch), "system_metrics")

    def follow(self, other: "Worker") -> list[dict[str, object]]:
        for partition in other.partitions:
            told = {place: offset for place, offset in other.applied.items() if place[1] == partition}
            self.processor.follow(partition, dict(other.cells.scan(partition)), told)
        return rows_of(self.processor.settle(), "system_metrics")


@pytest.mark.parametrize("last_minute", [150, END_MINUTES])
def test_two_workers_publish_and_answer_what_one_would(city: Topics, last_minute: int) -> None:
    rng = np.random.default_rng(5)
    first, second = Worker(city, {0}), Worker(city, {1, 2})
    ends: dict[tuple[str, int], int] = {}
    published: list[dict[str, object]] = []
    chunks = placed(city, rng)
    run_id = city["user_actions"]["run_id"][0]
    for number, (topic, partition, frame) in enumerate(chunks):
        offsets = np.arange(frame.height) + ends.get((topic, partition), 0)
        ends[topic, partition] = int(offsets[-1]) + 1
        batch = Batch(topic, frame, np.full(frame.height, partition, dtype=np.int32), offsets)
        published += (first if partition == 0 else second).take(batch)
        last = number == len(chunks) - 1
        if last or number % 9 == 0:
            published += first.take(ticked(run_id, last_minute if last else int(rng.integers(0, 150)), ends, number))
            published += first.follow(second)
            assert second.follow(first) == []
    figures = last_versions(row for row in published if row["event_type"] == "aggregate.window_closed")
    counted = {key: figure for key, figure in figures.items() if key[0] not in MEDIANS}
    expected = recount(joined(city, city["users"], city["venues"]), city["users"])
    over = max(key[4] for key in counted)
    assert counted == {key: figure for key, figure in expected.items() if key[4] <= over}
    for kind, parameters in QUESTIONS.items():
        one, two = (answer(worker.processor.live, kind, json.dumps(parameters)) for worker in (first, second))
        assert one == two, kind

"""Records as an outside consumer has them: topic, partition, offset, key, decoded value and the raw bytes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_TOPICS = yaml.safe_load((Path(__file__).parents[2] / "schemas" / "topics.yaml").read_text(encoding="utf-8"))["topics"]
COMPACTED = frozenset(name for name, topic in _TOPICS.items() if topic["cleanup"] == "compact")
"""Topics on which the last row of a key counts, wherever in its line the broker has already removed earlier ones."""

WALL_CLOCK = frozenset({"system_metrics", "simulation_control", "requests", "replies"})
"""Topics whose values may say by the wall clock when they were said: said again after a crash, it is another time."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of one topic."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: Mapping[str, Any]
    raw: bytes

    def __getitem__(self, name: str) -> Any:
        return self.value[name]

    @property
    def telling(self) -> tuple[str, int]:
        """The (run_id, branch) it belongs to."""
        return self.value["run_id"], self.value["branch"]


@dataclass
class Reading:
    """All records of all topics, each partition in offset order, first-wins by event_id.

    On compacted topics the last one wins: rows a, b that a killed producer says again are a, b, a, b, and b, a, b once
    the broker has removed the first.
    """

    records: list[Record] = field(default_factory=list)
    differing_duplicates: list[str] = field(default_factory=list)
    duplicates: int = 0

    @staticmethod
    def of(records: Iterable[Record]) -> "Reading":
        """Deduplicate; a duplicate that differs is kept aside as a violation."""
        reading = Reading()
        kept: dict[tuple[str, str], Record] = {}
        for record in sorted(records, key=_place):
            known = kept.setdefault((record.topic, record["event_id"]), record)
            if known is record:
                continue
            reading.duplicates += 1
            if record.topic in COMPACTED:
                kept[record.topic, record["event_id"]] = record
            if known.raw != record.raw and record.topic not in WALL_CLOCK:
                reading.differing_duplicates.append(
                    f"{record.topic}: event_id {record['event_id']} ({record['event_type']}) came twice and differs"
                )
        reading.records = sorted(kept.values(), key=_place)
        return reading

    def of_topic(self, topic: str, *event_types: str) -> Iterator[Record]:
        """Records of a topic, of those types if named."""
        for record in self.records:
            if record.topic == topic and (not event_types or record["event_type"] in event_types):
                yield record

    def count(self) -> dict[str, int]:
        """Records by event type."""
        counts: dict[str, int] = defaultdict(int)
        for record in self.records:
            counts[record["event_type"]] += 1
        return dict(counts)

    def told(self) -> "dict[tuple[str, int], Reading]":
        """The tellings in which somebody acts; services that have heard of none yet speak in one of their own."""
        return {telling: part for telling, part in self.tellings().items() if any(part.of_topic("user_actions"))}

    def tellings(self) -> "dict[tuple[str, int], Reading]":
        """The same records, apart by (run, branch).

        Venues are the same in every branch of a run, and compaction keeps one row of each: a telling has the rows of
        its run's other tellings too, its own last.
        """
        apart: dict[tuple[str, int], Reading] = {}
        for record in self.records:
            apart.setdefault(record.telling, Reading()).records.append(record)
        venues = list(self.of_topic("venues"))
        for telling, reading in apart.items():
            others = [row for row in venues if row.telling != telling and row.telling[0] == telling[0]]
            reading.records[:0] = others
        return apart


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset

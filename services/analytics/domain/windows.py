"""Closing windows: the one stage where partials of all partitions meet.

A simulated minute is final once the service has consumed everything the simulator had written by a tick at or after
its end, plus an allowed lateness for outcomes that other services add. What still comes later is told again, as a
correction with the next version; so the highest version of every window equals a count over the whole topic.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.emitting import Row, caused
from services.analytics.domain.minutes import MINUTE_US, Minute, Minutes
from streamkit.positions import Positions, covers, parse_positions

KIND = "window"
TICK_KIND = "tick"

Figure = tuple[str, str | None, str | None]
"""(metric, dimension, value of the dimension)."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A simulator.tick: everything before ``positions`` has been written, up to its simulated time."""

    partition: int
    row: Row
    needed: Positions

    @staticmethod
    def of(partition: int, row: Row, topics: Collection[str]) -> "Tick":
        """Tick out of its record; only positions of the topics that are counted matter."""
        written = parse_positions(row["positions"])
        return Tick(partition, row, {place: offset for place, offset in written.items() if place[0] in topics})


def figures(minute: Minute) -> Iterator[tuple[Figure, int]]:
    """What is published of a minute, in a fixed order."""
    yield ("events", None, None), minute.events.total()
    topics: dict[str, int] = {}
    types: dict[str, int] = {}
    for (topic, event_type), count in minute.events.items():
        topics[topic] = topics.get(topic, 0) + count
        types[event_type] = types.get(event_type, 0) + count
    for topic, count in sorted(topics.items()):
        yield ("events", "topic", topic), count
    for event_type, count in sorted(types.items()):
        yield ("events", "event_type", event_type), count
    yield ("active_users", None, None), len(minute.users)


def _print(figure: Figure) -> str:
    return "/".join(part or "" for part in figure)


class Windows:
    """Which minutes of one scope are closed, and what was published of them."""

    def __init__(
        self, scope: Scope, cells: Cells, minutes: Minutes, lateness_minutes: int, topics: Collection[str]
    ) -> None:
        self._topics = topics
        self._scope = scope
        self._cells = cells
        self._minutes = minutes
        self._lateness = lateness_minutes
        self._published: dict[int, dict[str, list[int]]] = {}  # minute → figure → [count, version]
        self._open: set[int] = set()
        self._ticks: list[Tick] = []
        self._latest: Tick | None = None

    def load(self, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take back what was published of a minute, or the last tick seen."""
        if kind == KIND:
            self._published[int(name)] = json.loads(data)
        else:
            self._ticks = [Tick.of(partition, json.loads(data), self._topics)]

    @property
    def partition(self) -> int | None:
        """Partition whose cells hold this stage: the one the ticks come on."""
        tick = self._ticks[-1] if self._ticks else self._latest
        return None if tick is None else tick.partition

    def on_tick(self, partition: int, row: Row) -> None:
        """Remember how far the simulator has come."""
        tick = Tick.of(partition, row, self._topics)
        self._ticks.append(tick)
        self._cells.write(tick.partition, cell_key(self._scope, TICK_KIND, "last"), pack_json(dict(tick.row)))

    def settle(self, applied: Mapping[tuple[str, int], int]) -> Iterator[tuple[str, Row]]:
        """Close or correct every window that the applied positions make final; rows for ``system_metrics``.

        After a restart nothing is said before the last tick known then is covered: until that the partials are behind
        what was published, and a figure must never shrink for that.
        """
        self._open |= self._minutes.take_changed()
        while self._ticks and covers(applied, self._ticks[0].needed):
            self._latest = self._ticks.pop(0)
        if self._latest is None or not self._open:
            return
        tick = self._latest
        final = tick.row["simulation_time"] // MINUTE_US - self._lateness
        ready = sorted(minute for minute in self._open if minute < final)
        self._open.difference_update(ready)
        for minute in ready:
            yield from self._publish(tick, minute)
        for minute in self._minutes.expire():
            self._published.pop(minute, None)
            self._cells.remove(tick.partition, cell_key(self._scope, KIND, str(minute)))

    def _publish(self, tick: Tick, minute: int) -> Iterator[tuple[str, Row]]:
        published = self._published.setdefault(minute, {})
        changed = False
        for figure, count in figures(self._minutes.merged(minute)):
            name = _print(figure)
            before, version = published.get(name, (None, 0))
            if before == count:
                continue
            published[name] = [count, version + 1]
            changed = True
            metric, dimension, dimension_value = figure
            yield (
                "system_metrics",
                caused(
                    tick.row,
                    "aggregate.window_closed",
                    version + 1,
                    identity=f"{name}@{minute}",
                    metric=metric,
                    dimension=dimension,
                    dimension_value=dimension_value,
                    window_start=minute * MINUTE_US,
                    window_end=(minute + 1) * MINUTE_US,
                    version=version + 1,
                    count=count,
                    value=float(count),
                ),
            )
        if changed:
            self._cells.write(tick.partition, cell_key(self._scope, KIND, str(minute)), pack_json(published))

"""Closing windows: the one stage where partials of all partitions are made public.

A simulated minute, hour or day is final once the service has consumed everything the simulator had written by a tick at
or after its end, plus an allowed lateness for outcomes that other services add. What still comes later is told again,
as a correction with the next version; so the highest version of every window equals a count over the whole topic.
"""

import json
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from services.analytics.domain.aggregates import figures
from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.domain.aggregates.figures import Figure, Said
from services.analytics.domain.aggregates.folding import Aggregates
from services.analytics.domain.aggregates.kinds import DIMENSIONS
from services.analytics.domain.aggregates.merging import Merger
from services.analytics.domain.aggregates.partials import STEPS
from services.analytics.domain.aggregates.store import WIDTHS
from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.emitting import Row, caused
from streamkit.positions import Positions, covers, parse_positions

KIND = "window"
TICK_KIND = "tick"
PUBLISHED_WIDTHS = ("minute", "hour", "day")
RATE_US, RATE_TICKS = 60_000_000, 1_000
"""Wall time, and ticks at most, that the simulator's rate is measured over."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A simulator.tick: everything before ``positions`` has been written, up to its simulated time."""

    partition: int
    row: Row
    needed: Positions
    ours: bool = True
    """Whether this worker holds its partition, and so publishes."""

    @staticmethod
    def of(partition: int, row: Row, topics: Collection[str], *, ours: bool = True) -> "Tick":
        """Tick out of its record; only positions of the topics that are counted matter."""
        written = parse_positions(row["positions"])
        needed = {place: offset for place, offset in written.items() if place[0] in topics}
        return Tick(partition, row, needed, ours)


def _print(figure: Figure) -> str:
    return "/".join(part or "" for part in figure)


class Windows:
    """Which windows of one scope are closed, and what was published of them."""

    def __init__(
        self, scope: Scope, cells: Cells, aggregates: Aggregates, lateness_minutes: int, topics: Collection[str]
    ) -> None:
        self._topics = topics
        self._scope = scope
        self._cells = cells
        self._aggregates = aggregates
        self._lateness = lateness_minutes
        self.merger = Merger(aggregates)
        self._published: dict[tuple[str, int], bytes] = {}  # (width, start) → {figure: [count, value, version]}
        self._open: dict[str, set[int]] = {width: set() for width in WIDTHS}
        self._ticks: list[Tick] = []
        self._paces: deque[tuple[int, int]] = deque(maxlen=RATE_TICKS)
        self.latest: Tick | None = None
        """Newest tick up to which everything is folded."""

    def load(self, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take back what was published of a window, or the last tick seen."""
        if kind == KIND:
            width, _, start = name.partition(":")
            self._published[width, int(start)] = data
        else:
            self._ticks = [Tick.of(partition, json.loads(data), self._topics)]

    def follow(self, partition: int, data: bytes) -> None:
        """Take the last tick that another worker saw: time passes here too, but it is the other one that publishes."""
        self._take(Tick.of(partition, json.loads(data), self._topics, ours=False))

    @property
    def partition(self) -> int | None:
        """Partition whose cells hold this stage: the one the ticks come on."""
        tick = self.newest_tick
        return None if tick is None else tick.partition

    @property
    def newest_tick(self) -> Tick | None:
        """The last tick seen, whether everything before it is folded or not."""
        return self._ticks[-1] if self._ticks else self.latest

    @property
    def wall_rate(self) -> float | None:
        """Records written in a second of wall time up to the ticks of the last minute, by their positions."""
        if len(self._paces) < 2:  # noqa: PLR2004 - a rate needs two moments
            return None
        (began, before), (ended, written) = self._paces[0], self._paces[-1]
        return round((written - before) / ((ended - began) / 1e6), 3) if ended > began else None

    def on_tick(self, partition: int, row: Row) -> None:
        """Remember how far the simulator has come."""
        tick = Tick.of(partition, row, self._topics)
        self._take(tick)
        self._cells.write(tick.partition, cell_key(self._scope, TICK_KIND, "last"), pack_json(dict(tick.row)))

    def _take(self, tick: Tick) -> None:
        self._paces.append((tick.row["wall_time"], sum(tick.needed.values())))
        while self._paces[-1][0] - self._paces[0][0] > RATE_US:
            self._paces.popleft()
        self._ticks.append(tick)

    def settle(self, applied: Mapping[tuple[str, int], int]) -> Iterator[tuple[str, Row]]:
        """Close or correct every window that the applied positions make final; rows for ``system_metrics``.

        After a restart nothing is said before the last tick known then is covered: until that the partials are behind
        what was published, and a figure must never shrink for that.
        """
        for width in WIDTHS:
            self._open[width] |= self._aggregates.partials.take_changed(width)
        while self._ticks and covers(applied, self._ticks[0].needed):
            self.latest = self._ticks.pop(0)
        if self.latest is None:
            return
        now = self.latest.row["simulation_time"] // MINUTE_US
        final = self._aggregates.closed_until = now - self._lateness
        for width in WIDTHS:
            ready = sorted(start for start in self._open[width] if (start + 1) * WIDTHS[width] <= final)
            self._open[width].difference_update(ready)
            for start in ready:
                if self.latest.ours and width in PUBLISHED_WIDTHS:
                    yield from self._publish(self.latest, width, start)
                self._aggregates.partials.close(width, start)
        self._expire(self.latest, now)

    def _expire(self, tick: Tick, now_minute: int) -> None:
        for width, forgotten in self._aggregates.partials.expire(now_minute):
            for start in forgotten:
                self._open[width].discard(start)
                if self._published.pop((width, start), None) is not None and tick.ours:
                    self._cells.remove(tick.partition, cell_key(self._scope, KIND, f"{width}:{start}"))

    def _figures(self, width: str, start: int) -> Iterator[Said]:
        if width == "minute":
            yield from figures.published(width, self.merger.merged(width, [start]), 60, 0, {})
            return
        seconds = 60 * WIDTHS[width]
        merged = self.merger.merged(width, [start], splits=DIMENSIONS)
        registered = self._aggregates.people.registered((start + 1) * WIDTHS[width] * MINUTE_US)
        people = [len(found) for found in self.merger.step_people(width, [start])]
        yield from figures.published(width, merged, seconds, registered, dict(zip(STEPS, people, strict=True)))

    def _publish(self, tick: Tick, width: str, start: int) -> Iterator[tuple[str, Row]]:
        packed = self._published.get((width, start))
        published = json.loads(packed) if packed else {}
        changed = False
        for figure, count, value in self._figures(width, start):
            name = _print(figure)
            before, valued, version = published.get(name, (None, None, 0))
            if before == count and valued == value:
                continue
            published[name] = [count, value, version + 1]
            changed = True
            yield "system_metrics", self._row(tick, (width, start), figure, count, value, version + 1)
        if changed:
            data = self._published[width, start] = pack_json(published)
            self._cells.write(tick.partition, cell_key(self._scope, KIND, f"{width}:{start}"), data)

    @staticmethod
    def _row(tick: Tick, window: tuple[str, int], figure: Figure, count: int, value: float, version: int) -> Row:
        width, start = window
        metric, dimension, dimension_value = figure
        return caused(
            tick.row,
            "aggregate.window_closed",
            version,
            identity=f"{_print(figure)}@{'' if width == 'minute' else width}{start}",
            metric=metric,
            dimension=dimension,
            dimension_value=dimension_value,
            window_start=start * WIDTHS[width] * MINUTE_US,
            window_end=(start + 1) * WIDTHS[width] * MINUTE_US,
            version=version,
            count=count,
            value=value,
        )

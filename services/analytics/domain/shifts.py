"""How much tastes move, and by what: sums of each simulated hour, partition by partition, and the figures of the city.

Sizes are kept as whole billionths, so that a sum is the same in whatever order its records came.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.emitting import Row, caused
from services.analytics.domain.learning import REASONS
from services.analytics.domain.tastes import Array

KIND = "shifts"
PEOPLE_KIND = "shifted"
PUBLISHED_KIND = "shifts_told"
KINDS = (KIND, PEOPLE_KIND, PUBLISHED_KIND)
HOUR_US = 3_600_000_000
BILLION = 1_000_000_000
KEPT_HOURS = 72
"""Hours in which a late record still corrects what was told, as long as the minutes of the live tables."""

Figure = tuple[str, str | None, str | None]


@dataclass(slots=True)
class Hour:
    """Shifts by cause: how many, and their sum in billionths of L1."""

    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, count: int, total: int) -> None:
        """Add some shifts of one cause."""
        self.counts[reason] = self.counts.get(reason, 0) + count
        self.sums[reason] = self.sums.get(reason, 0) + total

    def pack(self) -> bytes:
        """Bytes of the partial."""
        return pack_json({reason: [count, self.sums[reason]] for reason, count in self.counts.items()})

    @staticmethod
    def unpack(data: bytes) -> "Hour":
        """Partial out of its bytes."""
        hour = Hour()
        for reason, (count, total) in json.loads(data).items():
            hour.add(reason, count, total)
        return hour


class Shifts:
    """Partials of one scope, and what was published of each hour."""

    def __init__(self, scope: Scope, cells: Cells) -> None:
        self._scope = scope
        self._cells = cells
        self._partials: dict[int, dict[int, Hour]] = {}
        self._people: dict[int, int] = {}
        self._published: dict[int, dict[str, list[int]]] = {}
        self._open: set[int] = set()
        self._final = 0
        self.late_dropped = 0

    def load(self, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take back one cell."""
        if kind == KIND:
            self._partials.setdefault(int(name), {})[partition] = Hour.unpack(data)
            self._open.add(int(name))
        elif kind == PEOPLE_KIND:
            self._people[partition] = int(data)
        elif kind == PUBLISHED_KIND:
            self._published[int(name)] = json.loads(data)
            self._final = max(self._final, int(name) + 1)

    def add(self, partition: int, times: NDArray[np.int64], reasons: NDArray[np.int8], sizes: Array) -> None:
        """Count shifts of one partition, given as columns; ``reasons`` are numbers of `REASONS`."""
        whole = np.rint(sizes * BILLION).astype(np.int64)
        each, kind, count = np.unique(
            times // HOUR_US * len(REASONS) + reasons, return_inverse=True, return_counts=True
        )
        total = np.zeros(len(each), dtype=np.int64)
        np.add.at(total, kind, whole)
        touched: dict[int, Hour] = {}
        for one, shifts, size in zip(each.tolist(), count.tolist(), total.tolist(), strict=True):
            hour, reason = divmod(one, len(REASONS))
            if hour < self._final - KEPT_HOURS:
                self.late_dropped += shifts
                continue
            if hour not in touched:
                touched[hour] = self._partials.setdefault(hour, {}).setdefault(partition, Hour())
            touched[hour].add(REASONS[reason], shifts, size)
        for hour, partial in touched.items():
            self._open.add(hour)
            self._cells.write(partition, cell_key(self._scope, KIND, str(hour)), partial.pack())

    def met(self, partition: int, people: int) -> None:
        """Note how many people of a partition have tastes by now."""
        if self._people.get(partition) != people:
            self._people[partition] = people
            self._cells.write(partition, cell_key(self._scope, PEOPLE_KIND, "count"), str(people).encode())

    def merged(self, hour: int) -> Hour:
        """Sum of the partials of one hour."""
        total = Hour()
        for partial in self._partials.get(hour, {}).values():
            for reason, count in partial.counts.items():
                total.add(reason, count, partial.sums[reason])
        return total

    def settle(self, tick: Row, partition: int) -> Iterator[tuple[str, Row]]:
        """Tell every hour that is over at a tick, or changed since it was told; rows for ``system_metrics``."""
        final = self._final = max(self._final, tick["simulation_time"] // HOUR_US)
        for hour in self._forget():
            self._published.pop(hour, None)
            self._cells.remove(partition, cell_key(self._scope, PUBLISHED_KIND, str(hour)))
        ready = sorted(hour for hour in self._open if hour < final)
        self._open.difference_update(ready)
        for hour in ready:
            published = self._published.setdefault(hour, {})
            before = dict(published)
            yield from _told(tick, hour, self.merged(hour), sum(self._people.values()), published)
            if published != before:
                self._cells.write(partition, cell_key(self._scope, PUBLISHED_KIND, str(hour)), pack_json(published))

    def pass_over(self, tick: Row) -> None:
        """Forget what is old at a tick that another worker tells hours of; its cells are each owner's to delete."""
        self._final = max(self._final, tick["simulation_time"] // HOUR_US)
        self._forget()

    def _forget(self) -> list[int]:
        """Delete the partials of hours that nothing corrects any more; which hours."""
        old = [hour for hour in self._partials if hour < self._final - KEPT_HOURS]
        for hour in old:
            self._open.discard(hour)
            for owner in self._partials.pop(hour):
                self._cells.remove(owner, cell_key(self._scope, KIND, str(hour)))
        return old


def figures(hour: Hour, people: int) -> Iterator[tuple[Figure, int, float]]:
    """(figure, shifts counted, value) of an hour: L1 moved in all and by cause, a person's mean, what friends did."""
    total = sum(hour.sums.values())
    count = sum(hour.counts.values())
    yield ("preference_shift", None, None), count, total / BILLION
    for reason in sorted(hour.sums):
        yield ("preference_shift", "cause", reason), hour.counts[reason], hour.sums[reason] / BILLION
    yield ("preference_shift_rate", None, None), people, total / BILLION / people if people else 0.0
    yield ("social_influence", None, None), count, hour.sums.get("social", 0) / total if total else 0.0


def _told(
    tick: Row, hour: int, merged: Hour, people: int, published: dict[str, list[int]]
) -> Iterator[tuple[str, Row]]:
    hour_total = sum(merged.sums.values())
    for (metric, dimension, dimension_value), count, value in figures(merged, people):
        name = "/".join(part or "" for part in (metric, dimension, dimension_value))
        before, version = published.get(name, (None, 0))
        told = (
            hour_total if metric == "preference_shift_rate" else count
        )  # people alone, more later on, correct nothing
        if before == told:
            continue
        version += 1
        published[name] = [told, version]
        yield (
            "system_metrics",
            caused(
                tick,
                "aggregate.window_closed",
                version,
                identity=f"{name}@{hour}h",
                metric=metric,
                dimension=dimension,
                dimension_value=dimension_value,
                window_start=hour * HOUR_US,
                window_end=(hour + 1) * HOUR_US,
                version=version,
                count=count,
                value=value,
            ),
        )

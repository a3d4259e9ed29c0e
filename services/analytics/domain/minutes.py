"""Counts of each simulated minute, partition by partition: partial sums that any worker can add up.

Invariant: the merged minute equals a count over all records of that minute, in whatever order they came.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json

MINUTE_US = 60_000_000
KIND = "minute"


@dataclass(slots=True)
class Minute:
    """Partial of one partition: events by (topic, type), and who was active.

    Users are exact because every user's actions are on one partition: sets of two partitions never overlap.
    """

    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)

    def pack(self) -> bytes:
        """Bytes of the partial."""
        events = {f"{topic} {event_type}": count for (topic, event_type), count in self.events.items()}
        return pack_json({"events": events, "users": sorted(self.users)})

    @staticmethod
    def unpack(data: bytes) -> "Minute":
        """Partial out of its bytes."""
        content = json.loads(data)
        events = Counter({(name.split(" ")[0], name.split(" ")[1]): n for name, n in content["events"].items()})
        return Minute(events, set(content["users"]))


class Minutes:
    """All partials of one scope, and which minutes changed since asked last."""

    def __init__(self, scope: Scope, cells: Cells, retention_minutes: int) -> None:
        self._scope = scope
        self._cells = cells
        self._retention = retention_minutes
        self._partials: dict[int, dict[int, Minute]] = {}  # minute → partition → partial
        self._changed: set[int] = set()
        self._newest = 0
        self.late_dropped = 0

    def load(self, partition: int, name: str, data: bytes) -> None:
        """Take back one partial."""
        self._partials.setdefault(int(name), {})[partition] = Minute.unpack(data)
        self._changed.add(int(name))
        self._newest = max(self._newest, int(name))

    def fold(self, topic: str, partition: int, frame: pl.DataFrame) -> None:
        """Add records of one partition. ``frame`` has event_type, simulation_time and user_id."""
        minutes = frame.select(
            (pl.col("simulation_time") // MINUTE_US).alias("minute"), pl.col("event_type"), pl.col("user_id")
        )
        touched: dict[int, Minute] = {}
        for minute, event_type, count in minutes.group_by("minute", "event_type").len().iter_rows():
            if minute <= self._newest - self._retention:
                self.late_dropped += count
                continue
            partial = touched.get(minute) or touched.setdefault(minute, self._partial(minute, partition))
            partial.events[topic, event_type] += count
        if topic == "user_actions":
            acting = minutes.select("minute", "user_id").drop_nulls().unique()
            for minute, user in acting.iter_rows():
                if minute in touched:
                    touched[minute].users.add(user)
        for minute, partial in touched.items():
            self._cells.write(partition, cell_key(self._scope, KIND, str(minute)), partial.pack())
            self._changed.add(minute)
            self._newest = max(self._newest, minute)

    def _partial(self, minute: int, partition: int) -> Minute:
        return self._partials.setdefault(minute, {}).setdefault(partition, Minute())

    def take_changed(self) -> set[int]:
        """Minutes that changed since the last call."""
        changed, self._changed = self._changed, set()
        return changed

    def merged(self, minute: int) -> Minute:
        """Sum of the partials of one minute."""
        total = Minute()
        for partial in self._partials.get(minute, {}).values():
            total.events.update(partial.events)
            total.users |= partial.users
        return total

    def between(self, start: int, end: int) -> Iterator[tuple[int, Minute]]:
        """Merged minutes in [start, end), in order, those without records left out."""
        for minute in sorted(minute for minute in self._partials if start <= minute < end):
            yield minute, self.merged(minute)

    def totals(self) -> Counter[str]:
        """Events by type over everything remembered."""
        total: Counter[str] = Counter()
        for parts in self._partials.values():
            for partial in parts.values():
                for (_, event_type), count in partial.events.items():
                    total[event_type] += count
        return total

    def newest(self) -> int:
        """Latest minute seen."""
        return self._newest

    def expire(self) -> Iterable[int]:
        """Forget minutes older than the retention; they are past every query and every correction."""
        horizon = self._newest - self._retention
        old = [minute for minute in self._partials if minute <= horizon]
        for minute in old:
            for partition in self._partials.pop(minute):
                self._cells.remove(partition, cell_key(self._scope, KIND, str(minute)))
        return old

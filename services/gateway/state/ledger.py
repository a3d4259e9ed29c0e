"""Which branch lives, and its city: records of closed branches are passed over.

The live branch is that of the newest ``state.changed``, by the wall clock in it. A branch is opened when one of its
records is first seen, because on other topics they may arrive before the simulator's word does.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import polars as pl

from services.gateway.state.chunk import Chunk
from services.gateway.state.city import City
from services.gateway.state.services import Services
from streamkit.contracts import Catalogue
from streamkit.dedup import RecentIds
from streamkit.records import Batch

Key: TypeAlias = tuple[str, int]

_OPEN = 3
"""Branches held beside each other: the live one, and what may become live next."""

_WINDOW = 10_000
"""Event ids remembered a partition: a crash tells at most one tick again, some hundreds of records."""

_TALK = frozenset({"simulation_control", "system_metrics"})
"""Topics on which services speak about themselves: their records open no branch."""


class Ledger:
    """Folds chunks into the city of their branch."""

    def __init__(self, catalogue: Catalogue, *, history: int, bookings: int) -> None:
        self.catalogue = catalogue
        self.services = Services(catalogue)
        self.live: Key | None = None
        self.caught_up = False
        self.connected = False
        self.cluster = ""
        self._limits = (history, bookings)
        self._recent = RecentIds(_WINDOW)
        self._latest_only = frozenset(name for name, topic in catalogue.topics.items() if topic.compacted)
        self._beginnings: dict[str, dict[int, int]] = defaultdict(dict)
        for name in catalogue.topics_read_by("gateway"):
            self._beginnings[name] = {}
        self._live_since_us = -1
        self._closed: set[Key] = set()
        self._empty = self._new()
        self._cities: dict[Key, City] = {}

    @property
    def city(self) -> City:
        """The live city; an empty one until the simulator has spoken."""
        return self._cities[self.live] if self.live is not None else self._empty

    def catch_up(self) -> None:
        """Every topic has been folded to its end."""
        self.caught_up = True
        for city in (self._empty, *self._cities.values()):
            city.catch_up()

    def user_name(self, user_id: str | None) -> str | None:
        """Name of a person."""
        return self.city.users.names.get(user_id) if user_id is not None else None

    def venue_name(self, venue_id: str | None) -> str | None:
        """Name over the door."""
        return self.city.venues.names.get(venue_id) if venue_id is not None else None

    def apply(self, chunk: Chunk) -> tuple[Chunk | None, int]:
        """Fold a chunk; returns its records of the live branch and how many of them are events of the city."""
        self._note_beginnings(chunk)
        if chunk.topic not in self._latest_only:
            chunk = self._firsts(chunk)
        if chunk.topic == "system_metrics":
            self.services.apply(chunk)
        if chunk.topic == "simulation_control":
            self._elect(chunk)
        if chunk.removed:
            self.city.remove(chunk)
        live, events = None, 0
        for key, part in _by_branch(chunk):
            city = self._open(key, chunk.topic)
            if city is None:
                continue
            counted = city.apply(part)
            if key == self.live:
                live, events = part, counted
        return live, events

    def _firsts(self, chunk: Chunk) -> Chunk:
        batch = Batch(chunk.topic, chunk.frame, chunk.partitions, chunk.offsets)
        first = self._recent.firsts(batch)
        if first is batch:
            return chunk
        places = pl.DataFrame({"partition": chunk.partitions, "offset": chunk.offsets}).with_row_index("row")
        kept = places.join(
            pl.DataFrame({"partition": first.partitions, "offset": first.offsets}),
            on=["partition", "offset"],
            how="semi",
        )
        return chunk.take(kept["row"].sort().to_numpy().astype(np.intp))

    def _open(self, key: Key, topic: str) -> City | None:
        city = self._cities.get(key)
        if city is not None or key in self._closed or topic in _TALK:
            return city
        city = self._cities[key] = self._new()
        for other in [other for other in self._cities if other not in (key, self.live)]:
            if len(self._cities) > _OPEN:
                del self._cities[other]
        return city

    def _elect(self, chunk: Chunk) -> None:
        told = chunk.frame.filter(pl.col("event_type") == "state.changed").select("run_id", "branch", "wall_time")
        for run, branch, wall_time in told.iter_rows():
            key = (run, branch)
            if key == self.live:
                self._live_since_us = max(self._live_since_us, wall_time)
            elif wall_time <= self._live_since_us:
                self._closed.add(key)
            elif key not in self._closed:
                if self.live is not None:
                    self._closed.add(self.live)
                    self._cities.pop(self.live, None)
                self._cities.setdefault(key, self._new())
                self.live, self._live_since_us = key, wall_time

    def _new(self) -> City:
        history, bookings = self._limits
        return City(self.catalogue, history, bookings, self._beginnings, behind=not self.caught_up)

    def _note_beginnings(self, chunk: Chunk) -> None:
        known = self._beginnings[chunk.topic]
        for partition in np.unique(chunk.partitions):
            number = int(partition)
            if number not in known:
                known[number] = int(chunk.offsets[chunk.partitions == partition].min())


def _by_branch(chunk: Chunk) -> Iterator[tuple[Key, Chunk]]:
    if not len(chunk):
        return
    runs, branches = chunk.frame["run_id"], chunk.frame["branch"]
    if runs.n_unique() == 1 and branches.n_unique() == 1:
        yield (runs[0], int(branches[0])), chunk
        return
    rows = pl.DataFrame({"run": runs, "branch": branches}).with_row_index("row")
    for (run, branch), part in rows.group_by("run", "branch", maintain_order=True):
        yield (str(run), int(str(branch))), chunk.take(part["row"].to_numpy().astype(np.intp))

"""Which telling of which run lives, which are over, and the state of each that is not."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from services.analytics.domain import journeys, minutes, popularity, preferences, windows
from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json, split_key
from services.analytics.domain.emitting import Row
from services.analytics.domain.journeys import Journeys
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.minutes import Minutes
from services.analytics.domain.popularity import Popularity
from services.analytics.domain.preferences import Preferences
from services.analytics.domain.venues import VenueDirectory
from services.analytics.domain.windows import Windows

KIND = "live"

COUNTED = ("user_actions", "social_interactions", "bookings", "recommendations", "environment")
"""Topics of the city itself, whose records are counted; what services say of themselves is not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when the branch is, as of the latest record folded."""

    simulation_time: int = 0
    world: str = ""
    city: str = ""


class BranchState:
    """All folds of one scope."""

    def __init__(
        self,
        scope: Scope,
        cells: Cells,
        parameters: LearningParameters,
        venues: VenueDirectory,
        *,
        retention_minutes: int,
        lateness_minutes: int,
    ) -> None:
        self.scope = scope
        self.place = Place()
        self.venues = venues
        self.minutes = Minutes(scope, cells, retention_minutes)
        self.windows = Windows(scope, cells, self.minutes, lateness_minutes, COUNTED)
        self.journeys = Journeys(scope, cells)
        self.popularity = Popularity(scope, cells)
        self.preferences = Preferences(scope, cells, self.venues, parameters)

    def load(self, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take back one cell."""
        if kind == minutes.KIND:
            self.minutes.load(partition, name, data)
        elif kind in (windows.KIND, windows.TICK_KIND):
            self.windows.load(kind, partition, name, data)
        elif kind == journeys.KIND:
            self.journeys.load(partition, name, data)
        elif kind == popularity.KIND:
            self.popularity.load(partition, name, data)
        elif kind == preferences.KIND:
            self.preferences.load(partition, name, data)

    def fold(self, topic: str, partition: int, frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
        """Add records of one partition of one topic; rows to publish with their topics."""
        self.advance(frame)
        if topic in COUNTED:
            self.minutes.fold(topic, partition, frame)
        if topic in ("user_actions", "bookings"):
            self.popularity.fold(partition, frame)
        if topic in ("user_actions", "social_interactions", "bookings"):
            yield from self.journeys.fold(partition, frame)
        if topic == "user_actions":
            yield from self.preferences.fold(partition, frame)

    def advance(self, frame: pl.DataFrame) -> None:
        """Note where and when the latest of these records happened."""
        at, world, city = frame.select("simulation_time", "world", "city").row(-1)
        if at >= self.place.simulation_time:
            self.place = Place(at, world, city)


class Lives:
    """The live scope and those that are over: the ``state.changed`` said last, by its wall clock, decides.

    Runs have control partitions of their own, read in any order; each partition's cell tells what it knew.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._since: dict[Scope, int] = {}  # when each scope first said that it lives
        self.live: Scope | None = None

    @property
    def over(self) -> set[Scope]:
        """Scopes that another has followed."""
        return self._since.keys() - {self.live}

    def load(self, data: bytes) -> None:
        """Take back what one partition knew."""
        content: Mapping[str, int] = json.loads(data)
        self._since |= {Scope.parse(text): since for text, since in content.items()}
        self._elect()

    def on_state_changed(self, partition: int, scope: Scope, wall_time: int) -> set[Scope]:
        """Take one ``state.changed``; the scopes that it showed to be over."""
        if scope in self._since:
            return set()
        before = self.over
        self._since[scope] = wall_time
        self._elect()
        content = {str(known): since for known, since in self._since.items()}
        self._cells.write(partition, cell_key(None, KIND, "control"), pack_json(content))
        return self.over - before

    def _elect(self) -> None:
        self.live = max(self._since, key=lambda scope: (self._since[scope], scope))


def purge(cells: Cells, over: Collection[Scope]) -> int:
    """Delete every cell of scopes that are over; how many."""
    texts = {str(scope) for scope in over}
    removed = 0
    for partition in cells.partitions():
        for key, _ in cells.scan(partition):
            if split_key(key)[0] in texts:
                cells.remove(partition, key)
                removed += 1
    return removed

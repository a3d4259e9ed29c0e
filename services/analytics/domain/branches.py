"""Which telling of which run lives, which are over, and the state of each that is not."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from services.analytics.domain import anomalies, journeys, preferences, rekeying, shifts, ties, windows
from services.analytics.domain.aggregates.folding import Aggregates
from services.analytics.domain.aggregates.kinds import COUNTED
from services.analytics.domain.aggregates.store import Kept
from services.analytics.domain.anomalies import Anomalies
from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json, split_key
from services.analytics.domain.emitting import Row, outgoing
from services.analytics.domain.journeys import Journeys
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.people import PeopleDirectory
from services.analytics.domain.preferences import Preferences
from services.analytics.domain.rates import AnomalyParameters
from services.analytics.domain.venues import VenueDirectory
from services.analytics.domain.windows import Windows
from streamkit.records import Outgoing

KIND = "live"


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
        people: PeopleDirectory,
        *,
        kept: Kept,
        lateness_minutes: int,
        watched: AnomalyParameters | None = None,
    ) -> None:
        self.scope = scope
        self.place = Place()
        self.venues = venues
        self.aggregates = Aggregates(scope, cells, people, venues, kept)
        self.windows = Windows(scope, cells, self.aggregates, lateness_minutes, COUNTED)
        self.journeys = Journeys(scope, cells)
        self.preferences = Preferences(scope, cells, self.venues, parameters)
        self.anomalies = Anomalies(scope, cells, watched)

    def load(self, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take back one cell."""
        if self.aggregates.load(kind, partition, name, data):
            return
        if kind in (windows.KIND, windows.TICK_KIND):
            self.windows.load(kind, partition, name, data)
        elif kind == journeys.KIND:
            self.journeys.load(partition, name, data)
        elif kind == preferences.KIND:
            self.preferences.load(partition, name, data)
        elif kind == preferences.DAY_KIND:
            self.preferences.load_day(partition, data)
        elif kind == ties.KIND:
            self.preferences.ties.load(name, data)
        elif kind in anomalies.KINDS:
            self.anomalies.load(kind, name, data)
        elif kind in shifts.KINDS:
            self.preferences.shifts.load(kind, partition, name, data)

    def follow(self, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take a cell of a partition that another worker holds: the clock and partials, but nothing to publish."""
        if kind == windows.TICK_KIND:
            self.windows.follow(partition, data)
        else:
            self.load(kind, partition, name, data)

    def fold(self, topic: str, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        """Add records of one partition of one topic; what is to be published."""
        if topic == rekeying.TOPIC:
            frame = rekeying.as_told(frame)
        else:
            self.advance(frame)
        if topic in COUNTED:
            self.aggregates.fold(topic, partition, frame)
        if topic == "bookings":
            yield from outgoing(rekeying.rekeyed(frame))
        if topic in journeys.TOPICS:
            yield from self.journeys.fold(partition, frame)
        if topic in preferences.TOPICS:
            yield from self.preferences.fold(topic, partition, frame)

    def settle(self, applied: Mapping[tuple[str, int], int]) -> Iterator[tuple[str, Row]]:
        """Rows of every window that the applied positions make final."""
        yield from self.windows.settle(applied)
        tick = self.windows.latest
        if tick is not None and tick.ours:
            yield from self.preferences.shifts.settle(tick.row, tick.partition)
        elif tick is not None:
            self.preferences.shifts.pass_over(tick.row)

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
    if not over:
        return 0
    texts = {str(scope) for scope in over}
    removed = 0
    for partition in cells.partitions():
        for key, _ in cells.scan(partition):
            if split_key(key)[0] in texts:
                cells.remove(partition, key)
                removed += 1
    return removed

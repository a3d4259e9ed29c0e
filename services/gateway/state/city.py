"""Everything the gateway remembers of one branch of one run."""

from collections.abc import Mapping

from services.gateway.state.bookings import Bookings
from services.gateway.state.chunk import Chunk
from services.gateway.state.counters import Counters
from services.gateway.state.history import Ring
from services.gateway.state.journeys import Journeys
from services.gateway.state.simulation import Simulation
from services.gateway.state.surroundings import Surroundings, Truth
from services.gateway.state.table import Table
from services.gateway.state.ties import Ties
from streamkit.contracts import Catalogue


class City:
    """Folds of one (run, branch): counters, entities, bookings, surroundings, journeys, history."""

    def __init__(
        self,
        catalogue: Catalogue,
        history: int,
        bookings: int,
        beginnings: Mapping[str, Mapping[int, int]],
        *,
        behind: bool,
    ) -> None:
        self.simulation = Simulation()
        self.counters = Counters()
        self.users = Table("user_id")
        self.venues = Table("venue_id")
        self.preferences = Table("user_id")
        self.bookings = Bookings(bookings)
        self.surroundings = Surroundings()
        self.truth = Truth()
        self.journeys = Journeys()
        self.ties = Ties()
        self.history = {
            name: Ring(history, topic.partitions, beginnings[name], behind=behind)
            for name, topic in catalogue.topics.items()
            if name in beginnings
        }
        self._folds = {
            "users": self.users.apply,
            "venues": self._placed,
            "preferences": self.preferences.apply,
            "bookings": self.bookings.apply,
            "environment": self.surroundings.apply,
            "ground_truth": self.truth.apply,
            "journeys": self.journeys.apply,
            "social_interactions": self.ties.apply,
            "simulation_control": self._told,
            "system_metrics": self._ticked,
        }

    def apply(self, chunk: Chunk) -> int:
        """Fold records of this branch; returns how many of them are events of the city."""
        events = self.counters.apply(chunk)
        fold = self._folds.get(chunk.topic)
        if fold is not None:
            fold(chunk)
        self.history[chunk.topic].append(chunk)
        return events

    def catch_up(self) -> None:
        """Every topic has been read to its end."""
        for ring in self.history.values():
            ring.catch_up()

    @property
    def time_zone(self) -> str | None:
        """Of the city's clock, as its venues say it."""
        venue = self.venues.first()
        return None if venue is None else str(venue["time_zone"])

    def remove(self, chunk: Chunk) -> None:
        """Take tombstones in: they name a key, not a branch."""
        table = {"users": self.users, "venues": self.venues, "preferences": self.preferences}.get(chunk.topic)
        if table is not None and chunk.removed:
            table.remove(chunk.removed)
            if table is self.venues:
                self.surroundings.close(chunk.removed)

    def _placed(self, chunk: Chunk) -> None:
        self.venues.apply(chunk)
        self.surroundings.judge(chunk)

    def _told(self, chunk: Chunk) -> None:
        for row in chunk.frame.iter_rows(named=True):
            self.simulation = self.simulation.told(row)

    def _ticked(self, chunk: Chunk) -> None:
        ticks = chunk.frame.filter(chunk.frame["event_type"] == "simulator.tick")
        for row in ticks.tail(1).iter_rows(named=True):
            self.simulation = self.simulation.ticked(row)

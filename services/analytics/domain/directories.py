"""Who and what records name: the rows of `users` and `venues`, of every telling that is not over."""

from collections.abc import Collection

import polars as pl

from services.analytics.domain import rekeying
from services.analytics.domain.cells import Scope
from services.analytics.domain.people import PeopleDirectory
from services.analytics.domain.scoping import by_scope
from services.analytics.domain.venues import VenueDirectory
from streamkit.records import Batch

DIRECTORIES = ("users", "venues")
"""Compacted topics, read whole by every worker, whatever partitions it holds."""

NAMING = ("user_actions", "social_interactions", "bookings", rekeying.TOPIC)
"""Topics whose records are broken down by whom they name."""

MOST_GIVEN_UP = 100_000
"""Ids that no directory knew and that are not waited for again; beyond it all are asked for anew."""


class Directories:
    """People and venues by scope."""

    def __init__(self) -> None:
        self._venues: dict[Scope, VenueDirectory] = {}
        self._people: dict[Scope, PeopleDirectory] = {}
        self._given_up: set[str] = set()

    def people(self, scope: Scope) -> PeopleDirectory:
        """People of one scope."""
        return self._people.setdefault(scope, PeopleDirectory())

    def venues(self, scope: Scope) -> VenueDirectory:
        """Venues of one scope."""
        return self._venues.setdefault(scope, VenueDirectory())

    def forget(self, scope: Scope) -> None:
        """A telling is over."""
        self._people.pop(scope, None)
        self._venues.pop(scope, None)

    def learn(self, batch: Batch) -> None:
        """Take rows of one of `DIRECTORIES`."""
        if batch.topic == "users":
            for scope, frame in by_scope(batch.frame):
                self.people(scope).update(frame)
            for people in self._people.values():
                people.remove(batch.removed)
            self._given_up.difference_update(batch.frame["user_id"].to_list())
        else:
            for scope, frame in by_scope(batch.frame):
                self.venues(scope).update(frame)
            for venues in self._venues.values():
                venues.remove(batch.removed)
            self._given_up.difference_update(batch.frame["venue_id"].to_list())

    def unknown(self, topic: str, frame: pl.DataFrame) -> set[str]:
        """People and venues that records name and nobody knows (yet), but those that were given up."""
        found: set[str] = set()
        if topic not in NAMING:
            return found
        for scope, part in by_scope(frame):
            found |= self.people(scope).unknown(part["user_id"].drop_nulls().unique().to_list())
            found |= self.venues(scope).unknown(part["venue_id"].drop_nulls().unique().to_list())
        return found - self._given_up

    def give_up(self, ids: Collection[str]) -> None:
        """Wait for these no longer: their records count under no persona, category or borough."""
        if len(self._given_up) > MOST_GIVEN_UP:
            self._given_up.clear()
        self._given_up.update(ids)

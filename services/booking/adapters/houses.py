# ruff: noqa: D102 - what each method does stands at the port
"""Venues and the conditions of their cities in PostgreSQL, the venues kept in memory while no process changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields

from sqlalchemy import Engine

from services.booking.adapters.session import Session, names_of
from services.booking.domain.rules import Condition
from services.booking.domain.venue import Venue
from services.booking.ports import Scope

_VENUE = (
    "venue_id, name, tables, opening_hours, time_zone, takes_bookings, city, category, cuisine, price_tier, latitude,"
    " longitude, outdoor_seating"
)
_CONDITION = ", ".join(field.name for field in fields(Condition))


class Houses(Session):
    """The part of `BookingState` that is about venues."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._directories: dict[Scope, tuple[int, Mapping[str, Venue]]] = {}

    def _forget(self) -> None:
        super()._forget()
        self._directories.clear()

    def directory(self, scope: Scope) -> Mapping[str, Venue]:
        number = self._scope(scope)
        version = self._all("SELECT venues_version FROM booking.scopes WHERE scope_id = %s", number)[0][0]
        known = self._directories.get(scope)
        if known is None or known[0] != version:
            # the version is read first: rows that are newer than it are read again with the next version
            query = f"SELECT {_VENUE} FROM booking.venues WHERE scope_id = %s"  # noqa: S608 - our own columns
            known = version, {row[0]: Venue(*row) for row in self._all(query, number)}
            self._directories[scope] = known
        return known[1]

    def put_venues(self, scope: Scope, venues: Sequence[Venue]) -> None:
        latest = {venue.venue_id: venue for venue in venues}
        if latest:
            self.remove_venues(scope, list(latest))
            number = self._scope(scope)
            self._copy("venues", ((number, *astuple(venue)) for venue in latest.values()))

    def remove_venues(self, scope: Scope, venue_ids: Sequence[str]) -> None:
        number = self._scope(scope)
        self._run("UPDATE booking.scopes SET venues_version = venues_version + 1 WHERE scope_id = %s", number)
        query = "DELETE FROM booking.venues WHERE scope_id = %s AND venue_id = ANY(%s)"
        self._run(query, number, names_of(venue_ids))

    def conditions(self, scope: Scope) -> list[Condition]:
        query = f"SELECT {_CONDITION} FROM booking.conditions WHERE scope_id = %s ORDER BY city, kind, name"  # noqa: S608
        return [Condition(*row) for row in self._all(query, self._scope(scope))]

    def put_conditions(self, scope: Scope, conditions: Sequence[Condition]) -> None:
        latest = {(one.city, one.kind, one.name): one for one in conditions}
        self.drop_conditions(scope, list(latest.values()))
        number = self._scope(scope)
        if latest:
            self._copy("conditions", ((number, *astuple(one)) for _, one in sorted(latest.items())))

    def drop_conditions(self, scope: Scope, conditions: Sequence[Condition]) -> None:
        query = "DELETE FROM booking.conditions WHERE scope_id = %s AND city = %s AND kind = %s AND name = %s"
        for one in conditions:
            self._run(query, self._scope(scope), one.city, one.kind, one.name)

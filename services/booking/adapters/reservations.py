# ruff: noqa: D102 - what each method does stands at the port
"""Reservations, their codes and the tables they hold, in PostgreSQL: the constraints are what must hold."""

from collections.abc import Iterable, Sequence

from services.booking.adapters.rows import BOOKING_COLUMNS, CHANGING, booking_of, changing_of, row_of
from services.booking.adapters.session import Session, names_of
from services.booking.domain.booking import Booking
from services.booking.domain.floor import Claim
from services.booking.ports import Query, Scope

LONGEST_CLAIM = 16
"""Slots: a claim that touches a span begins at most this long before it (a dwell is at most 225 minutes)."""

_CHANGE = f"""
UPDATE booking.bookings AS b SET {", ".join(f"{name} = c.{name}" for name, _ in CHANGING)}
FROM unnest(%s::text[], {", ".join(f"%s::{kind}[]" for _, kind in CHANGING)})
  AS c(booking_id, {", ".join(name for name, _ in CHANGING)})
WHERE b.scope_id = %s AND b.booking_id = c.booking_id
"""  # noqa: S608 - names of our own columns


class Reservations(Session):
    """The part of `BookingState` that is about bookings and claims."""

    def bookings(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        names = names_of(booking_ids)
        if not names:
            return {}
        found = self._select("booking_id = ANY(%s) ORDER BY booking_id FOR UPDATE", scope, names)
        return {booking.booking_id: booking for booking in found}

    def _select(self, where: str, scope: Scope, *values: object, table: str = "bookings") -> list[Booking]:
        query = f"SELECT {BOOKING_COLUMNS} FROM booking.{table} WHERE scope_id = %s AND {where}"  # noqa: S608
        return [booking_of(row) for row in self._all(query, self._scope(scope), *values)]

    def find(self, scope: Scope, query: Query) -> list[Booking]:
        wanted = {"user_id": query.user_id, "venue_id": query.venue_id, "status": query.status}
        where = [f"{column} = %s" for column, value in wanted.items() if value is not None]
        values: list[object] = [value for value in wanted.values() if value is not None]
        if query.cursor is not None:
            requested, _, booking_id = query.cursor.partition("_")
            where.append("requested_us <= %s AND (requested_us < %s OR booking_id > %s)")
            values += [int(requested), int(requested), booking_id]
        order = " AND ".join(where or ["true"]) + " ORDER BY requested_us DESC, booking_id LIMIT %s"
        found = self._select(order, scope, *values, query.limit)
        found += self._select(order, scope, *values, query.limit, table="archive")
        found.sort(key=lambda booking: (-booking.request.requested_us, booking.booking_id))
        return found[: query.limit]

    def archived(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        found = self._select("booking_id = ANY(%s)", scope, names_of(booking_ids), table="archive")
        return {booking.booking_id: booking for booking in found}

    def known(self, scope: Scope, booking_ids: Iterable[str]) -> set[str]:
        names = names_of(booking_ids)
        if not names:
            return set()
        here = "SELECT booking_id FROM booking.bookings WHERE scope_id = %s AND booking_id = ANY(%s)"
        past = here.replace("booking.bookings", "booking.archive")
        number = self._scope(scope)
        return {row[0] for row in self._all(f"{here} UNION ALL {past}", number, names, number, names)}

    def confirmed(self, scope: Scope, since_us: int, until_us: int, late_us: int) -> list[Booking]:
        # by the index of the timers: another one, for starts, would cost every new booking
        where = (
            "due_us BETWEEN %s AND %s AND status = 'confirmed' AND start_us BETWEEN %s AND %s"
            " ORDER BY booking_id FOR UPDATE"
        )
        return self._select(where, scope, since_us, until_us + late_us, since_us, until_us)

    def waiting(self, scope: Scope, venue_ids: Iterable[str]) -> list[Booking]:
        where = (
            "venue_id = ANY(%s) AND status IN ('requested', 'waitlisted') ORDER BY requested_us, booking_id FOR UPDATE"
        )
        return self._select(where, scope, names_of(venue_ids))

    def due(self, scope: Scope, now_us: int, limit: int) -> list[Booking]:
        where = "due_us <= %s ORDER BY due_us, booking_id LIMIT %s FOR UPDATE SKIP LOCKED"
        return self._select(where, scope, now_us, limit)

    def add(self, scope: Scope, bookings: Sequence[Booking]) -> None:
        if bookings:
            number = self._scope(scope)
            self._copy("bookings", (row_of(number, booking) for booking in bookings))

    def change(self, scope: Scope, bookings: Sequence[Booking]) -> None:
        if bookings:
            columns = zip(*(changing_of(booking) for booking in bookings), strict=True)
            ids = [booking.booking_id for booking in bookings]
            self._run(_CHANGE, ids, *map(list, columns), self._scope(scope))

    def codes_taken(self, scope: Scope, codes: Iterable[str]) -> set[str]:
        query = (
            "SELECT code FROM booking.bookings WHERE scope_id = %s AND code = ANY(%s)"
            " AND status IN ('confirmed', 'seated')"
        )
        return {row[0] for row in self._all(query, self._scope(scope), names_of(codes))}

    def claims(self, scope: Scope, venue_ids: Iterable[str], since: int, until: int) -> list[Claim]:
        query = (
            "SELECT booking_id, venue_id, table_number, slot, slots FROM booking.claims WHERE scope_id = %s"
            " AND venue_id = ANY(%s) AND slot >= %s AND slot < %s AND slots IS NOT NULL AND slot + slots > %s"
        )
        values = self._scope(scope), names_of(venue_ids), since - LONGEST_CLAIM, until, since
        return [Claim(*row) for row in self._all(query, *values)]

    def claim(self, scope: Scope, claims: Sequence[Claim]) -> None:
        number = self._scope(scope)
        rows = (
            (number, claim.venue_id, claim.first + index, claim.table, claim.booking_id, None if index else claim.count)
            for claim in claims
            for index in range(claim.count)
        )
        if claims:
            self._copy("claims", rows)

    def release(self, scope: Scope, claims: Sequence[Claim]) -> None:
        rows = [(c.venue_id, c.first + index, c.table) for c in claims for index in range(c.count)]
        if rows:
            query = (
                "DELETE FROM booking.claims AS c USING unnest(%s::text[], %s::int[], %s::smallint[])"
                " AS r(venue_id, slot, table_number) WHERE c.scope_id = %s AND c.venue_id = r.venue_id"
                " AND c.slot = r.slot AND c.table_number = r.table_number"
            )
            self._run(query, *map(list, zip(*rows, strict=True)), self._scope(scope))

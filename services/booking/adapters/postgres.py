# ruff: noqa: D102 - what each method does stands at the port
"""State in PostgreSQL: one query a question for a whole batch, COPY for what is new, constraints for what must hold."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from psycopg import Connection, Cursor
from sqlalchemy import Engine

from services.booking.adapters.database import translated
from services.booking.adapters.rows import BOOKING_COLUMNS, CHANGING, booking_of, changing_of, row_of
from services.booking.domain.booking import Booking
from services.booking.domain.floor import Claim
from services.booking.domain.venue import Venue
from services.booking.ports import Interest, Query, Question, Scope, Tick
from streamkit import metrics

LONGEST_CLAIM = 16
"""Slots: a claim that touches a span begins at most this long before it (dwell is at most 150 minutes)."""

_CHANGE = f"""
UPDATE booking.bookings AS b SET {", ".join(f"{name} = c.{name}" for name, _ in CHANGING)}
FROM unnest(%s::text[], {", ".join(f"%s::{kind}[]" for _, kind in CHANGING)})
  AS c(booking_id, {", ".join(name for name, _ in CHANGING)})
WHERE b.scope_id = %s AND b.booking_id = c.booking_id
"""  # noqa: S608 - names of our own columns


class PostgresState:
    """`BookingState` inside one transaction at a time, opened by `transaction`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cursor: Cursor[Any] | None = None
        self._scopes: dict[Scope, int] = {}

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Any]]:
        """One transaction: committed at its end, rolled back by an exception.

        Raises:
            ConflictError: another process was first; decide again.
            Retryable: the database is away.
            Fatal: anything else it refuses.

        """
        with translated():
            try:
                with self._engine.begin() as connection:
                    driver = connection.connection.driver_connection
                    assert isinstance(driver, Connection)
                    with driver.cursor() as self._cursor:
                        yield self._cursor
            except BaseException:
                self._scopes.clear()
                raise
            finally:
                self._cursor = None

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._run(query, *values).fetchall()

    def _run(self, query: str, *values: object) -> Cursor[Any]:
        assert self._cursor is not None, "the state is used inside a transaction"
        with metrics.QUERY_SECONDS.labels(_question(query)).time():
            return self._cursor.execute(query, values)

    def _copy(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        assert self._cursor is not None, "the state is used inside a transaction"
        timer = metrics.QUERY_SECONDS.labels(f"copy {table}").time()
        with timer, self._cursor.copy(f"COPY booking.{table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _scope(self, scope: Scope) -> int:
        if scope not in self._scopes:
            insert = "INSERT INTO booking.scopes (run_id, branch) VALUES (%s, %s) ON CONFLICT DO NOTHING"
            find = "SELECT scope_id FROM booking.scopes WHERE run_id = %s AND branch = %s"
            if not self._all(find, *scope):
                self._run(insert, *scope)
            self._scopes[scope] = self._all(find, *scope)[0][0]
        return self._scopes[scope]

    def fresh(self, scope: Scope, event_ids: Sequence[str]) -> set[str]:
        if not event_ids:
            return set()
        query = "INSERT INTO booking.inbox SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING RETURNING event_id"
        return {row[0] for row in self._all(query, self._scope(scope), sorted(set(event_ids)))}

    def venues(self, scope: Scope, venue_ids: Iterable[str]) -> dict[str, Venue]:
        query = (
            "SELECT venue_id, name, tables, opening_hours, time_zone, takes_bookings FROM booking.venues"
            " WHERE scope_id = %s AND venue_id = ANY(%s)"
        )
        return {row[0]: Venue(*row) for row in self._all(query, self._scope(scope), _names(venue_ids))}

    def put_venues(self, scope: Scope, venues: Sequence[Venue]) -> None:
        latest = {venue.venue_id: venue for venue in venues}
        self.remove_venues(scope, list(latest))
        number = self._scope(scope)
        self._copy(
            "venues",
            (
                (number, v.venue_id, v.name, v.tables_text, v.hours_text, v.time_zone, v.takes_bookings)
                for v in latest.values()
            ),
        )

    def remove_venues(self, scope: Scope, venue_ids: Sequence[str]) -> None:
        query = "DELETE FROM booking.venues WHERE scope_id = %s AND venue_id = ANY(%s)"
        self._run(query, self._scope(scope), _names(venue_ids))

    def bookings(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        names = _names(booking_ids)
        if not names:
            return {}
        found = self._select("booking_id = ANY(%s) ORDER BY booking_id FOR UPDATE", scope, names)
        return {booking.booking_id: booking for booking in found}

    def _select(self, where: str, scope: Scope, *values: object) -> list[Booking]:
        query = f"SELECT {BOOKING_COLUMNS} FROM booking.bookings WHERE scope_id = %s AND {where}"  # noqa: S608
        return [booking_of(row) for row in self._all(query, self._scope(scope), *values)]

    def find(self, scope: Scope, query: Query) -> list[Booking]:
        wanted = {"user_id": query.user_id, "venue_id": query.venue_id, "status": query.status}
        where = [f"{column} = %s" for column, value in wanted.items() if value is not None]
        values: list[object] = [value for value in wanted.values() if value is not None]
        if query.cursor is not None:
            requested, _, booking_id = query.cursor.partition("_")
            where.append("requested_us <= %s AND (requested_us < %s OR booking_id > %s)")
            values += [int(requested), int(requested), booking_id]
        order = " ORDER BY requested_us DESC, booking_id LIMIT %s"
        return self._select(" AND ".join(where or ["true"]) + order, scope, *values, query.limit)

    def waiting(self, scope: Scope, venue_ids: Iterable[str]) -> list[Booking]:
        where = (
            "venue_id = ANY(%s) AND status IN ('requested', 'waitlisted') ORDER BY requested_us, booking_id FOR UPDATE"
        )
        return self._select(where, scope, _names(venue_ids))

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
        return {row[0] for row in self._all(query, self._scope(scope), _names(codes))}

    def claims(self, scope: Scope, venue_ids: Iterable[str], since: int, until: int) -> list[Claim]:
        query = (
            "SELECT booking_id, venue_id, table_number, slot, slots FROM booking.claims WHERE scope_id = %s"
            " AND venue_id = ANY(%s) AND slot >= %s AND slot < %s AND slots IS NOT NULL AND slot + slots > %s"
        )
        values = self._scope(scope), _names(venue_ids), since - LONGEST_CLAIM, until, since
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

    def times(self, scope: Scope, keys: Iterable[str]) -> dict[str, int]:
        query = "SELECT key, time_us FROM booking.times WHERE scope_id = %s AND key = ANY(%s) ORDER BY key FOR UPDATE"
        return dict(self._all(query, self._scope(scope), _names(keys)))

    def put_times(self, scope: Scope, times: Mapping[str, int]) -> None:
        query = (
            "INSERT INTO booking.times AS t SELECT %s, * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT"
            " (scope_id, key) DO UPDATE SET time_us = excluded.time_us WHERE t.time_us < excluded.time_us"
        )
        keys = sorted(times)
        self._run(query, self._scope(scope), keys, [times[key] for key in keys])

    def advance(self, positions: Mapping[tuple[str, int], int]) -> None:
        query = (
            "INSERT INTO booking.positions AS p SELECT * FROM unnest(%s::text[], %s::int[], %s::bigint[]) ON CONFLICT"
            " (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"
            " WHERE p.next_offset < excluded.next_offset"
        )
        places = sorted(positions)
        values = [t for t, _ in places], [p for _, p in places], [positions[place] for place in places]
        self._run(query, *values)

    def positions(self) -> dict[tuple[str, int], int]:
        rows = self._all("SELECT topic, partition, next_offset FROM booking.positions")
        return {(topic, partition): offset for topic, partition, offset in rows}

    def forget_positions(self) -> None:
        """The topics are new ones: nothing of them has been consumed."""
        self._run("DELETE FROM booking.positions")

    def tick(self, scope: Scope) -> Tick | None:
        query = "SELECT event_id, time_us, positions, world, city FROM booking.ticks WHERE scope_id = %s"
        rows = self._all(query, self._scope(scope))
        return Tick(*rows[0]) if rows else None

    def put_tick(self, scope: Scope, tick: Tick) -> None:
        self.drop_tick(scope)
        values = tick.event_id, tick.time_us, tick.positions, tick.world, tick.city
        self._run("INSERT INTO booking.ticks VALUES (%s, %s, %s, %s, %s, %s)", self._scope(scope), *values)

    def drop_tick(self, scope: Scope) -> None:
        self._run("DELETE FROM booking.ticks WHERE scope_id = %s", self._scope(scope))

    def live(self) -> Scope | None:
        rows = self._all("SELECT run_id, branch FROM booking.live JOIN booking.scopes USING (scope_id)")
        return Scope(*rows[0]) if rows else None

    def put_live(self, scope: Scope) -> None:
        query = (
            "INSERT INTO booking.live AS l VALUES (true, %s) ON CONFLICT (one) DO UPDATE"
            " SET scope_id = excluded.scope_id WHERE l.scope_id <> excluded.scope_id"
        )
        self._run(query, self._scope(scope))

    def questions(self, scope: Scope, booking_ids: Iterable[str]) -> list[Question]:
        query = (
            "SELECT booking_id, request_id, event_id, asked_us, kind FROM booking.questions"
            " WHERE scope_id = %s AND booking_id = ANY(%s) ORDER BY asked_us, request_id"
        )
        return [Question(*row) for row in self._all(query, self._scope(scope), _names(booking_ids))]

    def put_questions(self, scope: Scope, questions: Sequence[Question]) -> None:
        number = self._scope(scope)
        self._copy(
            "questions",
            ((number, q.request_id, q.booking_id, q.event_id, q.asked_us, q.kind) for q in questions),
        )

    def drop_questions(self, scope: Scope, request_ids: Sequence[str]) -> None:
        query = "DELETE FROM booking.questions WHERE scope_id = %s AND request_id = ANY(%s)"
        self._run(query, self._scope(scope), _names(request_ids))

    def interests(self, scope: Scope, venue_id: str, since_us: int) -> list[Interest]:
        query = (
            "SELECT venue_id, user_id, preferred_us, party_size FROM booking.interests WHERE scope_id = %s"
            " AND venue_id = %s AND preferred_us >= %s ORDER BY preferred_us, user_id"
        )
        return [Interest(*row) for row in self._all(query, self._scope(scope), venue_id, since_us)]

    def put_interests(self, scope: Scope, interests: Sequence[Interest]) -> None:
        latest = {(interest.venue_id, interest.user_id): interest for interest in interests}
        rows = [(i.venue_id, i.user_id, i.preferred_us, i.party_size) for _, i in sorted(latest.items())]
        query = (
            "INSERT INTO booking.interests SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::int[])"
            " ON CONFLICT (scope_id, venue_id, user_id) DO UPDATE"
            " SET preferred_us = excluded.preferred_us, party_size = excluded.party_size"
        )
        if rows:
            self._run(query, self._scope(scope), *map(list, zip(*rows, strict=True)))

    def drop_interests(self, scope: Scope, venue_id: str, user_ids: Sequence[str]) -> None:
        query = "DELETE FROM booking.interests WHERE scope_id = %s AND venue_id = %s AND user_id = ANY(%s)"
        self._run(query, self._scope(scope), venue_id, _names(user_ids))


@lru_cache(maxsize=256)
def _question(query: str) -> str:
    """Verb and table of a statement, for example `select claims`: few enough to be a label."""
    table = re.search(r"booking\.(\w+)", query)
    return f"{query.split(maxsplit=1)[0].lower()} {table[1] if table else ''}"


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names))

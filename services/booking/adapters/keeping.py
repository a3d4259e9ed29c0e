# ruff: noqa: D102 - what each method does stands at the port
"""The past leaves the tables that decisions read, and a whole scope is copied under a name, in PostgreSQL.

A snapshot is a scope of its own that no record names.
"""

from services.booking.adapters.session import Session
from services.booking.ports import Past, Scope

SNAPSHOT = "snapshot"
"""Run of the scopes that are snapshots, a word no run_id has: those are 26 letters long."""
COPIED = ("venues", "conditions", "bookings", "archive", "claims", "times", "interests", "groups")
"""Tables a snapshot holds. Not the inbox, for a new branch has new event ids, nor questions, asked once, nor a tick."""

_ARCHIVE = """
WITH gone AS (
    DELETE FROM booking.bookings WHERE scope_id = %s AND booking_id IN (
        SELECT booking_id FROM booking.bookings
        WHERE scope_id = %s AND start_us < %s
          AND status IN ('declined', 'expired', 'cancelled', 'completed', 'no_show')
        ORDER BY start_us LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING *
)
INSERT INTO booking.archive SELECT * FROM gone
"""
_TIDIED = (
    ("archive", "start_us < %s"),
    ("interests", "preferred_us < %s"),
    ("inbox", "day < %s"),
    ("groups", "status <> 'collecting' AND start_us < %s"),
)


class Keeping(Session):
    """The part of `BookingState` that is about the past and about copies."""

    def tidy(self, scope: Scope, past: Past, limit: int) -> int:
        number = self._scope(scope)
        taken = [self._run(_ARCHIVE, number, number, past.archived_us, limit).rowcount]
        limits = past.forgotten_us, past.interests_us, past.inbox_day, past.archived_us
        for (table, old), moment in zip(_TIDIED, limits, strict=True):
            query = (
                f"DELETE FROM booking.{table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM booking.{table}"  # noqa: S608
                f" WHERE scope_id = %s AND {old} LIMIT %s FOR UPDATE SKIP LOCKED))"
            )
            taken.append(self._run(query, number, moment, limit).rowcount)
        query = "UPDATE booking.scopes SET inbox_day = %s WHERE scope_id = %s AND inbox_day < %s"
        self._run(query, past.inbox_day, number, past.inbox_day)
        return max(taken)

    def inbox_day(self, scope: Scope) -> int:
        rows = self._all("SELECT inbox_day FROM booking.scopes WHERE scope_id = %s", self._scope(scope))
        return int(rows[0][0])

    def save(self, scope: Scope, snapshot_id: str) -> bool:
        name = f"{SNAPSHOT}:{snapshot_id}"
        if self._all("SELECT scope_id FROM booking.scopes WHERE run_id = %s", name):
            return False
        self._copy_scope(self._scope(scope), self._scope(Scope(name, 0)))
        return True

    def load(self, scope: Scope, snapshot_id: str) -> bool:
        query = "SELECT scope_id FROM booking.scopes WHERE run_id = %s"
        found = self._all(query, f"{SNAPSHOT}:{snapshot_id}")
        if not found:
            return False
        number = self._scope(scope)
        for table in COPIED:
            self._run(f"DELETE FROM booking.{table} WHERE scope_id = %s", number)  # noqa: S608 - our own tables
        self._copy_scope(found[0][0], number)
        return True

    def _copy_scope(self, source: int, target: int) -> None:
        for table in COPIED:
            query = (
                "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
                " FROM information_schema.columns"
                " WHERE table_schema = 'booking' AND table_name = %s AND column_name <> 'scope_id'"
            )
            columns = self._all(query, table)[0][0]
            copy = f"INSERT INTO booking.{table} (scope_id, {columns}) SELECT %s, {columns}"
            self._run(f"{copy} FROM booking.{table} WHERE scope_id = %s", target, source)
        self._run("UPDATE booking.scopes SET venues_version = venues_version + 1 WHERE scope_id = %s", target)

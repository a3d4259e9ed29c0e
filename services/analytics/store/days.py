"""Partitions: one a simulated day, made before its first record, dropped whole when there are too many or too large."""

from collections.abc import Collection, Mapping
from typing import Any

import psycopg
from psycopg import Cursor
from sqlalchemy import Engine

from services.analytics.domain.cells import Scope
from services.analytics.store import names, windows
from services.analytics.store.database import transaction
from services.analytics.store.retention import Day, Retention, surplus, surplus_figures

DAYS_LOCK = 0x6C756E63
"""Advisory lock: one process at a time makes or drops partitions."""
DROP_WAIT_S = 2
"""A drop waits so long for questions that are being answered; the next turn tries again."""


class Days:
    """The partitions as this process knows them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: set[int] = set()

    def forget(self) -> None:
        """Look again: another process may have dropped some."""
        self._known.clear()

    def make(self, days: Collection[int]) -> None:
        """Make the partitions of days that have none."""
        if not set(days) - self._known:
            return
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (DAYS_LOCK,))
            self._known = _days(cursor)
            for day in sorted(set(days) - self._known):
                # attached, not made as a partition: that would wait for every question and make all others wait
                cursor.execute(f"CREATE TABLE {table(day)} (LIKE analytics.events)")
                cursor.execute(f"ALTER TABLE analytics.events ATTACH PARTITION {table(day)} FOR VALUES IN ({day})")
                cursor.execute("INSERT INTO analytics.days VALUES (%s)", (day,))
            made = self._known | set(days)
        self._known = made

    def drop_old(self, retention: Retention, clocks: Mapping[Scope, int] | None = None) -> list[int]:
        """Drop what is beyond what may be kept, figures of tellings that are over and days; which days.

        ``clocks`` are newer ticks than the stored ones: the store may read other topics ahead of them.
        """
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (DAYS_LOCK,))
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", (f"{DROP_WAIT_S}s",))
            held = sizes(cursor)
            over, live_bytes = _figures(cursor)
            gone = surplus_figures(over, sum(day.size for day in held) + live_bytes, retention)
            windows.drop(cursor, gone)
            kept_bytes = live_bytes + sum(size for scope_id, size in over if scope_id not in gone)
            old = surplus(held, retention, _ticks(cursor, clocks or {}), kept_bytes)
            try:
                for day in old:
                    cursor.execute(f"DROP TABLE {table(day)}")
                    cursor.execute("DELETE FROM analytics.days WHERE day = %s", (day,))
            except psycopg.errors.LockNotAvailable:
                cursor.connection.rollback()
                return []
        self.forget()
        return old


def table(day: int) -> str:
    """Name of a day's partition; days before 1970 have an `m` for the minus."""
    return f"analytics.events_{day}" if day >= 0 else f"analytics.events_m{-day}"


def sizes(cursor: Cursor[Any]) -> list[Day]:
    """Every day with its size on the disk, indexes included, and the planner's estimate of its rows."""
    cursor.execute(
        "SELECT d.day, pg_total_relation_size(c.oid), greatest(c.reltuples, s.n_live_tup, 0)::bigint"
        " FROM analytics.days d JOIN pg_class c ON c.oid = to_regclass(CASE WHEN d.day >= 0"
        " THEN 'analytics.events_' || d.day ELSE 'analytics.events_m' || -d.day END)"
        " LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid ORDER BY d.day"
    )
    return [Day(*row) for row in cursor]


def _ticks(cursor: Cursor[Any], clocks: Mapping[Scope, int]) -> list[int]:
    """Newest tick of each telling that lives."""
    newest = [(one.ticked_us, clocks.get(one.scope)) for one in names.living(cursor)]
    return [max(known) for both in newest if (known := [at for at in both if at is not None])]


def _figures(cursor: Cursor[Any]) -> tuple[list[tuple[int, int]], int]:
    """Bytes of figures of each telling that is over, the first to live first, and those of all others."""
    held = windows.sizes(cursor)
    over = [(number, held.pop(number)) for number in names.over(cursor) if number in held]
    return over, sum(held.values())


def _days(cursor: Cursor[Any]) -> set[int]:
    cursor.execute("SELECT day FROM analytics.days")
    return {day for (day,) in cursor}

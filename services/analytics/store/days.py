"""Partitions: one a simulated day, made before its first record, dropped whole when there are too many or too large."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Cursor
from sqlalchemy import Engine

from services.analytics.store.database import transaction

DAYS_LOCK = 0x6C756E63
"""Advisory lock: one process at a time makes or drops partitions."""
DROP_WAIT_S = 2
"""A drop waits so long for questions that are being answered; the next turn tries again."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many simulated days are kept, and how much of the disk they may take; 0 is no limit."""

    days: int
    mib: int


@dataclass(frozen=True, slots=True)
class Day:
    """A simulated day, counted from 1970, with its size and an estimate of its events."""

    day: int
    size: int
    events: int


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

    def drop_old(self, retention: Retention) -> list[int]:
        """Drop the oldest days while there are too many or too large, never the newest; which."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (DAYS_LOCK,))
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", (f"{DROP_WAIT_S}s",))
            old = surplus(sizes(cursor), retention)
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


def surplus(days: Collection[Day], retention: Retention) -> list[int]:
    """Oldest days beyond what may be kept, oldest first. The newest always stays."""
    in_order = sorted(days, key=lambda one: one.day)
    size = sum(one.size for one in in_order)
    dropped: list[int] = []
    for one in in_order[:-1]:
        too_many = 0 < retention.days < len(in_order) - len(dropped)
        too_large = 0 < retention.mib << 20 < size
        if not too_many and not too_large:
            break
        dropped.append(one.day)
        size -= one.size
    return dropped


def sizes(cursor: Cursor[Any]) -> list[Day]:
    """Every day with its size on the disk, indexes included, and the planner's estimate of its rows."""
    cursor.execute(
        "SELECT d.day, pg_total_relation_size(c.oid), greatest(c.reltuples, s.n_live_tup, 0)::bigint"
        " FROM analytics.days d JOIN pg_class c ON c.oid = to_regclass(CASE WHEN d.day >= 0"
        " THEN 'analytics.events_' || d.day ELSE 'analytics.events_m' || -d.day END)"
        " LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid ORDER BY d.day"
    )
    return [Day(*row) for row in cursor]


def _days(cursor: Cursor[Any]) -> set[int]:
    cursor.execute("SELECT day FROM analytics.days")
    return {day for (day,) in cursor}

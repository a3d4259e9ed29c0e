"""Writes batches: events, closed windows and the consumer's positions in one transaction, each event once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import psycopg
from psycopg import Cursor
from sqlalchemy import Engine

from services.analytics.domain.cells import Scope
from services.analytics.store import names, windows
from services.analytics.store.database import BadValueError, transaction
from services.analytics.store.days import Days
from services.analytics.store.rows import (
    COLUMNS,
    Kind,
    csv_of,
    days_of,
    event_rows,
    events_of,
    kinds_of,
    once_each,
    scopes_of,
)
from streamkit import metrics
from streamkit.errors import Fatal, Poison, Retryable
from streamkit.positions import Positions
from streamkit.records import Batch

CAREFUL_BATCHES = 20
"""Batches written with a look at what is there, after a start and after a known event came: duplicates come in runs.

Copying straight into the partitions takes three quarters of the time, and fails as a whole on the first known event.
"""
_NAMED = ", ".join(f'"{name}"' for name in COLUMNS)  # `offset` is a word of SQL
_COPY = f"({_NAMED}) FROM STDIN (FORMAT csv)"
_ADVANCE = (
    "INSERT INTO analytics.positions AS p SELECT * FROM unnest(%s::text[], %s::int[], %s::bigint[])"
    " ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"
    " WHERE p.next_offset < excluded.next_offset"
)


class Writer:
    """One per process, used by one thread at a time. Tests kill the process ``around`` its steps."""

    def __init__(self, engine: Engine, group: str, around: Callable[[str], None] = lambda _: None) -> None:
        self._engine = engine
        self._group = group
        self._around = around
        self._days = Days(engine)
        self._scopes: dict[Scope, int] = {}
        self._kinds: dict[Kind, int] = {}
        self._careful = CAREFUL_BATCHES

    def write(self, batches: Sequence[Batch], positions: Positions) -> int:
        """Make batches durable; the number of events that were not known before.

        Raises:
            Retryable: the database is away, or another process was first.
            Poison: a record with a value that the database cannot take.
            Fatal: anything else it refuses.

        """
        events = [kept for batch in batches if len(kept := events_of(batch))]
        try:
            stored = self._written(batches, events, positions)
        except BadValueError as error:
            raise self._culprit(events, error) from error
        offered = sum(map(len, events))
        metrics.EVENTS_STORED.inc(stored)
        metrics.DUPLICATES.labels(self._group).inc(offered - stored)
        return stored

    def _written(self, batches: Sequence[Batch], events: Sequence[Batch], positions: Positions) -> int:
        try:
            self._days.make({day for batch in events for day in days_of(batch)})
            with transaction(self._engine) as cursor:
                self._name(cursor, batches)
                stored = self._insert(cursor, self._rows(events)) if events else 0
                self._around("copied")
                windows.put(cursor, batches, self._scopes)
                names.live(cursor, batches, self._scopes)
                names.ticked(cursor, batches, self._scopes)
                _advance(cursor, positions)
                self._around("before_commit")
        except BaseException:
            self._forget()
            raise
        self._around("committed")
        return stored

    def _name(self, cursor: Cursor[Any], batches: Iterable[Batch]) -> None:
        for batch in batches:
            if len(batch):
                names.add_scopes(cursor, self._scopes, scopes_of(batch))
                names.add_kinds(cursor, self._kinds, kinds_of(batch))

    def _rows(self, events: Sequence[Batch]) -> pl.DataFrame:
        return once_each([event_rows(batch, self._scopes, self._kinds) for batch in events])

    def _insert(self, cursor: Cursor[Any], rows: pl.DataFrame) -> int:
        data = csv_of(rows)
        if not self._careful:
            cursor.execute("SAVEPOINT straight")
            try:
                _copy(cursor, "analytics.events", data)
            except psycopg.errors.UniqueViolation:
                cursor.execute("ROLLBACK TO SAVEPOINT straight")
                self._careful = CAREFUL_BATCHES
            except psycopg.errors.CheckViolation as error:
                raise Retryable("a day was dropped meanwhile") from error
            else:
                return rows.height
        self._careful -= 1
        return _merge(cursor, data)

    def _forget(self) -> None:
        """Drop what was remembered of a transaction that did not come to be."""
        self._scopes.clear()
        self._kinds.clear()
        self._days.forget()
        self._careful = CAREFUL_BATCHES

    def _culprit(self, events: Sequence[Batch], error: BadValueError) -> Exception:
        """The first record that cannot be stored as poison; a fatal error where no record is to blame."""
        for batch in events:
            if not self._fails(batch):
                continue
            good, bad = 0, len(batch)  # the first `good` rows can be stored, the first `bad` cannot
            while bad - good > 1:
                middle = (good + bad) // 2
                first = batch.filter(np.arange(len(batch)) < middle)
                good, bad = (good, middle) if self._fails(first) else (middle, bad)
            return Poison(batch.topic, int(batch.partitions[good]), int(batch.offsets[good]), str(error))
        return Fatal(f"the event store refuses a batch, and no record of it: {error}")

    def _fails(self, batch: Batch) -> bool:
        """Whether some record of a batch cannot be stored; nothing stays of it."""
        try:
            with transaction(self._engine) as cursor:
                self._name(cursor, [batch])
                _merge(cursor, csv_of(self._rows([batch])))
                raise _RehearsedError  # noqa: TRY301 - it is what undoes the transaction
        except _RehearsedError:
            return False
        except BadValueError:
            return True
        finally:
            self._forget()


class _RehearsedError(Exception):
    """Ends the transaction of a rehearsal."""


def positions_of(cursor: Cursor[Any]) -> Positions:
    """Next offset of each partition: everything before is stored."""
    cursor.execute("SELECT topic, partition, next_offset FROM analytics.positions")
    return {(topic, partition): offset for topic, partition, offset in cursor}


def forget_positions(cursor: Cursor[Any]) -> None:
    """The topics are new ones: nothing of them has been read."""
    cursor.execute("DELETE FROM analytics.positions")


def _copy(cursor: Cursor[Any], table: str, data: bytes) -> None:
    with cursor.copy(f"COPY {table} {_COPY}") as copy:
        copy.write(data)


def _merge(cursor: Cursor[Any], data: bytes) -> int:
    """Rows that are not there yet; how many those were."""
    cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS incoming (LIKE analytics.events) ON COMMIT DELETE ROWS")
    _copy(cursor, "incoming", data)
    try:
        cursor.execute("INSERT INTO analytics.events SELECT * FROM incoming ON CONFLICT DO NOTHING")
    except psycopg.errors.CheckViolation as error:
        raise Retryable("a day was dropped meanwhile") from error
    return cursor.rowcount


def _advance(cursor: Cursor[Any], positions: Mapping[tuple[str, int], int]) -> None:
    places = sorted(positions)
    values = [topic for topic, _ in places], [number for _, number in places], [positions[place] for place in places]
    cursor.execute(_ADVANCE, values)

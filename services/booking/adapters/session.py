"""One transaction at a time on PostgreSQL, its statements timed, and the numbers of the scopes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from psycopg import Connection, Cursor
from sqlalchemy import Engine

from services.booking.adapters.database import translated
from services.booking.ports import Scope
from streamkit import metrics


class Session:
    """What every part of the state shares."""

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
                self._forget()
                raise
            finally:
                self._cursor = None

    def _forget(self) -> None:
        """Drop what was remembered of a transaction that did not come to be."""
        self._scopes.clear()

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


@lru_cache(maxsize=256)
def _question(query: str) -> str:
    """Verb and table of a statement, for example `select claims`: few enough to be a label."""
    table = re.search(r"booking\.(\w+)", query)
    return f"{query.split(maxsplit=1)[0].lower()} {table[1] if table else ''}"


def names_of(names: Iterable[str]) -> list[str]:
    """Names sorted and once each: rows are locked in one order by every process."""
    return sorted(set(names))

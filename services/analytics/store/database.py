"""The store's connections and transactions; every error of the database becomes one of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, Cursor
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from streamkit import postgres
from streamkit.errors import ConfigurationError, Fatal, Retryable
from streamkit.postgres import DatabaseSettings, Trouble, said, trouble

SCHEMA = "analytics"
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x6C756E62
"""Advisory lock: of several processes that start at once one migrates. Booking's is one less."""


class BadValueError(Exception):
    """The database cannot take a value that some record brought."""


class TooLongError(Exception):
    """A question took longer than it may."""


def connect(settings: DatabaseSettings) -> Engine:
    """A bounded pool of connections; nothing is opened yet."""
    return postgres.connect(
        settings.url.get_secret_value(), settings.pool_size, settings.pool_wait_s, "luna-analytics-store"
    )


@contextmanager
def transaction(engine: Engine, statement_s: float | None = None) -> Iterator[Cursor[Any]]:
    """One transaction: committed at its end, rolled back by an exception. Statements may be limited in time.

    Raises:
        Retryable: the database is away, or another process was first.
        BadValueError: a value cannot be stored.
        TooLongError: a statement took longer than ``statement_s``.
        Fatal: anything else it refuses.

    """
    with translated(), engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, Connection)
        with driver.cursor() as cursor:
            if statement_s is not None:
                milliseconds = str(max(round(statement_s * 1000), 1))
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", (milliseconds,))
            yield cursor


@contextmanager
def translated() -> Iterator[None]:
    """Raise the database's errors as ours."""
    try:
        yield
    except PoolTimeoutError as error:
        raise Retryable(f"database: {error}") from error
    except DBAPIError as error:
        raise _translate(error.orig if isinstance(error.orig, psycopg.Error) else None, str(error.orig)) from error
    except psycopg.errors.QueryCanceled as error:
        raise TooLongError(said(str(error))) from error
    except psycopg.Error as error:
        raise _translate(error, str(error)) from error


def _translate(error: psycopg.Error | None, reason: str) -> Exception:
    match trouble(error):
        case Trouble.CONFLICT | Trouble.AWAY:
            return Retryable(f"database: {said(reason)}")
        case Trouble.BAD_VALUE:
            return BadValueError(said(reason))
        case Trouble.OTHER:
            return Fatal(f"database: {said(reason)} (SQLSTATE {error.sqlstate if error is not None else None})")


def prepare(engine: Engine, *, migrate: bool) -> None:
    """Make sure that the tables are those this code expects.

    Raises:
        Retryable: the database is away.
        ConfigurationError: they are not, and migrating is not allowed.

    """
    with translated():
        current, newest = postgres.revisions(engine, SCHEMA, MIGRATIONS)
        if current == newest:
            return
        if not migrate:
            reason = f"the event store's tables are at revision {current}, this version needs {newest}"
            raise ConfigurationError(f"{reason}: run the migrations or set LUNA_DATABASE__MIGRATE=true")
        postgres.upgrade(engine, MIGRATIONS, MIGRATION_LOCK)

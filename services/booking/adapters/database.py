"""The connection to PostgreSQL: its pool, its migrations, and its errors told apart by SQLSTATE."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.booking.adapters.schema import SCHEMA
from services.booking.fail_points import FailPoint, no_failure
from services.booking.ports import ConflictError
from streamkit import metrics, postgres
from streamkit.errors import Fatal, Retryable
from streamkit.postgres import Trouble, said, trouble

MIGRATIONS = Path(__file__).parents[1] / "migrations"
MIGRATION_LOCK = 0x6C756E61
"""Advisory lock: of several processes that start at once one migrates, the others wait and find it done."""


class BadValueError(Exception):
    """The database cannot take a value that some record brought."""


def connect(url: str, pool_size: int, pool_wait_s: float) -> Engine:
    """A bounded pool of connections; nothing is opened yet."""
    engine = postgres.connect(url, pool_size, pool_wait_s, "luna-booking")
    event.listen(engine, "checkout", lambda *_: metrics.POOL_IN_USE.inc())
    event.listen(engine, "checkin", lambda *_: metrics.POOL_IN_USE.dec())
    return engine


@contextmanager
def translated() -> Iterator[None]:
    """Raise the database's errors as ours."""
    try:
        yield
    except PoolTimeoutError as error:
        raise Retryable(f"database: {error}") from error
    except DBAPIError as error:
        raise translate(error.orig if isinstance(error.orig, psycopg.Error) else None, str(error.orig)) from error
    except psycopg.Error as error:
        raise translate(error, str(error)) from error


def translate(error: psycopg.Error | None, reason: str) -> Exception:
    """The kind of a database error: decide again, back off, look for the bad record, or give up."""
    match trouble(error):
        case Trouble.CONFLICT:
            return ConflictError(said(reason))
        case Trouble.AWAY:
            return Retryable(f"database: {said(reason)}")
        case Trouble.BAD_VALUE:
            return BadValueError(said(reason))
        case Trouble.OTHER:
            return Fatal(f"database: {said(reason)} (SQLSTATE {error.sqlstate if error is not None else None})")


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """Revision of the database, and the newest there is."""
    return postgres.revisions(engine, SCHEMA, MIGRATIONS)


def upgrade(engine: Engine, revision: str = "head", fail_point: FailPoint = no_failure) -> None:
    """Bring the tables to a revision, one process at a time."""
    postgres.upgrade(engine, MIGRATIONS, MIGRATION_LOCK, revision, fail_point)


def prepare(engine: Engine, *, migrate: bool, fail_point: FailPoint = no_failure) -> None:
    """Make sure that the tables are those this code expects.

    Raises:
        Retryable: the database is away.
        Fatal: they are not, and migrating is not allowed.

    """
    with translated():
        current, newest = revisions(engine)
        if current == newest:
            return
        if not migrate:
            raise Fatal(f"booking's tables are at revision {current}, this version needs {newest}: run the migrations")
        upgrade(engine, fail_point=fail_point)

"""The connection to PostgreSQL: its pool, its migrations, and its errors told apart by SQLSTATE."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.booking.adapters.schema import SCHEMA
from services.booking.fail_points import FailPoint, no_failure
from services.booking.ports import ConflictError
from streamkit import metrics
from streamkit.errors import Fatal, Retryable

MIGRATIONS = Path(__file__).parents[1] / "migrations"
MIGRATION_LOCK = 0x6C756E61
"""Advisory lock: of several processes that start at once one migrates, the others wait and find it done."""

DECIDE_AGAIN = frozenset({"40001", "40P01", "23505", "23P01"})
"""serialization_failure, deadlock_detected, unique_violation, exclusion_violation: somebody else was first."""
AWAY_CLASSES = frozenset({"08", "53", "57"})
"""Connection exceptions, insufficient resources, operator intervention: it heals or a person heals it."""
AWAY_STATES = frozenset({"25P03"})
"""idle_in_transaction_session_timeout: the process was stopped too long; its transaction is gone."""
BAD_VALUE_CLASSES = frozenset({"22", "54"})
"""Data exceptions, and limits of a value's size (an index row): a record is to blame, not the service."""
BAD_VALUE_STATES = frozenset({"23502", "23514"})
"""not_null_violation, check_violation."""
IDLE_LIMIT_S = 10
"""A process that stands still for so long inside a transaction loses it: its locks would hold up who took over."""


class BadValueError(Exception):
    """The database cannot take a value that some record brought."""


def connect(url: str, pool_size: int, pool_wait_s: float) -> Engine:
    """A bounded pool of connections; nothing is opened yet."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_wait_s,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": "luna-booking",
            "options": f"-c idle_in_transaction_session_timeout={IDLE_LIMIT_S}s",
        },
    )
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
    state = error.sqlstate if error is not None else None
    said = reason.strip().splitlines()[0] if reason.strip() else "no reason given"
    if state in DECIDE_AGAIN:
        return ConflictError(said)
    lost = state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    if lost or (state is not None and (state[:2] in AWAY_CLASSES or state in AWAY_STATES)):
        return Retryable(f"database: {said}")
    unsent = state is None and isinstance(error, psycopg.DataError)
    if unsent or (state is not None and (state[:2] in BAD_VALUE_CLASSES or state in BAD_VALUE_STATES)):
        return BadValueError(said)
    return Fatal(f"database: {said} (SQLSTATE {state})")


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """Revision of the database, and the newest there is."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
        exists = connection.execute(text("SELECT to_regnamespace(:name)"), {"name": SCHEMA}).scalar()
        current = context.get_current_revision() if exists else None
    return current, ScriptDirectory(str(MIGRATIONS)).get_current_head()


def upgrade(engine: Engine, revision: str = "head", fail_point: FailPoint = no_failure) -> None:
    """Bring the tables to a revision, one process at a time."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        fail_point("migrating")


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

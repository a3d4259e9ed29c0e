"""PostgreSQL for the services that keep a store: settings, a bounded pool, migrations, and the kinds of its errors."""

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import Field, SecretStr
from sqlalchemy import Engine, create_engine, text

from streamkit.settings import Section

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


class DatabaseSettings(Section):
    """How to reach PostgreSQL; each service has a schema of its own in it."""

    url: SecretStr = Field(
        default=SecretStr("postgresql+psycopg://luna@127.0.0.1:5432/luna"),
        description="SQLAlchemy URL of PostgreSQL (psycopg)",
    )
    pool_size: int = Field(default=4, ge=2, le=50, description="Connections of one process, at most")
    pool_wait_s: float = Field(default=10.0, gt=0, description="How long to wait for a free connection")
    migrate: bool = Field(default=True, description="Bring the tables up to date at start; refuse to start if off")


class Trouble(Enum):
    """What an error of the database asks for."""

    CONFLICT = auto()
    """Decide again: another process was first."""
    AWAY = auto()
    """Back off."""
    BAD_VALUE = auto()
    """Look for the record to blame."""
    OTHER = auto()
    """Give up."""


def trouble(error: psycopg.Error | None) -> Trouble:
    """The kind of a database error, by its SQLSTATE; one without is a lost connection or a value not even sent."""
    state = error.sqlstate if error is not None else None
    if state in DECIDE_AGAIN:
        return Trouble.CONFLICT
    lost = state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    if lost or (state is not None and (state[:2] in AWAY_CLASSES or state in AWAY_STATES)):
        return Trouble.AWAY
    unsent = state is None and isinstance(error, psycopg.DataError)
    if unsent or (state is not None and (state[:2] in BAD_VALUE_CLASSES or state in BAD_VALUE_STATES)):
        return Trouble.BAD_VALUE
    return Trouble.OTHER


def said(reason: str) -> str:
    """First line of what the database says."""
    return reason.strip().splitlines()[0] if reason.strip() else "no reason given"


def connect(url: str, pool_size: int, pool_wait_s: float, name: str) -> Engine:
    """A bounded pool of connections that the database knows by a name; nothing is opened yet."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_wait_s,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": name,
            "options": f"-c idle_in_transaction_session_timeout={IDLE_LIMIT_S}s",
        },
    )


def revisions(engine: Engine, schema: str, migrations: Path) -> tuple[str | None, str | None]:
    """Revision of the database, and the newest there is."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": schema})
        exists = connection.execute(text("SELECT to_regnamespace(:name)"), {"name": schema}).scalar()
        current = context.get_current_revision() if exists else None
    return current, ScriptDirectory(str(migrations)).get_current_head()


def upgrade(
    engine: Engine, migrations: Path, lock: int, revision: str = "head", around: Callable[[str], None] = lambda _: None
) -> None:
    """Bring the tables to a revision; ``lock`` is the advisory lock that lets one process at a time do it."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        around("migrating")

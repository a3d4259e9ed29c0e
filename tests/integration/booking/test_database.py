"""The tables and the errors of the database."""

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from services.booking.adapters.database import MIGRATIONS, connect, prepare, revisions, translate, upgrade
from services.booking.adapters.postgres import PostgresState
from services.booking.adapters.schema import SCHEMA, metadata
from services.booking.ports import ConflictError, Past, Scope
from streamkit.errors import Fatal, Retryable

pytestmark = pytest.mark.postgres


def test_the_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {
            "version_table_schema": SCHEMA,
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    current, newest = revisions(engine)
    assert current == newest is not None


def test_old_tables_are_refused_where_migrating_is_not_allowed(database_url: str) -> None:
    empty = connect(database_url, pool_size=2, pool_wait_s=1.0)
    with pytest.raises(Fatal, match="revision None"):
        prepare(empty, migrate=False)
    upgrade(empty)
    prepare(empty, migrate=False)
    empty.dispose()


def test_what_the_first_version_kept_is_there_after_the_second(database_url: str) -> None:
    old = connect(database_url, pool_size=2, pool_wait_s=1.0)
    upgrade(old, "0001")
    kept = (
        "INSERT INTO booking.scopes (run_id, branch) VALUES ('run', 0)",
        "INSERT INTO booking.times VALUES (1, 'v1', 3 * 86400000000)",
        "INSERT INTO booking.inbox VALUES (1, 'a')",
        "INSERT INTO booking.venues VALUES (1, 'v1', 'Chez Luna', '2x1', '', 'UTC', true)",
        """
        INSERT INTO booking.bookings VALUES (1, 'a', 'v1', 'u1', 2, 77, 0, 5, 'user', NULL, NULL, 'dining', 'x', NULL,
        'declined', 0, 0, '', 0, NULL, 'no_table', NULL)
        """,
    )
    with old.begin() as connection:
        for statement in kept:
            connection.execute(text(statement))
    prepare(old, migrate=True)
    state = PostgresState(old)
    scope = Scope("run", 0)
    with state.transaction():
        assert state.directory(scope)["v1"].name == "Chez Luna"
        assert state.bookings(scope, ["a"])["a"].start_us == 77
        state.tidy(scope, Past(78, 0, 0, 3), 9)
        assert state.archived(scope, ["a"]).keys() == {"a"}
        assert state.fresh(scope, ["a"]) == set(), "it counts as seen on the newest day"
    old.dispose()


def test_the_second_version_can_be_taken_back(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert revisions(engine)[0] == "0001"
    prepare(engine, migrate=True)


def test_a_database_that_is_away_is_waited_for() -> None:
    nowhere = connect("postgresql+psycopg://nobody@127.0.0.1:1/none", pool_size=2, pool_wait_s=1.0)
    with pytest.raises(Retryable):
        prepare(nowhere, migrate=True)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.SerializationFailure("x"), ConflictError),
        (psycopg.errors.DeadlockDetected("x"), ConflictError),
        (psycopg.errors.UniqueViolation("x"), ConflictError),
        (psycopg.errors.AdminShutdown("x"), Retryable),
        (psycopg.errors.ConnectionFailure("x"), Retryable),
        (psycopg.errors.IdleInTransactionSessionTimeout("x"), Retryable),
        (psycopg.OperationalError("server closed the connection"), Retryable),
        (psycopg.errors.UndefinedTable("x"), Fatal),
        (psycopg.errors.NotNullViolation("x"), Fatal),
    ],
)
def test_errors_are_told_apart_by_sqlstate(error: psycopg.Error, kind: type[Exception]) -> None:
    assert type(translate(error, str(error))) is kind


def test_a_statement_that_is_slow_to_come_back_does_not_hold_more_than_the_pool(engine: Engine) -> None:
    small = connect(engine.url.render_as_string(hide_password=False), pool_size=1, pool_wait_s=0.1)
    with small.connect() as held:
        held.execute(text("SELECT 1"))
        with pytest.raises(Retryable):
            prepare(small, migrate=False)
    small.dispose()

"""What the service does about each class of error, provoked on a real PostgreSQL where it can be."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, Cursor
from sqlalchemy import Engine, text

from services.booking.adapters.database import BadValueError, translated
from services.booking.adapters.postgres import PostgresState
from services.booking.domain.floor import Claim
from services.booking.ports import ConflictError, Scope
from streamkit.errors import Fatal, Retryable

pytestmark = pytest.mark.postgres

SCOPE = Scope("run", 0)


def within(durable: PostgresState, act: Callable[[Cursor[Any]], None]) -> None:
    """Act inside a transaction of the service."""
    with durable.transaction() as cursor:
        act(cursor)


@pytest.fixture
def other(engine: Engine) -> Iterator[Connection[Any]]:
    """A connection beside the service's."""
    address = engine.url.render_as_string(hide_password=False).replace("+psycopg", "", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE pair (one int PRIMARY KEY, two int)")
        connection.execute("INSERT INTO pair VALUES (1, 0), (2, 0)")
        yield connection


def test_40001_another_transaction_has_changed_what_this_reads(durable: PostgresState, other: Connection[Any]) -> None:
    def late(cursor: Cursor[Any]) -> None:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT * FROM pair")
        other.execute("UPDATE pair SET two = 1 WHERE one = 1")
        cursor.execute("UPDATE pair SET two = 2 WHERE one = 1")

    with pytest.raises(ConflictError):
        within(durable, late)


def test_40p01_two_transactions_wait_for_each_other(durable: PostgresState, other: Connection[Any]) -> None:
    def cross() -> None:
        with other.transaction():
            other.execute("UPDATE pair SET two = 1 WHERE one = 2")
            locked.set()
            other.execute("UPDATE pair SET two = 1 WHERE one = 1")

    def victim(cursor: Cursor[Any]) -> None:
        cursor.execute("SET LOCAL deadlock_timeout = '10ms'")
        cursor.execute("UPDATE pair SET two = 2 WHERE one = 1")
        crossing.start()
        locked.wait(10)
        cursor.execute("UPDATE pair SET two = 2 WHERE one = 2")

    locked, crossing = threading.Event(), threading.Thread(target=cross)
    other.execute("SET deadlock_timeout = '30s'")  # the victim is ours: who looks first gives up
    with pytest.raises(ConflictError):
        within(durable, victim)
    crossing.join(10)
    assert not crossing.is_alive()


def test_23505_a_table_is_claimed_that_somebody_else_holds(durable: PostgresState) -> None:
    with durable.transaction():
        durable.claim(SCOPE, [Claim("a", "v1", 1, 100, 6)])
    with pytest.raises(ConflictError), durable.transaction():
        durable.claim(SCOPE, [Claim("b", "v1", 1, 105, 6)])


def test_23p01_a_span_is_claimed_that_overlaps_another(durable: PostgresState, other: Connection[Any]) -> None:
    other.execute("CREATE TABLE spans (span int4range, EXCLUDE USING gist (span WITH &&))")
    other.execute("INSERT INTO spans VALUES ('[1,5)')")
    with pytest.raises(ConflictError), durable.transaction() as cursor:
        cursor.execute("INSERT INTO spans VALUES ('[4,9)')")


def test_57p01_the_connection_is_cut_by_an_administrator(durable: PostgresState, other: Connection[Any]) -> None:
    def cut() -> None:
        with durable.transaction() as cursor:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (cursor.connection.info.backend_pid,))
            cursor.execute("SELECT 1")

    with pytest.raises(Retryable):
        cut()
    with durable.transaction() as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_57014_a_statement_takes_too_long(durable: PostgresState) -> None:
    def slow(cursor: Cursor[Any]) -> None:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        cursor.execute("SELECT pg_sleep(10)")

    with pytest.raises(Retryable):
        within(durable, slow)


def test_25p03_the_process_stood_still_inside_its_transaction(durable: PostgresState, other: Connection[Any]) -> None:
    def stand() -> None:
        with durable.transaction() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10ms'")
            pid = cursor.connection.info.backend_pid
            gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %s"
            while other.execute(gone, (pid,)).fetchone() != (True,):
                pass
            cursor.execute("SELECT 1")

    with pytest.raises(Retryable):
        stand()


def test_a_process_that_stands_still_loses_its_transaction_after_ten_seconds(durable: PostgresState) -> None:
    with durable.transaction() as cursor:
        assert cursor.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("10s",)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("08006", Retryable),
        ("08P01", Retryable),
        ("53300", Retryable),
        ("57P03", Retryable),
        ("22021", BadValueError),
        ("54000", BadValueError),
        ("42P01", Fatal),
        ("XX000", Fatal),
    ],
)
def test_states_that_cannot_be_had_at_will_are_raised_by_the_server_on_request(
    durable: PostgresState, state: str, kind: type[Exception]
) -> None:
    def fail(cursor: Cursor[Any]) -> None:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    with pytest.raises(kind):
        within(durable, fail)


def test_errors_on_the_way_through_sqlalchemy_are_the_same_errors(engine: Engine) -> None:
    with pytest.raises(ConflictError), translated(), engine.begin() as connection:
        connection.execute(text("INSERT INTO booking.positions VALUES ('t', 0, 1), ('t', 0, 2)"))

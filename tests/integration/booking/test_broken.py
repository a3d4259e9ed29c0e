"""Three ways to break the guarantee, each seen by the same ledger check that the kill tests rely on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from services.booking.adapters.outbox import ORDER_LOCK
from services.booking.processor import SUBSCRIPTIONS
from tests.integration.booking.broken import PUBLISHED_LOCK
from tests.integration.booking.stage import PARTITIONS, Stage, outcomes
from tests.unit.booking.city import request_row, venue_row

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

TABLES = {"v00001": "2x1"}
"""One house with one table."""
BRIEFLY_S = 2.0
"""A broken variant never agrees with its database: no use in waiting for it."""
HALF = f'"partitions":{len(SUBSCRIPTIONS) * PARTITIONS // 2},'


@pytest.fixture
def stage(kafka_bootstrap: str, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(kafka_bootstrap, database_url, f"broken-{tmp_path.name}", tmp_path, TABLES)
    made.publish("venues", [venue_row(venue, tables) for venue, tables in TABLES.items()])
    yield made
    made.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """The database as it is: its tables are the variant's business."""
    made = create_engine(database_url)
    yield made
    made.dispose()


@contextmanager
def held(database: Engine, lock: int) -> Iterator[None]:
    """Nobody else gets the advisory lock meanwhile."""
    with database.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        yield


def waiting(database: Engine) -> int:
    """Transactions that wait for another one."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def serve_one(stage: Stage) -> None:
    """A request of a party of nobody: whoever has answered it knows the house."""
    stage.publish("bookings", [request_row("nobody", party_size=0)])
    stage.read_until(lambda rows: outcomes(rows) == 1)


def race(stage: Stage, database: Engine, program: str) -> None:
    """Two processes decide on the same table at once: a producer that partitions otherwise has asked for it twice."""
    lives = [stage.start(program=program), stage.start(program=program)]
    stage.read_until(lambda _: all(HALF in life.log.read_text() for life in lives))
    serve_one(stage)
    with held(database, ORDER_LOCK):
        stage.publish("bookings", [request_row("first")], 0)
        stage.publish("bookings", [request_row("second")], PARTITIONS - 1)
        stage.read_until(lambda _: waiting(database) == len(lives))
    stage.read_until(lambda rows: outcomes(rows) == 3)
    for life in lives:
        life.send(signal.SIGTERM)
        assert stage.wait_for_end(life) == 0


def test_two_processes_that_decide_on_one_table_at_once_sell_it_once(stage: Stage, database: Engine) -> None:
    race(stage, database, "booking")
    assert stage.violations() == []
    told = [row["event_type"] for row in stage.rows if row["booking_id"] in {"first", "second"}]
    assert sorted(told) == ["booking.confirmed", "booking.declined", *["booking.requested"] * 2]


def test_the_ledger_finds_the_table_that_is_sold_twice_where_a_claim_is_but_an_if(
    stage: Stage, database: Engine
) -> None:
    race(stage, database, "claims by an if")
    assert any("table 1 of v00001 is sold to" in line for line in stage.violations(BRIEFLY_S))


def test_the_ledger_finds_what_is_told_twice_where_it_is_published_before_the_commit(
    stage: Stage, database: Engine
) -> None:
    life = stage.start(program="publishes first")
    serve_one(stage)
    with held(database, PUBLISHED_LOCK):
        stage.publish("bookings", [request_row("told")])
        stage.read_until(lambda rows: outcomes(rows) == 2)
        life.send(signal.SIGKILL)
        assert stage.wait_for_end(life) == -signal.SIGKILL
    with database.begin() as connection:  # as if the process that reads the venues had heard it meanwhile
        connection.execute(text("UPDATE booking.venues SET takes_bookings = false"))
    stage.start(program="publishes first")
    stage.read_until(lambda rows: any(row["reason"] == "walk_in_only" for row in rows))
    assert "booking told: booking.declined after booking.confirmed" in stage.violations(BRIEFLY_S)


def test_the_ledger_finds_what_is_lost_where_rows_are_marked_before_they_are_published(stage: Stage) -> None:
    life = stage.start(program="marks first")
    serve_one(stage)
    life.send(signal.SIGTERM)
    assert stage.wait_for_end(life) == 0
    life = stage.start("before_publish", "marks first")
    stage.publish("bookings", [request_row("lost")])
    assert stage.wait_for_end(life) == -signal.SIGKILL
    stage.start(program="marks first")
    stage.publish("bookings", [request_row("kept")])
    stage.read_until(lambda rows: outcomes(rows) == 2)
    assert "request lost has no outcome" in stage.violations(BRIEFLY_S)

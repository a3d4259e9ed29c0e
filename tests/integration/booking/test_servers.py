"""Servers that die and come back, and processes that stand still: the ledger holds all the same."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.ports import free_port
from cli.servers.postgres import PostgresPlan, PostgresServer
from tests.conftest import CACHE
from tests.integration.booking.stage import Stage, answered
from tests.integration.booking.storm import VENUES, settle, wave
from tests.unit.booking.city import venue_row

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

EACH = 60
AWAY_S = 20.0


class Servers:
    """A Kafka and a PostgreSQL that a test may end."""

    def __init__(self, home: Path, guard: Guard) -> None:
        self._guard = guard
        self._files = kafka_files(CACHE)
        self._kafka_plan = KafkaPlan(home / "kafka", home / "kafka.log", free_port())
        self._postgres_plan = PostgresPlan(home / "postgres", home / "postgres.log", free_port(), durable=False)
        self.start_kafka()
        self.start_postgres()
        self.kafka.wait()

    def start_kafka(self) -> None:
        self.kafka = KafkaServer.start(self._files, self._kafka_plan, self._guard)

    def start_postgres(self) -> None:
        self.postgres = PostgresServer.start(self._postgres_plan, self._guard)
        self.postgres.wait()

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster; its children see that it is gone and end."""
        postmaster = psutil.Process(self.postgres.process.pid)
        children = postmaster.children(recursive=True)
        postmaster.kill()
        self.postgres.process.collect(10)
        psutil.wait_procs(children, timeout=30)

    def close(self) -> None:
        self.kafka.stop()
        self.postgres.stop()


@pytest.fixture
def servers(server_files: Path, guard: Guard, tmp_path: Path) -> Iterator[Servers]:
    made = Servers(server_files / f"booking-{tmp_path.name}", guard)
    yield made
    made.close()


Stages: TypeAlias = Callable[[str, str], Stage]


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Stages]:
    """Makes a stage on given servers, and closes it."""
    with ExitStack() as opened:

        def make(bootstrap: str, database_url: str) -> Stage:
            stage = Stage(bootstrap, database_url, f"servers-{tmp_path.name}", tmp_path, VENUES)
            opened.callback(stage.close)
            stage.publish("venues", [venue_row(venue, tables) for venue, tables in VENUES.items()])
            return stage

        yield make


def test_a_killed_database_and_a_broker_that_is_away_cost_nothing_but_time(servers: Servers, stages: Stages) -> None:
    stage = stages(servers.kafka.bootstrap_servers, servers.postgres.url())
    life = stage.start()
    stage.publish("bookings", wave(0, EACH))
    stage.read_until(lambda rows: answered(rows) == EACH)
    life.send(signal.SIGKILL)
    life = stage.start("stop@before_commit")
    stage.publish("bookings", wave(1, EACH))
    stage.read_until(lambda _: life.is_stopped())
    servers.kill_postgres()
    servers.start_postgres()
    life.send(signal.SIGCONT)
    stage.read_until(lambda rows: answered(rows) == 2 * EACH)
    life.send(signal.SIGKILL)
    life = stage.start("stop@before_publish")
    stage.publish("bookings", wave(2, EACH))
    stage.read_until(lambda _: life.is_stopped())
    servers.kafka.stop()
    life.send(signal.SIGCONT)
    back = time.monotonic() + AWAY_S
    while time.monotonic() < back:
        stage.read(0.5)
    servers.start_kafka()
    servers.kafka.wait()
    stage.publish("bookings", wave(3, EACH))
    settle(stage, 4 * EACH, 5)
    assert life.poll() is None, "it has not lived through it"
    assert stage.violations() == []


def test_a_process_that_stood_still_while_another_took_over_changes_nothing(
    kafka_bootstrap: str, database_url: str, stages: Stages
) -> None:
    stage = stages(kafka_bootstrap, database_url)
    first = stage.start()
    stage.publish("bookings", wave(0, EACH))
    stage.read_until(lambda rows: answered(rows) == EACH)
    first.send(signal.SIGKILL)
    zombie = stage.start("stop@before_commit")
    stage.publish("bookings", wave(1, EACH))
    stage.read_until(lambda _: zombie.is_stopped())
    survivor = stage.start()
    stage.publish("bookings", wave(2, EACH))
    stage.read_until(lambda rows: answered(rows) == 3 * EACH)
    zombie.send(signal.SIGCONT)
    stage.publish("bookings", [row for number in range(4) for row in wave(number, EACH)])
    settle(stage, 4 * EACH, 5)
    assert survivor.poll() is None
    assert zombie.poll() is None, "it has not lived through it"
    assert stage.violations() == []

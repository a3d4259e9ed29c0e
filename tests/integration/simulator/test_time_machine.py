"""A whole city on a real Kafka and PostgreSQL goes back to a snapshot: same people, same tables, nothing twice."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import create_engine, text

from streamkit.clock import SystemClock
from streamkit.producer import Producer
from streamkit.settings import KafkaSettings
from tests.integration.booking.conftest import database_url
from tests.integration.simulator.service import (
    CODEC,
    REPOSITORY,
    Reader,
    Service,
    command,
    ended,
    eventually,
    make_topics,
)

__all__ = ["database_url"]

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

SEED = 9_204
"""No other test's: records of the same run on a shared broker would be taken for this city's."""
FRIDAY = {
    "users": "120",
    "venues": "25",
    "profile": "dense",
    "start": "2026-06-05T14:00:00-04:00",
    "backfill_days": "0.15",
    "speed": "300",
}
PERSON = ["user_id", "name", "persona", "home_latitude", "registered_at"]
SLOW = 240.0
"""Seconds for what takes ten on an idle machine."""


@contextmanager
def living(bootstrap: str, database: str, data: Path) -> Iterator[None]:
    """Simulator, booking and recommender as they are shipped."""
    service = Service(bootstrap, data, SEED, FRIDAY)
    environment = {
        "LUNA_KAFKA__BOOTSTRAP_SERVERS": bootstrap,
        "LUNA_DATABASE__URL": database,
        "LUNA_DATA_DIR": str(data),
        "LUNA_HEALTH_PORT": "0",
        "PATH": str(Path(sys.executable).parent),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'libs'}",
    }
    with ExitStack() as processes, (data.parent / "services.log").open("ab") as log:
        for name in ("booking", "recommender"):
            program = [sys.executable, "-m", f"services.{name}"]
            process = subprocess.Popen(program, env=environment, cwd=REPOSITORY, stdout=log, stderr=log)
            processes.enter_context(ended(process))
        processes.enter_context(ended(service.start()))
        yield


class Watched:
    """What a test sees of the city that is told from now on, and what it tells it. Others lie on the same broker."""

    def __init__(self, bootstrap: str, producer: Producer) -> None:
        self._reader = Reader(bootstrap)
        self._producer = producer
        self._given = 0
        self._since = SystemClock().now_us()

    def frame(self, topic: str) -> pl.DataFrame:
        """Everything on a topic that is of this city's run."""
        states = self._states()
        run = states["run_id"][0] if states.height else ""
        return self._reader.frame(topic).filter(pl.col("run_id") == run)

    async def done(self, word: str, **parameters: object) -> dict[str, Any]:
        """Give a command; the result of its acknowledgement."""
        self._given += 1
        name = await command(self._producer, word, json.dumps(parameters), self._given)
        await eventually(partial(self._ack, name), SLOW)
        ack = self._ack(name)
        assert ack["status"] == "accepted", ack["reason"]
        return dict(json.loads(ack["result"]))

    def last_tick(self, branch: int) -> int:
        """The last tick of a branch that is on the broker, -1 before there is one."""
        rows = self.frame("system_metrics").filter(
            (pl.col("event_type") == "simulator.tick") & (pl.col("branch") == branch)
        )
        return max(rows["tick"].to_list(), default=-1)

    def phase(self) -> str:
        """The phase said last."""
        states = self._states()
        return str(states["phase"].to_list()[-1]) if states.height else ""

    def people(self, branch: int) -> dict[str, tuple[Any, ...]]:
        """The first row of each person in a branch."""
        rows = self.frame("users").filter(pl.col("branch") == branch)
        first = rows.unique("user_id", keep="first", maintain_order=True).select(PERSON)
        return {row[0]: row for row in first.iter_rows()}

    def _ack(self, name: str) -> dict[str, Any]:
        acks = self._reader.frame("simulation_control").filter(
            (pl.col("event_type") == "ack.given") & (pl.col("command_id") == name) & (pl.col("source") == "simulator")
        )
        return acks.row(0, named=True) if acks.height else {}

    def _states(self) -> pl.DataFrame:
        control = self._reader.frame("simulation_control")
        said = control.filter((pl.col("event_type") == "state.changed") & (pl.col("wall_time") >= self._since))
        return said.sort("wall_time")


def held(database: str, run: str, branch: int) -> set[tuple[Any, ...]]:
    """Who holds which table when, in one telling or snapshot."""
    engine = create_engine(database)
    query = """
        SELECT venue_id, slot, table_number, booking_id FROM booking.claims JOIN booking.scopes USING (scope_id)
        WHERE run_id = :run AND branch = :branch
    """
    with engine.connect() as connection:
        found = {tuple(row) for row in connection.execute(text(query), {"run": run, "branch": branch})}
    engine.dispose()
    return found


async def test_a_city_goes_back_to_a_snapshot_with_all_its_services(
    kafka_bootstrap: str, database_url: str, tmp_path: Path
) -> None:
    await make_topics(kafka_bootstrap)
    data = tmp_path / "luna"
    data.mkdir()
    producer = Producer(KafkaSettings(bootstrap_servers=kafka_bootstrap), CODEC, SystemClock())
    with living(kafka_bootstrap, database_url, data):
        city = Watched(kafka_bootstrap, producer)
        await eventually(lambda: city.phase() == "running", SLOW)
        made = await city.done("snapshot.create", name="before-dinner")
        assert made["services"] == ["booking", "recommender"]
        manifest = json.loads((data / "snapshots" / "before-dinner" / "manifest.json").read_text())
        tables = held(database_url, f"snapshot:{manifest['services']['booking']}", 0)
        assert tables, "a Friday evening without a reservation shows nothing"
        await eventually(lambda: city.last_tick(1) > made["tick"] + 40, SLOW)

        restored = await city.done("snapshot.restore", snapshot=made["snapshot_id"])
        assert (restored["branch"], restored["tick"]) == (2, made["tick"])
        await eventually(lambda: city.last_tick(2) > made["tick"] + 40, SLOW)
        back = await city.done("travel", to=made["simulation_time"], pause=True)
        assert (back["branch"], back["base"], back["ticks"]) == (3, "before-dinner", 0)
        await eventually(lambda: city.phase() == "paused", SLOW)

        assert held(database_url, made_run(manifest), 3) == tables, "free tables are those of the snapshot"
        before, after = city.people(1), city.people(3)
        assert len(after) == manifest["population"]
        assert all(before[name] == row for name, row in after.items()), "the same people"
        nothing_twice(city.frame("bookings"))
    await producer.close()


def made_run(manifest: dict[str, Any]) -> str:
    """The run that a snapshot is of."""
    return str(manifest["run_id"])


def nothing_twice(bookings: pl.DataFrame) -> None:
    """Every request of the restored branch has at most one outcome, and those of its first minutes have one."""
    mine = bookings.filter(pl.col("branch") == 2).unique("event_id", maintain_order=True)
    outcomes = mine.filter(pl.col("event_type").is_in(["booking.confirmed", "booking.declined", "booking.expired"]))
    assert outcomes["booking_id"].is_duplicated().sum() == 0
    asked = mine.filter((pl.col("event_type") == "booking.requested") & (pl.col("source") == "simulator"))
    early = asked.sort("simulation_time").head(10)["booking_id"].to_list()
    answered = mine.filter(pl.col("source") == "booking")["booking_id"].to_list()
    assert early
    assert set(early) <= set(answered)

"""The event store as a process on a real Kafka and a real PostgreSQL: killed at random, cut off, asked, catching up."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from services.analytics.domain.emitting import Row
from streamkit.clock import SystemClock
from streamkit.identity import hash_id
from streamkit.postgres import DatabaseSettings
from streamkit.records import Outgoing
from streamkit.testing import eventually
from tests.integration.analytics.stage import READY_S, Stage
from tests.integration.analytics.stored import Store
from tests.unit.analytics.city import COMMON, START

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(900)]
NEVER = "nowhere:1"


class StoreStage:
    """The stage of analytics with a database beside."""

    def __init__(self, stage: Stage, database: DatabaseSettings, directory: Path) -> None:
        self.stage = stage
        self._directory = directory
        self._environment: Mapping[str, str] = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": stage._kafka.bootstrap_servers,
            "LUNA_KAFKA__SESSION_TIMEOUT_MS": "6000",
            "LUNA_DATABASE__URL": database.url.get_secret_value(),
            "LUNA_STORE__GROUP": f"store-{hash_id(str(directory))[:8]}",
            "LUNA_STORE__BATCH_RECORDS": "500",
            "LUNA_HEALTH_PORT": "0",
        }

    @contextmanager
    def store(self, kill: str = NEVER) -> Iterator[subprocess.Popen[bytes]]:
        """The store as a process that dies at a point; killed at the end if it still lives."""
        command = [sys.executable, "-m", "tests.integration.analytics.store_process", kill]
        inherited = os.environ  # noqa: TID251 - a process of its own needs PATH and the like
        with (self._directory / "store.log").open("ab") as log:
            process = subprocess.Popen(command, env={**inherited, **self._environment}, stdout=log, stderr=log)
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    async def ask(self, kind: str, **parameters: object) -> Mapping[str, Any]:
        """Reply to a question put on the topic as the gateway puts it."""
        now = SystemClock().now_us()
        name = hash_id(kind, now)
        row: Row = {
            **COMMON,
            "source": "gateway",
            "event_id": name,
            "event_type": "request.made",
            "simulation_time": START,
            "request_id": name,
            "subject": "city",
            "owner": "analytics",
            "kind": kind,
            "parameters": json.dumps(parameters),
            "deadline": now + 60_000_000,
            "wall_time": now,
        }
        await self.stage.producer.publish([Outgoing.from_rows("requests", [row])])
        found: list[Mapping[str, Any]] = []

        def answered() -> bool:
            found[:] = [one for one in self.stage.frame("replies").to_dicts() if one["request_id"] == name]
            return bool(found)

        await eventually(answered, READY_S)
        return found[0]

    def on_topics(self) -> tuple[int, dict[tuple[str, int], int]]:
        """Different events on the topics that are filled here, and their ends."""
        ids: set[str] = set()
        ends: dict[tuple[str, int], int] = {}
        for topic in ("user_actions", "simulation_control"):
            ids |= set(self.stage.frame(topic)["event_id"])
            for message in self.stage.messages(topic):
                place = topic, message.partition() or 0
                ends[place] = max(ends.get(place, 0), (message.offset() or 0) + 1)
        return len(ids), ends


@pytest.fixture
def cast(stage: Stage, database: DatabaseSettings, tmp_path: Path) -> StoreStage:
    return StoreStage(stage, database, tmp_path)


def stored(store: Store) -> int:
    return int(store.rows("SELECT count(*) FROM analytics.events")[0][0])


async def test_whatever_is_killed_when_every_event_is_stored_once(cast: StoreStage, store: Store) -> None:
    points = ("copied:2", "before_commit:3", "committed:2", "before_commit:6", "copied:5", "committed:1")
    for number, point in enumerate(points):
        await cast.stage.act(number * 4000, 5000)  # the last thousand of each come again
        with cast.store(point) as process:
            await eventually(lambda process=process: process.poll() is not None, READY_S)  # type: ignore[misc]
            assert process.returncode == -9
    await cast.stage.act(0, 3000)
    events, ends = cast.on_topics()
    with cast.store():
        await eventually(lambda: store.positions.items() >= ends.items(), READY_S)
    assert events == 25_000 + 1
    assert stored(store) == events


async def test_a_database_that_is_away_is_waited_for_and_caught_up_with(
    cast: StoreStage, store: Store, database: DatabaseSettings
) -> None:
    name = database.url.get_secret_value().rpartition("/")[2]
    admin = create_engine(database.url.get_secret_value().replace(name, "postgres"), isolation_level="AUTOCOMMIT")
    await cast.stage.act(0, 2000)
    with cast.store() as process, admin.connect() as connection:
        await eventually(lambda: stored(store) == 2001, READY_S)
        connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
        )
        await cast.stage.act(2000, 3000)
        log = cast._directory / "store.log"
        await eventually(lambda: "batch is tried again" in log.read_text(), READY_S)
        connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"))
        store.engine.dispose()
        await eventually(lambda: stored(store) == 5001, READY_S)
        assert process.poll() is None
    admin.dispose()


async def test_a_new_database_is_filled_from_the_topics_though_the_group_was_further(
    cast: StoreStage, store: Store
) -> None:
    await cast.stage.act(0, 2000)
    with cast.store() as process:
        await eventually(lambda: stored(store) == 2001, READY_S)
        assert cast.stage.stop(process) == 0
    store.rows("WITH gone AS (DELETE FROM analytics.events) DELETE FROM analytics.positions RETURNING topic")
    with cast.store():
        await eventually(lambda: stored(store) == 2001, READY_S)


async def test_the_service_answers_from_the_store_and_replays(
    cast: StoreStage, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cast._environment.items():
        monkeypatch.setenv(name, value)
    await cast.stage.act(0, 3000)
    with cast.stage.service():
        await eventually(lambda: stored(store) == 3001, READY_S)
        reply = await cast.ask("history.get", topic="user_actions", limit=3, order="asc")
        assert (reply["status"], reply["reason"]) == ("ok", None)
        events = json.loads(reply["payload"])["events"]
        assert [one["simulation_time"] for one in events] == [START, START + 20_000, START + 40_000]
        bad = await cast.ask("history.get", limit=0)
        assert (bad["status"], bad["reason"].partition(":")[0]) == ("rejected", "limit")
        period = {"from": START, "to": START + 60_000_000}
        started = await cast.ask("replay.start", **period, topics="user_actions", speed="max", replay_id="again")
        assert json.loads(started["payload"])["status"] == "running"
        await eventually(lambda: "" in cast.stage.frame("replay")["replayed_topic"].to_list(), READY_S)
        told = cast.stage.frame("replay").sort("position")
        assert told.height == 3000 + 1
        assert told["replayed_event_id"].drop_nulls().n_unique() == 3000
        listed = json.loads((await cast.ask("replay.list"))["payload"])["replays"]
        assert [(one["replay_id"], one["status"], one["told"]) for one in listed] == [("again", "finished", 3000)]

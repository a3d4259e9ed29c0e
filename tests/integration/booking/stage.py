"""Booking as processes on a real Kafka and a real PostgreSQL: publish to it, kill it, read what it told."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, cast

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from sqlalchemy import create_engine, text

from cli.topics import apply, plans
from services.booking.processor import SUBSCRIPTIONS
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.positions import print_positions
from streamkit.records import Outgoing
from tests import ledger
from tests.integration.booking.nursery import Life, Nursery
from tests.unit.booking.city import common

CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
PARTITIONS = 4
FOREIGN = "LUNA_KAFKA__BOOTSTRAP_SERVERS" in os.environ  # noqa: TID251 - a broker that the tests did not start
SESSION_MS = 6_000 if FOREIGN else 1_000
"""How long a killed member keeps its partitions: the shortest that brokers allow, ours and others."""


class Stage:
    """One telling on shared topics, told apart from others by its run_id."""

    def __init__(
        self, bootstrap: str, database_url: str, run_id: str, logs: Path, tables: Mapping[str, str] | None = None
    ) -> None:
        self.run_id = run_id
        self.group = f"booking-{run_id}"
        self.tables = dict(tables or {})
        self._logs = logs
        self._database_url = database_url
        self._environment = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": bootstrap,
            "LUNA_KAFKA__SESSION_TIMEOUT_MS": str(SESSION_MS),
            "LUNA_DATABASE__URL": database_url,
            "LUNA_BOOKING__GROUP": self.group,
            "LUNA_HEALTH_PORT": "0",
        }
        apply(AdminClient({"bootstrap.servers": bootstrap}), plans(CATALOGUE))
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "log_level": 0,
            }
        )
        self._reader = Consumer(
            {"bootstrap.servers": bootstrap, "group.id": "look", "enable.auto.commit": False, "log_level": 2}
        )
        # a client of its own: the broker answers the questions of one that fetches only when its fetch is over
        self._places = Consumer({"bootstrap.servers": bootstrap, "group.id": self.group, "log_level": 0})
        begins = _begin_at_the_end(self._places)
        self._reader.assign([place for place in begins if place.topic == "bookings"])
        self.rows: list[dict[str, Any]] = []
        self.lives: list[Life] = []
        self._nursery = Nursery()
        self._numbers, self._ticks = count(), count()

    def publish(self, topic: str, rows: Iterable[dict[str, Any]], partition: int | None = None) -> None:
        """Write rows of this run and wait for their reports; where a partition is given, not to that of their key."""
        encoded = CODEC.encode(Outgoing.from_rows(topic, [{**row, "run_id": self.run_id} for row in rows]))
        for key, value in zip(encoded.keys, encoded.values, strict=True):
            self._producer.produce(topic, value, key, -1 if partition is None else partition)
            self._producer.poll(0)
        assert self._producer.flush(60) == 0

    def tick(self, time_us: int) -> None:
        """The simulator's tick: all that it has written so far stands before it."""
        topics = ("venues", "bookings", "user_actions")
        places = [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
        number = next(self._ticks)
        row = {
            **common(f"tick-{number}", "simulator.tick", time_us),
            "tick": number,
            "wall_time": 0,
            "positions": print_positions({(one.topic, one.partition): _end(self._places, one) for one in places}),
            "count": 0,
            "speed_target": 1.0,
            "speed_achieved": 1.0,
            "active_users": 0,
        }
        self.publish("system_metrics", [row])

    def start(self, fail_point: str = "", program: str = "booking", **more: str) -> Life:
        """A booking process; with a fail point it kills or stops itself there."""
        environment = {**self._environment, "LUNA_BOOKING__FAIL_POINT": fail_point, **more}
        life = self._nursery.start(program, environment, self._logs / f"booking-{next(self._numbers)}.log")
        self.lives = [*(one for one in self.lives if one.poll() is None), life]
        return life

    def wait_for_end(self, life: Life, seconds: float = 60.0) -> int:
        """Exit code of a process that ends by itself; meanwhile its records are read."""
        self.read_until(lambda _: life.poll() is not None, seconds)
        code = life.poll()
        assert code is not None
        return code

    def read_until(self, met: Callable[[list[dict[str, Any]]], bool], seconds: float = 120.0) -> None:
        """Read `bookings` until a condition holds; fails at the deadline with the last log."""
        deadline = time.monotonic() + seconds
        while not met(self.rows):
            if time.monotonic() > deadline:
                logs = sorted(self._logs.glob("*.log"), key=lambda log: log.stat().st_mtime)
                raise AssertionError(f"not within {seconds:g} s; last log:\n" + logs[-1].read_text()[-3_000:])
            self.read(0.05)

    def wait_for_outbox(self, seconds: float = 60.0) -> None:
        """Until nothing decided is still to be told: what a process that was killed owed, another one tells."""
        until = time.monotonic() + seconds
        while left := self._owed():
            assert time.monotonic() < until, f"{left} rows are left in the outbox"
            self.read(0.1)

    def _owed(self) -> int:
        engine = create_engine(self._database_url)
        with engine.connect() as connection:
            left = connection.execute(text("SELECT count(*) FROM booking.outbox")).scalar_one()
        engine.dispose()
        return int(left)

    def read(self, seconds: float) -> None:
        """Read what comes on `bookings` for so long."""
        messages = [one for one in self._reader.consume(5_000, seconds) if one.error() is None]
        values = [cast("bytes", message.value()) for message in messages]
        if values:
            frame = CODEC.decode("bookings", values).frame
            self.rows += frame.filter(frame["run_id"] == self.run_id).to_dicts()

    def violations(self, patience_s: float = 20.0) -> list[str]:
        """Everything wrong with what was told, and where the database says something else.

        The database decides before the topic tells: reads on until they agree, or until nothing came for `patience_s`.
        """
        quiet_since = time.monotonic()
        while (differences := self._differences()) and time.monotonic() - quiet_since < patience_s:
            known = len(self.rows)
            self.read(0.5)
            quiet_since = time.monotonic() if len(self.rows) > known else quiet_since
        return [*ledger.violations(self.rows, self.tables), *differences]

    def _differences(self) -> list[str]:
        engine = create_engine(self._database_url)
        query = (
            "SELECT booking_id, status FROM"
            " (SELECT * FROM booking.bookings UNION ALL SELECT * FROM booking.archive) AS told"
            " JOIN booking.scopes USING (scope_id) WHERE run_id = :run"
        )
        with engine.connect() as connection:
            stored = {row.booking_id: row.status for row in connection.execute(text(query), {"run": self.run_id})}
        engine.dispose()
        left = self._owed()
        told = ledger.states(self.rows)
        wrong = [
            f"booking {name} is {stored.get(name)} in the database and {told.get(name)} on the topic"
            for name in sorted(stored.keys() | told.keys())
            if stored.get(name) != told.get(name)
        ]
        return [*wrong, *([f"{left} rows are left in the outbox"] if left else [])]

    def close(self) -> None:
        """End every process that was started."""
        self._nursery.close()
        self._reader.close()
        self._places.close()


def _begin_at_the_end(client: Consumer) -> list[TopicPartition]:
    """The client's group begins after what other tests have written; where that is."""
    places = [TopicPartition(topic, partition) for topic in SUBSCRIPTIONS for partition in range(PARTITIONS)]
    for place in places:
        place.offset = _end(client, place)
    client.commit(offsets=places, asynchronous=False)
    return places


def _end(client: Consumer, place: TopicPartition) -> int:
    deadline = time.monotonic() + 30
    while True:
        try:
            return client.get_watermark_offsets(place, timeout=10)[1]
        except KafkaException:  # a topic made a moment ago has no leader yet
            if time.monotonic() > deadline:
                raise


def outcomes(rows: Iterable[dict[str, Any]]) -> int:
    """Bookings that have their outcome."""
    return len({row["booking_id"] for row in rows if row["event_type"] in ledger.OUTCOMES})


def answered(rows: Iterable[dict[str, Any]]) -> int:
    """Bookings that have their outcome or wait for it."""
    told = {"booking.waitlisted", *ledger.OUTCOMES}
    return len({row["booking_id"] for row in rows if row["event_type"] in told})

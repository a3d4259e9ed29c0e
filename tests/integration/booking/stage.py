"""Booking as a process on a real Kafka and a real PostgreSQL: publish to it, kill it, read what it told."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from cli.topics import apply, plans
from services.booking.processor import SUBSCRIPTIONS
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.records import Outgoing

CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
ROOT = Path(__file__).parents[3]
PARTITIONS = 4
SESSION_MS = 6_000
"""The shortest a broker allows by default: how long a killed member keeps its partitions."""


class Stage:
    """One telling on shared topics, told apart from others by its run_id."""

    def __init__(self, bootstrap: str, database_url: str, run_id: str, logs: Path) -> None:
        self.run_id = run_id
        self._logs = logs
        self._environment = {
            **os.environ,  # noqa: TID251 - a child process inherits it
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": bootstrap,
            "LUNA_KAFKA__SESSION_TIMEOUT_MS": str(SESSION_MS),
            "LUNA_DATABASE__URL": database_url,
            "LUNA_BOOKING__GROUP": f"booking-{run_id}",
            "LUNA_HEALTH_PORT": "0",
        }
        apply(AdminClient({"bootstrap.servers": bootstrap}), plans(CATALOGUE))
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "log_level": 2,
            }
        )
        self._reader = Consumer(
            {"bootstrap.servers": bootstrap, "group.id": "look", "enable.auto.commit": False, "log_level": 2}
        )
        _begin_at_the_end(bootstrap, f"booking-{run_id}")
        self._reader.assign([TopicPartition("bookings", partition, 0) for partition in range(PARTITIONS)])
        self.rows: list[dict[str, Any]] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def publish(self, topic: str, rows: Iterable[dict[str, Any]]) -> None:
        """Write rows of this run and wait for their reports."""
        encoded = CODEC.encode(Outgoing.from_rows(topic, [{**row, "run_id": self.run_id} for row in rows]))
        for key, value in zip(encoded.keys, encoded.values, strict=True):
            self._producer.produce(topic, value, key)
            self._producer.poll(0)
        assert self._producer.flush(30) == 0

    def start(
        self, fail_point: str = "", program: tuple[str, ...] = ("-m", "services.booking"), **more: str
    ) -> "subprocess.Popen[bytes]":
        """A booking process; with a fail point it kills itself there."""
        environment = {**self._environment, "LUNA_BOOKING__FAIL_POINT": fail_point, **more}
        with (self._logs / f"booking-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen([sys.executable, *program], cwd=ROOT, env=environment, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def read_until(self, met: Callable[[list[dict[str, Any]]], bool], seconds: float = 60.0) -> None:
        """Read `bookings` until a condition holds; fails at the deadline with the last log."""
        deadline = time.monotonic() + seconds
        while not met(self.rows):
            if time.monotonic() > deadline:
                logs = sorted(self._logs.glob("*.log"))
                raise AssertionError(f"not within {seconds:g} s; last log:\n" + logs[-1].read_text()[-3_000:])
            messages = [one for one in self._reader.consume(5_000, 0.1) if one.error() is None]
            values = [cast("bytes", message.value()) for message in messages]
            frame = CODEC.decode("bookings", values).frame
            self.rows += frame.filter(frame["run_id"] == self.run_id).to_dicts()

    def close(self) -> None:
        """End every process that was started."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(10)
        self._reader.close()


def _begin_at_the_end(bootstrap: str, group: str) -> None:
    """A group that begins after what other tests have written."""
    client = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, "log_level": 2})
    places = [TopicPartition(topic, partition) for topic in SUBSCRIPTIONS for partition in range(PARTITIONS)]
    for place in places:
        place.offset = _end(client, place)
    client.commit(offsets=places, asynchronous=False)
    client.close()


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
    final = {"booking.confirmed", "booking.declined", "booking.expired"}
    return len({row["booking_id"] for row in rows if row["event_type"] in final})

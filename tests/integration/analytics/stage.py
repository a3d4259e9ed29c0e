"""A stage for the real service on a real Kafka: fresh topics, the service as a process, what it published."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import polars as pl
from confluent_kafka import KafkaError, KafkaException, Message
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id, print_ids
from streamkit.positions import Positions, advance, covers, parse_positions, print_positions
from streamkit.producer import Producer
from streamkit.records import Coded, Column, Outgoing
from streamkit.settings import KafkaSettings
from streamkit.testing import eventually
from tests.unit.analytics.city import COMMON, MINUTE, START, state_changed, tick, venue
from tests.whole_topics import messages

PARTITIONS = 4
KINDS = ("venue.viewed", "venue.liked", "session.started", "visit.started", "review.submitted", "session.ended")
READY_S = 240.0
"""A killed member leaves its group after the session timeout of 10 s; a loaded machine does the rest: where twenty
others want its two cores, a process takes a minute and a half to start."""


class Stage:
    """Everything a test of the service needs. Topics are made anew: other tests leave records on them."""

    def __init__(self, bootstrap: str, directory: Path, name: str) -> None:
        self._directory = directory
        self._group = f"analytics-{name}"
        self.catalogue = Catalogue.load()
        self.codec = Codec(self.catalogue)
        self._kafka = KafkaSettings(bootstrap_servers=bootstrap)
        self._admin = AdminClient(self._kafka.client())
        self.producer = Producer(self._kafka, self.codec, SystemClock())
        self._read: dict[str, list[Message]] = {}
        self._decoded: dict[str, tuple[int, pl.DataFrame]] = {}

    @property
    def changelog(self) -> str:
        """Topic of the service's saved state."""
        return f"{self._group}-cells-changelog"

    async def fresh_topics(self) -> None:
        """Delete and make every topic of the city."""
        names = [name for topic in self.catalogue.topics for name in (topic, f"{topic}.dlq")]
        for future in self._admin.delete_topics(names, operation_timeout=30).values():
            with suppress(KafkaException):
                future.result(30)
        await eventually(lambda: not set(names) & set(self._admin.list_topics(timeout=10).topics), READY_S)
        for name in names:
            await eventually(lambda name=name: self._created(name), READY_S)  # type: ignore[misc]

    def _created(self, name: str) -> bool:
        """Whether it is there now; the broker refuses a name that it is still deleting."""
        wanted = NewTopic(name, num_partitions=PARTITIONS, replication_factor=1)
        try:
            self._admin.create_topics([wanted])[name].result(30)
        except KafkaException as error:
            return bool(error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS)
        return True

    async def open(self) -> None:
        """Venues, people, and the news that the branch lives."""
        await self.producer.publish(
            [
                Outgoing.from_rows("venues", [venue(number) for number in range(60)]),
                Outgoing.from_rows("users", [person(number) for number in range(500)]),
                Outgoing.from_rows("simulation_control", [state_changed(0, wall_time=1)]),
            ]
        )

    async def act(self, first: int, count: int) -> Positions:
        """Actions number ``first`` to ``first + count``: 3,000 a simulated minute of 500 people."""
        numbers = np.arange(first, first + count, dtype=np.uint64)
        kinds = (numbers * np.uint64(2_654_435_761) >> np.uint64(7)) % np.uint64(len(KINDS))
        users = (numbers * np.uint64(40_503) >> np.uint64(3)) % np.uint64(500)
        places = (numbers * np.uint64(69_069) >> np.uint64(5)) % np.uint64(60)
        common: Mapping[str, Column] = COMMON
        rows = Outgoing(
            "user_actions",
            count,
            {
                **common,
                "event_id": print_ids(np.full(count, 7, dtype=np.uint64), numbers),
                "event_type": Coded(kinds.astype(np.int64), KINDS),
                "simulation_time": START + numbers.astype(np.int64) * 20_000,
                "user_id": Coded(users.astype(np.int64), [f"u{user:07d}" for user in range(500)]),
                "venue_id": Coded(places.astype(np.int64), [f"v{place:05d}" for place in range(60)]),
                "session_id": "s" * 26,
                "visit_id": "w" * 26,
                "latitude": 40.7,
                "longitude": -73.9,
                "party_size": 2,
                "rating": 4,
                "duration_seconds": 60,
            },
        )
        return await self.producer.publish([rows])

    async def book(self, first: int, count: int) -> Positions:
        """Requests number ``first`` to ``first + count``, each person's always at the same house.

        So that a person's requests are on one partition: two workers would otherwise both see a first one.
        """
        numbers = range(first, first + count)
        rows = [
            {
                **COMMON,
                "event_id": hash_id("booking", number),
                "event_type": "booking.requested",
                "simulation_time": START + number * 1_000_000,
                "user_id": f"u{number % 500:07d}",
                "venue_id": f"v{number % 500 % 60:05d}",
                "booking_id": hash_id("table", number),
                "party_size": 2,
                "start_time": START + number * 1_000_000 + 600 * MINUTE,
                "created_by": "user",
            }
            for number in numbers
        ]
        return await self.producer.publish([Outgoing.from_rows("bookings", rows)])

    async def tick(self, at: int, positions: Positions) -> None:
        """The simulator says how far it has come."""
        await self.producer.publish([Outgoing.from_rows("system_metrics", [tick(at, print_positions(positions))])])

    @contextmanager
    def service(self, worker: str = "one", **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """The service as a process; killed at the end if it still lives. ``more`` are further settings."""
        process = self.start(worker, **more)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def start(self, worker: str = "one", **more: str) -> subprocess.Popen[bytes]:
        """A process of the service, one worker of the group; whoever starts it ends it."""
        inherited = os.environ  # noqa: TID251 - a process of its own needs PATH and the like
        settings: Mapping[str, str] = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": self._kafka.bootstrap_servers,
            "LUNA_ANALYTICS__GROUP": self._group,
            "LUNA_ANALYTICS__CHUNK_RECORDS": "1000",
            "LUNA_ANALYTICS__GATHER_RECORDS": "4000",
            "LUNA_DATA_DIR": str(self._directory),
            "LUNA_INSTANCE": worker,
            "LUNA_HEALTH_PORT": "0",
        }
        with self._log(worker).open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "services.analytics"],
                env={**inherited, **settings, **more},
                stdout=log,
                stderr=log,
            )

    def _log(self, worker: str) -> Path:
        return self._directory / f"analytics-{worker}.log"

    @staticmethod
    def stop(process: subprocess.Popen[bytes]) -> int:
        """Ask it to stop; its exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(READY_S)

    def log(self, worker: str = "one") -> str:
        """Everything that a worker said."""
        path = self._log(worker)
        return path.read_text() if path.exists() else ""

    async def publish(self, topic: str, rows: Sequence[Mapping[str, Any]]) -> Positions:
        """Rows of ``city.event``, with the columns that the topic has."""
        columns = set(self.codec.decode(topic, []).frame.columns)
        kept = [{name: value for name, value in row.items() if name in columns} for row in rows]
        return await self.producer.publish([Outgoing.from_rows(topic, kept)])

    def messages(self, topic: str) -> list[Message]:
        """Every record of a topic; what was read before is not read again, for tests look often."""
        known = self._read.setdefault(topic, [])
        since = {(topic, message.partition() or 0): (message.offset() or 0) + 1 for message in known}
        known += messages(self._kafka.bootstrap_servers, [topic], since)
        return list(known)

    def frame(self, topic: str) -> pl.DataFrame:
        """Every record of a topic, decoded."""
        values = [message.value() for message in self.messages(topic)]
        read, frame = self._decoded.get(topic, (0, self.codec.decode(topic, []).frame))
        decoded = self.codec.decode(topic, values[read:])
        assert not decoded.poison
        self._decoded[topic] = len(values), pl.concat([frame, decoded.frame])
        return self._decoded[topic][1]

    def closed_total(self) -> int:
        """Events of all minutes, as published last."""
        minute = pl.col("window_end") - pl.col("window_start") == 60_000_000
        closed = self.frame("system_metrics").filter(
            minute & (pl.col("metric") == "events") & pl.col("dimension").is_null()
        )
        latest = closed.sort("version").unique("window_start", keep="last")
        return int(latest["count"].sum())

    def all_followed(self) -> bool:
        """Whether what people did about tables was told again under the person, and that is folded too.

        No tick speaks of `bookings_by_user`, so that closed windows do not say it.
        """
        told = self.messages("bookings_by_user")
        metrics = self.frame("system_metrics")
        progress = metrics.filter((pl.col("event_type") == "service.progress") & (pl.col("source") == "analytics"))
        folded: Positions = {}
        for printed in progress["positions"].drop_nulls():
            advance(folded, parse_positions(printed))
        ends = {("bookings_by_user", message.partition() or 0): (message.offset() or 0) + 1 for message in told}
        again, asked = (self.frame(topic)["event_id"].n_unique() for topic in ("bookings_by_user", "bookings"))
        return again == asked and covers(folded, ends)

    def handled(self, worker: str = "one") -> int:
        """Times a worker said that it folded chunks of actions."""
        return sum("user_actions" in line and "chunks folded" in line for line in self.log(worker).splitlines())


def metric(port: int, name: str, **labels: str) -> float:
    """Sum of a Prometheus metric's samples that have these labels, of a process; 0 while it does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
    except (URLError, OSError):
        return 0.0
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    found = (line for line in lines if line.startswith((f"{name} ", f"{name}{{")))
    return sum(float(line.rsplit(" ", 1)[1]) for line in found if all(label in line for label in wanted))


def person(number: int) -> dict[str, Any]:
    """The row of one of those who act."""
    name = f"u{number:07d}"
    return {
        **COMMON,
        "event_id": hash_id("person", number),
        "event_type": "user.updated",
        "simulation_time": START,
        "user_id": name,
        "name": name,
        "username": name,
        "email": name,
        "persona": ("lurker", "social_butterfly")[number % 2],
        "is_simulated": True,
        "lifecycle": "active",
        "registered_at": START,
        "home_latitude": 40.7,
        "home_longitude": -73.9,
        "price_tier": 2.0,
        "openness": 0.5,
        "group_size": 2.0,
    }


def end_of(records: int) -> int:
    """Simulated time, from the start, when every window of so many actions may close."""
    return records * 20_000 + 5 * MINUTE


def garbage(number: int) -> bytes:
    """A value that no schema reads."""
    return b"\x07garbage " + hash_id("garbage", number).encode()

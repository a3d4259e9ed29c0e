"""A stage for the real service on a real Kafka: fresh topics, the service as a process, what it published."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import polars as pl
from confluent_kafka import KafkaError, KafkaException, Message
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id, print_ids
from streamkit.positions import Positions, print_positions
from streamkit.producer import Producer
from streamkit.records import Coded, Column, Outgoing
from streamkit.settings import KafkaSettings
from streamkit.testing import eventually
from tests.unit.analytics.city import COMMON, MINUTE, START, state_changed, tick, venue
from tests.whole_topics import messages

PARTITIONS = 4
KINDS = ("venue.viewed", "venue.liked", "session.started", "visit.started", "review.submitted", "session.ended")
READY_S = 90.0
"""A killed member leaves its group after the session timeout of 10 s; a loaded machine does the rest."""


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
        """Venues, and the news that the branch lives."""
        await self.producer.publish(
            [
                Outgoing.from_rows("venues", [venue(number) for number in range(60)]),
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

    async def tick(self, at: int, positions: Positions) -> None:
        """The simulator says how far it has come."""
        await self.producer.publish([Outgoing.from_rows("system_metrics", [tick(at, print_positions(positions))])])

    @contextmanager
    def service(self) -> Iterator[subprocess.Popen[bytes]]:
        """The service as a process; killed at the end if it still lives."""
        inherited = os.environ  # noqa: TID251 - a process of its own needs PATH and the like
        settings: Mapping[str, str] = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": self._kafka.bootstrap_servers,
            "LUNA_ANALYTICS__GROUP": self._group,
            "LUNA_ANALYTICS__CHUNK_RECORDS": "1000",
            "LUNA_ANALYTICS__GATHER_RECORDS": "4000",
            "LUNA_DATA_DIR": str(self._directory),
            "LUNA_HEALTH_PORT": "0",
        }
        with (self._directory / "analytics.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.analytics"], env={**inherited, **settings}, stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    @staticmethod
    def stop(process: subprocess.Popen[bytes]) -> int:
        """Ask it to stop; its exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(READY_S)

    def log(self) -> str:
        """Everything the service said."""
        return (self._directory / "analytics.log").read_text()

    def messages(self, topic: str) -> list[Message]:
        """Every record of a topic."""
        return list(messages(self._kafka.bootstrap_servers, [topic]))

    def frame(self, topic: str) -> pl.DataFrame:
        """Every record of a topic, decoded."""
        decoded = self.codec.decode(topic, [message.value() for message in self.messages(topic)])
        assert not decoded.poison
        return decoded.frame

    def closed_total(self) -> int:
        """Events of all windows, as published last."""
        closed = self.frame("system_metrics").filter(
            (pl.col("metric") == "events") & pl.col("dimension").is_null() & pl.col("metric").is_not_null()
        )
        latest = closed.sort("version").unique("window_start", keep="last")
        return int(latest["count"].sum())

    def handled(self) -> int:
        """Times the service said that it folded chunks of actions."""
        return sum("user_actions" in line and "chunks folded" in line for line in self.log().splitlines())


def end_of(records: int) -> int:
    """Simulated time, from the start, when every window of so many actions may close."""
    return records * 20_000 + 5 * MINUTE


def garbage(number: int) -> bytes:
    """A value that no schema reads."""
    return b"\x07garbage " + hash_id("garbage", number).encode()

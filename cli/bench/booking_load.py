"""Booking as a process beside a Kafka and a durable PostgreSQL of its own, and requests for it as columns."""

import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import psutil
from confluent_kafka import Consumer, Producer, TopicPartition

from cli.bench.broker import Broker, broker
from cli.servers.guard import Guard
from cli.servers.ports import LOCALHOST, free_port
from cli.servers.postgres import PostgresPlan, PostgresServer
from cli.servers.processes import ChildProcess
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.records import Column, Outgoing

RUN = "bench"
VENUES, TABLES = 1_200, "2x4,4x6,6x2,8x1"
"""As many houses as the city has, thirteen tables each."""
PARTITIONS = 4
NOW = 1_780_668_000_000_000
"""Friday 2026-06-05, 14:00 UTC."""
MINUTE = 60_000_000
DAYS, FIRST_HOUR, HOURS = 28, 2, 10
"""Requests are for four weeks, from noon to ten in the evening of New York."""
PARTIES = (1, 2, 3, 4, 5, 6, 7, 8)
PARTY_SHARES = (0.06, 0.46, 0.14, 0.2, 0.06, 0.05, 0.015, 0.015)
"""Mostly two and four, as restaurants report."""
OUTCOMES = ("booking.confirmed", "booking.declined", "booking.waitlisted")
_SECONDS = 240.0
_SUM = re.compile(r'^luna_booking_query_seconds_sum\{question="([^"]*)"\} (\S+)$', re.MULTILINE)


def _common(ids: list[str], event_type: str, time_us: int) -> dict[str, Column]:
    return {
        "event_id": pl.Series(ids),
        "event_type": event_type,
        "run_id": RUN,
        "branch": 0,
        "simulation_time": time_us,
        "world": "dining",
        "city": "new_york",
        "source": "simulator",
    }


def venues() -> Outgoing:
    """The houses."""
    names = [f"v{number:05}" for number in range(VENUES)]
    columns = {
        **_common([f"row-{name}" for name in names], "venue.updated", NOW),
        "venue_id": pl.Series(names),
        "name": pl.Series([f"House {name}" for name in names]),
        "category": "restaurant",
        "latitude": 40.7,
        "longitude": -74.0,
        "time_zone": "America/New_York",
        "price_tier": 2,
        "rating": 4.0,
        "rating_count": 10,
        "seats": 52,
        "tables": TABLES,
        "takes_bookings": True,
        "opening_hours": ",".join(["660-1440"] * 7),
        "outdoor_seating": False,
    }
    return Outgoing("venues", VENUES, columns)


def requests(count: int, series: int, name: str = "") -> Outgoing:
    """Requests of a series, the same in every run: each for four weeks of its own, with those before it behind it."""
    draw = np.random.default_rng(series)
    names = [f"{name or f's{series}'}-{number:07}" for number in range(count)]
    now = NOW + series * DAYS * 1440 * MINUTE
    day, quarter = draw.integers(1, DAYS, count), draw.integers(0, HOURS * 4, count)
    start = now + day * 1440 * MINUTE + FIRST_HOUR * 60 * MINUTE + quarter * 15 * MINUTE
    columns = {
        **_common(names, "booking.requested", now),
        "user_id": pl.Series([f"u{user:07}" for user in draw.integers(0, 100_000, count)]),
        "venue_id": pl.Series([f"v{venue:05}" for venue in draw.integers(0, VENUES, count)]),
        "booking_id": pl.Series(names),
        "party_size": draw.choice(PARTIES, count, p=PARTY_SHARES).astype(np.int32),
        "start_time": start.astype(np.int64),
        "created_by": "user",
    }
    return Outgoing("bookings", count, columns)


@dataclass(slots=True)
class Stage:
    """The servers, the process, and who asks and reads."""

    kafka: Broker
    postgres: PostgresServer
    guard: Guard
    home: Path
    codec: Codec
    port: int = field(default_factory=free_port)
    process: ChildProcess | None = None

    def start(self) -> None:
        """The booking service as it is shipped."""
        environment = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": self.kafka.address,
            "LUNA_DATABASE__URL": self.postgres.url(),
            "LUNA_HEALTH_PORT": str(self.port),
        }
        command = [sys.executable, "-m", "services.booking"]
        self.process = ChildProcess(command, log=self.home / "booking.log", guard=self.guard, environment=environment)

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        psutil.Process(self.process.pid).kill()
        self.process.collect(10)

    def cpu_seconds(self) -> float:
        """CPU time of the booking process so far."""
        assert self.process is not None
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def query_seconds(self) -> dict[str, float]:
        """Time spent in each kind of statement so far, by the service's own metrics."""
        with urllib.request.urlopen(f"http://{LOCALHOST}:{self.port}/metrics", timeout=10) as answer:
            return {question: float(value) for question, value in _SUM.findall(answer.read().decode())}

    def producer(self) -> Producer:
        """One that keeps to the contract."""
        return Producer(
            {
                "bootstrap.servers": self.kafka.address,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 2,
                "compression.type": "lz4",
                "queue.buffering.max.messages": 1_000_000,
                "log_level": 0,
            }
        )

    def publish(self, output: Outgoing) -> None:
        """Hand over all and wait for the reports."""
        encoded, producer = self.codec.encode(output), self.producer()
        for key, value in zip(encoded.keys, encoded.values, strict=True):
            producer.produce(output.topic, value, key)
        if producer.flush(_SECONDS):
            raise RuntimeError("the broker did not take the requests")

    def decided(self) -> int:
        """Records on `bookings`: a request is one, its outcome another."""
        return self.kafka.records("bookings")

    def outcomes(self) -> pl.DataFrame:
        """Every outcome told so far."""
        with closing(self.reader()) as reader:
            wanted, values = self.decided(), list[bytes]()
            while len(values) < wanted:
                values += [value for one in reader.consume(10_000, 1.0) if (value := one.value()) is not None]
        frame = self.codec.decode("bookings", values).frame
        return frame.filter(pl.col("event_type").is_in(OUTCOMES)).unique("event_id")

    def reader(self, offset: int = 0) -> Consumer:
        """Reads `bookings` from the beginning, or with -1 what comes from now on."""
        settings = {"bootstrap.servers": self.kafka.address, "group.id": "bench", "log_level": 0}
        reader = Consumer({**settings, "enable.auto.commit": False})
        reader.assign([TopicPartition("bookings", partition, offset) for partition in range(PARTITIONS)])
        return reader


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything up, the houses known, the process idle."""
    with ExitStack() as opened:
        home = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="luna-bench-", ignore_cleanup_errors=True)))
        guard = opened.enter_context(closing(Guard()))
        guard.remove(home)
        postgres = PostgresServer.start(PostgresPlan(home / "postgres", home / "postgres.log", free_port()), guard)
        opened.callback(postgres.stop)
        kafka = opened.enter_context(broker())
        postgres.wait()
        made = Stage(kafka, postgres, guard, home, Codec(Catalogue.load()))
        made.publish(venues())
        yield made
        if made.process is not None:
            made.process.stop()


def wait(reached: Callable[[], bool], seconds: float = _SECONDS) -> None:
    """Until it is so; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"booking has not come to it within {seconds:g} s")
        time.sleep(0.02)

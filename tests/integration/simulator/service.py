"""The simulator as a process on a real Kafka, and the two services it waits for, played by the test."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from cli.topics import apply, plans
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import event_id, hash_id
from streamkit.positions import Positions, print_positions
from streamkit.producer import Producer
from streamkit.records import Outgoing
from streamkit.settings import KafkaSettings
from tests.whole_topics import messages

CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True)
class Service:
    """How to start the simulator of one test; ``seed`` keeps its records apart from other tests' on the same broker."""

    bootstrap: str
    data_dir: Path
    seed: int
    more: Mapping[str, str]

    def start(self, **settings: str) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,  # noqa: TID251 - the environment of a child process
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": self.bootstrap,
            "LUNA_DATA_DIR": str(self.data_dir),
            "LUNA_HEALTH_PORT": "0",
            "LUNA_SIMULATOR__SEED": str(self.seed),
            "LUNA_SIMULATOR__STACK_ID": "test",
            **{f"LUNA_SIMULATOR__{name.upper()}": value for name, value in {**self.more, **settings}.items()},
        }
        with (self.data_dir.parent / "simulator.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "services.simulator"], env=environment, cwd=REPOSITORY, stderr=log, stdout=log
            )


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """A process that does not outlive the block."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def make_topics(bootstrap: str) -> None:
    """The catalogue's topics, each with its leaders elected."""
    apply(AdminClient({"bootstrap.servers": bootstrap}), plans(CATALOGUE))
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "test-topics"})
    for topic in CATALOGUE.topics.values():
        for partition in range(topic.partitions):
            place = TopicPartition(topic.name, partition)
            await eventually(partial(_led, consumer, place))
    consumer.close()


def _led(consumer: Consumer, place: TopicPartition) -> bool:
    try:
        consumer.get_watermark_offsets(place, timeout=10)
    except KafkaException:
        return False
    return True


class Reader:
    """Everything on some topics, read again whenever asked."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def records(self, topic: str) -> dict[int, list[tuple[bytes | None, bytes | None]]]:
        """Key and value of every record by partition, in offset order."""
        found: dict[int, list[tuple[bytes | None, bytes | None]]] = {}
        for message in messages(self._bootstrap, [topic]):
            found.setdefault(message.partition() or 0, []).append((message.key(), message.value()))
        return found

    def frame(self, topic: str) -> pl.DataFrame:
        values = [value for rows in self.records(topic).values() for _, value in rows]
        return CODEC.decode(topic, values).frame


@asynccontextmanager
async def answering(bootstrap: str) -> AsyncIterator[Producer]:
    """Declines every request of the simulator as the booking service, and tells both services' progress."""
    settings, clock = KafkaSettings(bootstrap_servers=bootstrap), SystemClock()
    producer = Producer(settings, CODEC, clock)
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "test-services", "enable.auto.commit": False})
    read = ("user_actions", "social_interactions", "bookings", "environment", "users", "venues")
    places = [TopicPartition(topic, partition) for topic in read for partition in range(4)]
    for place in places:
        place.offset = consumer.get_watermark_offsets(place, timeout=10)[1]
    consumer.assign(places)
    done: Positions = {}

    async def answer() -> None:
        beat = 0.0
        while True:
            messages = await asyncio.to_thread(consumer.consume, 10_000, 0.02)
            values = [message.value() for message in messages if message.topic() == "bookings"]
            asked = CODEC.decode("bookings", values).frame.filter(pl.col("event_type") == "booking.requested")
            rows = [
                row
                | {
                    "event_id": event_id(row["run_id"], row["branch"], "booking", row["event_id"], "booking.declined"),
                    "event_type": "booking.declined",
                    "correlation_id": row["event_id"],
                    "source": "booking",
                    "reason": "no_table",
                }
                for row in asked.filter(pl.col("source") == "simulator").iter_rows(named=True)
            ]
            if rows:
                await producer.publish([Outgoing.from_rows("bookings", rows)])
            for message in messages:
                done[str(message.topic()), int(message.partition() or 0)] = int(message.offset() or 0) + 1
            if messages or clock.monotonic() > beat:
                beat = clock.monotonic() + 1
                await producer.publish(
                    [Outgoing.from_rows("system_metrics", [_progress(name, done, clock) for name in AWAITED])]
                )

    task = asyncio.create_task(answer())
    try:
        yield producer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await producer.close()
        consumer.close()


AWAITED = ("booking", "recommender")


def _progress(service: str, done: Positions, clock: SystemClock) -> dict[str, object]:
    wall = clock.now_us()
    return {
        "event_id": hash_id(service, wall),
        "event_type": "service.progress",
        "run_id": "",
        "branch": 0,
        "simulation_time": 0,
        "world": "",
        "city": "",
        "source": service,
        "instance": "1",
        "wall_time": wall,
        "positions": print_positions(done),
    }


async def command(producer: Producer, name: str, parameters: str, number: int) -> str:
    clock = SystemClock()
    command_id = hash_id(name, number, clock.now_us())
    row = {
        "event_id": command_id,
        "event_type": "command.issued",
        "run_id": "r",
        "branch": 0,
        "simulation_time": 0,
        "world": "dining",
        "city": "new_york",
        "source": "gateway",
        "command_id": command_id,
        "command": name,
        "parameters": parameters,
        "issued_by": "test",
        "wall_time": clock.now_us(),
    }
    await producer.publish([Outgoing.from_rows("simulation_control", [row])])
    return command_id


async def eventually(found: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    clock = SystemClock()
    deadline = clock.monotonic() + seconds
    while not await asyncio.to_thread(found):
        assert clock.monotonic() < deadline, "it never came true"
        await clock.sleep(0.2)

"""Analytics as processes beside a Kafka of the bench's own, and what they show of themselves."""

import re
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition

from cli.bench.broker import Broker, broker
from cli.servers.guard import Guard
from cli.servers.ports import LOCALHOST, free_port
from cli.servers.processes import ChildProcess
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.positions import Positions
from streamkit.records import Outgoing

PARTITIONS = 4
SECONDS = 300.0
LOOK_S = 0.05
"""Each look takes some milliseconds of the worker's time."""
_CONSUMED = re.compile(
    r'^luna_consumed_records_total\{group="(?P<group>[^"]+)",topic="user_actions"\} (?P<count>\S+)$', re.MULTILINE
)
_STORED = re.compile(r"^luna_analytics_events_stored_total (?P<count>\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Worker:
    """One process of the service."""

    process: ChildProcess
    port: int
    group: str
    name: str

    def consumed(self) -> int:
        """Records of ``user_actions`` whose folds are durable, by the worker's own metric; 0 while it starts."""
        return int(sum(float(count) for group, count in _CONSUMED.findall(self._metrics()) if group == self.group))

    def stored(self) -> int:
        """Events written to the event store, of all topics; 0 while it starts."""
        return int(sum(map(float, _STORED.findall(self._metrics()))))

    def cpu_seconds(self) -> float:
        """CPU time so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def resident(self) -> float:
        """Memory, bytes."""
        return float(psutil.Process(self.process.pid).memory_info().rss)

    def kill(self) -> None:
        """Kill -9."""
        psutil.Process(self.process.pid).kill()
        self.process.collect(10)

    def _metrics(self) -> str:
        try:
            with urllib.request.urlopen(f"http://{LOCALHOST}:{self.port}/metrics", timeout=5) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            if self.process.exit_code() is not None:
                raise RuntimeError(f"the worker {self.name} has ended by itself") from None
            return ""


@dataclass(slots=True)
class Stage:
    """The broker, who produces, and the processes of one group after another."""

    kafka: Broker
    guard: Guard
    home: Path
    codec: Codec
    workers: list[Worker] = field(default_factory=list)
    bytes_sent: int = 0

    def start(self, group: str, **settings: str) -> Worker:
        """A worker of a group as it is shipped; with an event store if ``settings`` name its database."""
        name, port = settings.get("LUNA_INSTANCE") or f"{group}-{len(self.workers)}", free_port()
        environment = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": self.kafka.address,
            "LUNA_HEALTH_PORT": str(port),
            "LUNA_DATA_DIR": str(self.home / name),
            "LUNA_INSTANCE": name,
            "LUNA_ANALYTICS__GROUP": group,
            "LUNA_STORE__ENABLED": str("LUNA_DATABASE__URL" in settings),
            "LUNA_LOG_LEVEL": "warning",
            **settings,
        }
        command = [sys.executable, "-m", "services.analytics"]
        log = self.home / f"{name}.log"
        worker = Worker(ChildProcess(command, log=log, guard=self.guard, environment=environment), port, group, name)
        self.workers.append(worker)
        return worker

    def stop(self, *workers: Worker) -> None:
        """End them politely."""
        for worker in workers:
            worker.process.stop()

    def producer(self) -> Producer:
        """One that keeps to the contract."""
        return Producer(
            {
                "bootstrap.servers": self.kafka.address,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "compression.type": "lz4",
                "queue.buffering.max.messages": 2_000_000,
                "queue.buffering.max.kbytes": 1_048_576,
                "log_level": 0,
            }
        )

    def publish(self, *outputs: Outgoing) -> None:
        """Hand over all and wait for the reports."""
        producer = self.producer()
        for output in outputs:
            encoded = self.codec.encode(output)
            for key, value in zip(encoded.keys, encoded.values, strict=True):
                producer.produce(output.topic, value, key)
                self.bytes_sent += len(value)
            producer.poll(0)
        if producer.flush(SECONDS):
            raise RuntimeError("the broker did not take the records")

    def ends(self, topic: str = "user_actions") -> Positions:
        """Where a topic ends now."""
        with closing(self._reader()) as reader:
            return {
                (topic, number): reader.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[1]
                for number in range(PARTITIONS)
            }

    def messages(self, topic: str) -> list[Message]:
        """Every record of a topic."""
        left = {place: end for place, end in self.ends(topic).items() if end}
        found: list[Message] = []
        with closing(self._reader()) as reader:
            reader.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in left])
            while left:
                found += [message for message in reader.consume(5_000, 0.1) if message.error() is None]
                for place in reader.position([TopicPartition(*one) for one in left]):
                    if place.offset >= left[place.topic, place.partition]:
                        del left[place.topic, place.partition]
        return found

    def reader(self, topic: str) -> Consumer:
        """A consumer of what comes on a topic from now on."""
        reader = self._reader()
        reader.assign([TopicPartition(*place, end) for place, end in self.ends(topic).items()])
        return reader

    def _reader(self) -> Consumer:
        settings = {"group.id": "bench", "enable.auto.commit": False, "log_level": 2}
        return Consumer({"bootstrap.servers": self.kafka.address, **settings})


@contextmanager
def stage() -> Iterator[Stage]:
    """A broker with the city's topics, gone afterwards with all that ran beside it."""
    with (
        tempfile.TemporaryDirectory(prefix="luna-bench-", ignore_cleanup_errors=True) as name,
        closing(Guard()) as guard,
        broker() as kafka,
    ):
        guard.remove(Path(name))
        made = Stage(kafka, guard, Path(name), Codec(Catalogue.load()))
        try:
            yield made
        finally:
            for worker in made.workers:
                if worker.process.exit_code() is None:
                    worker.process.stop()


def wait(reached: Callable[[], bool], seconds: float = SECONDS) -> float:
    """Seconds until it is so; raises TimeoutError."""
    began = time.monotonic()
    while not reached():
        if time.monotonic() > began + seconds:
            raise TimeoutError(f"analytics has not come to it within {seconds:g} s")
        time.sleep(LOOK_S)
    return time.monotonic() - began

"""The recommender as a process on a real Kafka: how long an answer takes while it reads the live feed.

Requests are produced and replies consumed here; the time between is the monotonic clock's of this one process. A bare
round trip over the same broker, taken beside it, says how much of that is Kafka and the machine.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import psutil
from confluent_kafka import OFFSET_END, Consumer, Producer, TopicPartition
from numpy.typing import NDArray

from cli.bench import recommender_people as made
from cli.bench.broker import PEER_PARTITIONS, PEER_TOPIC, broker
from cli.servers.guard import Guard
from cli.servers.ports import free_port
from cli.servers.processes import ChildProcess, ServerError
from services.recommender.settings import RecommenderSettings
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.records import Outgoing

PEOPLE, PART = 5_000, 1_000
REQUESTS_A_SECOND, EVENTS_A_SECOND = 100, 200
ROUND_SECONDS, ROUNDS = 10.0, 3
SETTLE_SECONDS, READY_SECONDS, ANSWER_SECONDS = 0.5, 120.0, 10.0
POLL_SECONDS = 0.01
TOPIC_PARTITIONS = 4
TOLD = ("venues", "users", "preferences", "user_actions")
LIMIT = 10


@dataclass(frozen=True, slots=True)
class Waited:
    """Milliseconds of every answer of a round, those that never came as infinity; ``busy`` is CPU seconds a second."""

    answers: NDArray[np.float64]
    bare: NDArray[np.float64]
    busy: float
    refused: int

    def quantile(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered."""
        return float(np.quantile(self.answers, share, method="higher"))


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much to measure; smaller in tests."""

    people: int = PEOPLE
    rounds: int = ROUNDS
    seconds: float = ROUND_SECONDS


def waited(sizes: Sizes | None = None) -> list[Waited]:
    """Rounds of requests at 100/s beside a feed of 200 events/s, on a broker that lives for this."""
    sizes = sizes or Sizes()
    with broker() as kafka, _service(kafka.address) as process, closing(Desk(kafka.address)) as desk:
        desk.tell(made.venues())
        for start in range(0, sizes.people, PART):
            desk.tell(made.world(np.arange(start, min(start + PART, sizes.people)), sizes.people))
        desk.flush()
        _until_answered(desk, sizes.people)
        watched = psutil.Process(process.pid)
        rounds = [desk.round(sizes, turn, watched) for turn in range(sizes.rounds + 1)]
        return rounds[1:]  # the first one warms caches on both sides


class Desk:
    """Asks, feeds and listens. ``tell`` and ``round`` belong to one thread; answers are taken in by another."""

    def __init__(self, address: str) -> None:
        self._codec = Codec(Catalogue.load())
        self._producer = Producer(
            {"bootstrap.servers": address, "acks": "all", "enable.idempotence": True, "linger.ms": 1,
             "partitioner": "murmur2_random", "log_level": 2}
        )  # fmt: skip
        self._consumer = Consumer(
            {"bootstrap.servers": address, "group.id": "bench-desk", "enable.auto.commit": False, "log_level": 2}
        )
        # never subscribes: it only asks how far the group of the service has come
        self._group = Consumer({"bootstrap.servers": address, "group.id": RecommenderSettings().group, "log_level": 2})
        places = [TopicPartition("replies", number, OFFSET_END) for number in range(TOPIC_PARTITIONS)]
        places += [TopicPartition(PEER_TOPIC, number, OFFSET_END) for number in range(PEER_PARTITIONS)]
        self._consumer.assign(places)
        self._sent: dict[str, float] = {}
        self._came: dict[str, float] = {}
        self._refused = 0
        self._clock = SystemClock()
        self._number = 0
        self._minute = made.VISITS + 1
        self._closing = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def tell(self, outputs: Sequence[Outgoing]) -> None:
        """Publish records."""
        for output in outputs:
            encoded = self._codec.encode(output)
            for key, value in zip(encoded.keys, encoded.values, strict=True):
                self._producer.produce(output.topic, value, key)
            self._producer.poll(0)

    def unread(self) -> int:
        """Records that the recommender has not committed, of the topics told here."""
        places = [TopicPartition(topic, number) for topic in TOLD for number in range(TOPIC_PARTITIONS)]
        known = {
            (one.topic, one.partition): one.offset for one in self._group.committed(places, timeout=ANSWER_SECONDS)
        }
        ends = [self._group.get_watermark_offsets(place, timeout=ANSWER_SECONDS)[1] for place in places]
        pairs = zip(places, ends, strict=True)
        return sum(end - max(known[place.topic, place.partition], 0) for place, end in pairs)

    def flush(self) -> None:
        """Wait until the broker has everything."""
        self._producer.flush(READY_SECONDS)

    def round(self, sizes: Sizes, turn: int, service: psutil.Process) -> Waited:
        """One round at the given rates."""
        self._sent.clear()
        self._came.clear()
        self._refused = 0
        draws = np.random.default_rng([made.SEED, 5, turn])
        before, began = _cpu(service), time.monotonic()
        beats = round(sizes.seconds * REQUESTS_A_SECOND)
        for beat in range(beats):
            self._closing.wait(max(began + beat / REQUESTS_A_SECOND - time.monotonic(), 0))
            if beat % REQUESTS_A_SECOND == 0:
                self._minute += 1
            self._feed(draws, sizes.people, beat)
            self._bare(f"bare-{turn}-{beat}")
            self.ask(int(draws.integers(0, sizes.people)))
            self._producer.poll(0)
        busy = (_cpu(service) - before) / (time.monotonic() - began)
        self._drain()
        return self._waited(busy)

    def ask(self, user: int) -> str:
        """Ask for venues for somebody; the request's id."""
        self._number += 1
        name, now = f"ask-{self._number}", self._clock.now_us()
        person = f"u{user:07d}"
        request = Outgoing.from_rows("requests", [{
            "event_id": name, "event_type": "request.made", "run_id": "bench", "branch": 0,
            "simulation_time": made.NOON_US + self._minute * made.MINUTE_US, "world": "dining", "city": "new_york",
            "user_id": person, "source": "gateway", "request_id": name, "subject": person, "owner": "recommender",
            "kind": "recommendations.venues", "parameters": json.dumps({"user_id": person, "limit": LIMIT}),
            "deadline": now + 10_000_000, "wall_time": now,
        }])  # fmt: skip
        encoded = self._codec.encode(request)
        self._sent[name] = time.monotonic()
        self._producer.produce("requests", encoded.values[0], encoded.keys[0])
        return name

    def answered(self, name: str) -> bool:
        """Whether an answer came, with something in it."""
        return name in self._came

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._listener.join(ANSWER_SECONDS)
        self._consumer.close()
        self._group.close()

    def pause(self, seconds: float) -> None:
        """Let the others work."""
        self._producer.poll(0)
        self._closing.wait(seconds)

    def _feed(self, draws: np.random.Generator, people: int, beat: int) -> None:
        """What the city says in a hundredth of a second; one event in six opens the app, as in a told city."""
        who = np.sort(draws.choice(people, EVENTS_A_SECOND // REQUESTS_A_SECOND, replace=False))
        opening = 1 if beat % 3 == 0 else 0
        if opening:
            self.tell([made.sessions(who[:opening], self._minute)])
        self.tell([made.visits(who[opening:], self._minute)])

    def _bare(self, name: str) -> None:
        self._sent[name] = time.monotonic()
        self._producer.produce(PEER_TOPIC, name.encode(), name.encode())

    def _drain(self) -> None:
        end = time.monotonic() + ANSWER_SECONDS
        while len(self._came) < len(self._sent) and time.monotonic() < end:
            self.pause(POLL_SECONDS)

    def _waited(self, busy: float) -> Waited:
        took: Mapping[str, list[float]] = {"ask": [], "bare": []}
        for name, sent in self._sent.items():
            took[name.partition("-")[0]].append((self._came.get(name, float("inf")) - sent) * 1e3)
        return Waited(np.array(took["ask"]), np.array(took["bare"]), busy, self._refused)

    def _listen(self) -> None:
        while not self._closing.is_set():
            for message in self._consumer.consume(100, POLL_SECONDS):
                now, value = time.monotonic(), message.value()
                if message.error() is not None or value is None:
                    continue
                if message.topic() == PEER_TOPIC:
                    self._came[value.decode()] = now
                    continue
                row = self._codec.decode("replies", [value]).frame.row(0, named=True)
                if row["status"] != "ok" or row["payload"] in (None, "[]"):
                    self._refused += 1
                    continue
                self._came[row["request_id"]] = now


@contextmanager
def _service(address: str) -> Iterator[ChildProcess]:
    """The recommender's own process, ready."""
    with tempfile.TemporaryDirectory(prefix="luna-bench-") as home, closing(Guard()) as guard:
        port = free_port()
        environment = {
            "LUNA_KAFKA__BOOTSTRAP_SERVERS": address, "LUNA_HEALTH_PORT": str(port), "LUNA_DATA_DIR": home,
            "LUNA_LOG_LEVEL": "warning",
        }  # fmt: skip
        log = Path(home) / "recommender.log"
        command = [sys.executable, "-m", "services.recommender"]
        process = ChildProcess(command, log=log, guard=guard, environment=environment)
        try:
            _until_ready(process, port)
            yield process
        finally:
            process.stop()


def _until_ready(process: ChildProcess, port: int) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.exit_code() is not None:
            raise ServerError(f"the recommender ended: {' / '.join(process.last_lines(3))}")
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                if answer.status == 200:  # noqa: PLR2004 - OK
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise ServerError(f"the recommender is not ready after {READY_SECONDS:.0f} s")


def _until_answered(desk: Desk, people: int) -> None:
    """Until it has read all it was told, and then answers: a backlog would be measured as waiting."""
    end = time.monotonic() + READY_SECONDS
    while desk.unread():
        if time.monotonic() > end:
            raise ServerError(f"the recommender has not read what it was told after {READY_SECONDS:.0f} s")
        desk.pause(SETTLE_SECONDS)
    asked: list[str] = []
    while not any(desk.answered(name) for name in asked):
        if time.monotonic() > end:
            raise ServerError(f"the recommender knows nobody after {READY_SECONDS:.0f} s")
        asked.append(desk.ask(people - 1))
        desk.pause(SETTLE_SECONDS)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)

"""The engine to a real broker, beside who produces what is ready made: wall time, acks=all, idempotent, lz4.

The broker runs on the same cores; every figure of one run has the same company, so ratios are what counts.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import confluent_kafka
import yaml

from cli.bench.broker import PEER_PARTITIONS, PEER_TOPIC, Broker, broker
from cli.bench.engine_run import NOON, make_city
from cli.bench.measure import Measurement
from cli.bench.peers import PeerError, environment, interpreter, run
from services.simulator.domain.city import City
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.producer import Producer
from streamkit.records import Outgoing
from streamkit.settings import KafkaSettings

CITY, WARM_TICKS, TICKS = 100_000, 30, 30
BARE_BAR, PERF_BAR, GENERATOR_BAR = 0.5, 1.0, 20.0
KHAOS_SECONDS = 15
EVENTUM_EVENTS = (20_000, 200_000)
"""Two runs, for their difference; of a batch that is not full (10,000) it never ends."""
_RATE = re.compile(r"([\d.]+) records/sec")


@dataclass(frozen=True, slots=True)
class Told:
    """What the city told: records ready to produce, and how fast it told and produced them."""

    records: list[tuple[str, bytes, bytes]]
    rate: float

    @property
    def mean_size(self) -> int:
        """Mean bytes of a value."""
        return round(sum(len(value) for _, _, value in self.records) / len(self.records))


def produced() -> Iterator[Measurement]:
    """The engine first, then its peers, on one broker."""
    with broker() as kafka:
        told = _told(kafka)
        size = told.mean_size
        bare = _bare(kafka, told)
        name = "engine (dense) + encode + produce, 100,000 users"
        peer = f"confluent-kafka {confluent_kafka.__version__}, ready-made"
        yield Measurement(name, told.rate, "events/s", peer, bare, BARE_BAR * bare)
        yield _beside(
            "the same", told.rate, f"kafka-producer-perf-test, {size} bytes", PERF_BAR, lambda: _perf(kafka, size)
        )
        yield _beside("the same", told.rate, "khaos-cli 0.7.1", GENERATOR_BAR, lambda: _khaos(kafka, size))
        eventum = "eventum-generator 2.2.0, to a file: it has no Kafka output"
        yield _beside("the same", told.rate, eventum, GENERATOR_BAR, _eventum)


def _told(kafka: Broker) -> Told:
    """A dense city told to the broker as a service would, every delivery report awaited; then encoded once more."""
    city, catalogue = make_city(CITY, "dense", NOON), Catalogue.load()
    for _ in range(WARM_TICKS):
        city.step((), ())
    codec = Codec(catalogue)
    kept: list[Outgoing] = []
    settings = KafkaSettings(bootstrap_servers=kafka.address)
    seconds = asyncio.run(_tell(city, Producer(settings, codec, SystemClock()), kept))
    encoded = [codec.encode(output) for output in kept]
    records = [(one.topic, key, value) for one in encoded for key, value in zip(one.keys, one.values, strict=True)]
    return Told(records, len(records) / seconds)


async def _tell(city: City, producer: Producer, kept: list[Outgoing]) -> float:
    began, deliveries = time.perf_counter(), []
    for _ in range(TICKS):
        outputs = city.step((), ()).outputs
        deliveries.append(producer.produce_nowait(outputs))
        kept += [output for output in outputs if isinstance(output, Outgoing)]
    for delivery in deliveries:
        await delivery
    seconds = time.perf_counter() - began
    await producer.close()
    return seconds


def _bare(kafka: Broker, told: Told) -> float:
    """Records a second of confluent-kafka alone, given the same bytes; no report is looked at."""
    client = confluent_kafka.Producer(
        {
            "bootstrap.servers": kafka.address,
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "linger.ms": 5,
            "compression.type": "lz4",
            "queue.buffering.max.messages": 1_000_000,
            "log_level": 2,
        }
    )
    produce, began = client.produce, time.perf_counter()
    for topic, key, value in told.records:
        produce(topic, value, key)
    client.flush()
    return len(told.records) / (time.perf_counter() - began)


def _perf(kafka: Broker, size: int) -> float:
    """Records a second of Kafka's own producer test, at the same mean size."""
    options = ["--topic", PEER_TOPIC, "--num-records", "400000", "--record-size", str(size), "--throughput", "-1"]
    given = [f"bootstrap.servers={kafka.address}", "acks=all", "enable.idempotence=true", "compression.type=lz4"]
    java = [str(kafka.files.java), "-cp", kafka.files.class_path, "org.apache.kafka.tools.ProducerPerformance"]
    said = run([*java, *options, "--producer-props", *given, "linger.ms=5"])
    return float(_RATE.findall(said)[-1])


def _khaos(kafka: Broker, size: int) -> float:
    """Records a second of khaos-cli: random bytes of the same size, as fast as it can."""
    scenario = {
        "name": "bench",
        "topics": [
            {
                "name": PEER_TOPIC,
                "partitions": PEER_PARTITIONS,
                "replication_factor": 1,
                "num_producers": 1,
                "producer_rate": 1_000_000,
                "message_schema": {"key_cardinality": 10_000, "min_size_bytes": size, "max_size_bytes": size},
                "producer_config": {"acks": "all", "linger_ms": 5, "compression_type": "lz4"},
            }
        ],
    }
    program = environment("khaos") / "khaos"
    with TemporaryDirectory() as name:
        file = Path(name) / "bench.yaml"
        file.write_text(yaml.safe_dump(scenario), encoding="utf-8")
        before = kafka.records()
        options = ["-b", kafka.address, "-d", str(KHAOS_SECONDS), "--no-consumers", "--skip-topic-creation"]
        run([str(program), "simulate", str(file), *options], seconds=180)
    made = kafka.records() - before
    if made == 0:
        raise PeerError("khaos-cli produced nothing")
    return made / KHAOS_SECONDS


def _eventum() -> float:
    """Events a second of eventum-generator in sample mode: a small JSON template, to a file; without its start-up."""
    program = environment("eventum", interpreter("3.13")) / "eventum"
    with TemporaryDirectory() as name:
        home = Path(name)
        home.joinpath("event.jinja").write_text(
            '{"time": "{{ timestamp }}", "user": {{ module.rand.number.integer(0, 99999) }}, "type": "venue.viewed"}',
            encoding="utf-8",
        )
        few, many = EVENTUM_EVENTS
        short, long = (_sampled(program, home, count) for count in EVENTUM_EVENTS)
    return (many - few) / max(long - short, 1e-9)


def _sampled(program: Path, home: Path, count: int) -> float:
    config = {
        "input": [{"static": {"count": count}}],
        "event": {"template": {"mode": "all", "templates": [{"event": {"template": "event.jinja"}}]}},
        "output": [{"file": {"path": str(home / f"out-{count}.txt")}}],
    }
    file = home / "generator.yml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    began = time.perf_counter()
    run([str(program), "generate", "--path", str(file), "--id", "bench", "--live-mode", "false"], seconds=60)
    seconds = time.perf_counter() - began
    written = len((home / f"out-{count}.txt").read_text(encoding="utf-8").splitlines())
    if written < count:
        raise PeerError(f"eventum wrote {written} of {count} events")
    return seconds


def _beside(name: str, value: float, peer: str, factor: float, measured: Callable[[], float]) -> Measurement:
    """A figure beside a peer that may not be had."""
    try:
        other = measured()
    except (PeerError, IndexError) as error:
        return Measurement(name, value, "events/s", f"{peer}, not measured: {error}")
    return Measurement(name, value, "events/s", peer, other, factor * other)

"""A Kafka of the bench's own with the city's topics, and how many records a topic of it holds."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from cli import topics
from cli.servers.guard import Guard
from cli.servers.jars import KafkaFiles, kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.ports import free_port
from streamkit.contracts import Catalogue

CACHE = Path(".luna")
PEER_TOPIC = "bench_peers"
PEER_PARTITIONS = 6
_SECONDS = 60.0
_QUIET = 2
"""Of librdkafka's log levels: that a broker has gone is what the end of a measurement looks like."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker and what it was started from."""

    address: str
    files: KafkaFiles

    def records(self, topic: str = PEER_TOPIC) -> int:
        """Records that a topic holds."""
        with closing(Consumer({"bootstrap.servers": self.address, "group.id": "bench", "log_level": _QUIET})) as reader:
            found = reader.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
            ends = [reader.get_watermark_offsets(TopicPartition(topic, one), timeout=_SECONDS) for one in found]
        return sum(high - low for low, high in ends)


@contextmanager
def broker() -> Iterator[Broker]:
    """Apache Kafka on this machine, gone afterwards."""
    catalogue, files = Catalogue.load(), kafka_files(CACHE)
    with (
        tempfile.TemporaryDirectory(prefix="luna-bench-", ignore_cleanup_errors=True) as name,
        closing(Guard()) as guard,
    ):
        home = Path(name)
        guard.remove(home)
        server = KafkaServer.start(files, KafkaPlan(home / "kafka", home / "kafka.log", free_port()), guard)
        try:
            server.wait(_SECONDS)
            admin = AdminClient({"bootstrap.servers": server.bootstrap_servers, "log_level": _QUIET})
            topics.apply(admin, topics.plans(catalogue))
            for made in admin.create_topics([NewTopic(PEER_TOPIC, PEER_PARTITIONS, 1)]).values():
                made.result(_SECONDS)
            yield Broker(server.bootstrap_servers, files)
        finally:
            server.stop()

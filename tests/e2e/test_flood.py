"""A topic of nothing but garbage: after 1,000 in a row each consumer stops loudly instead of emptying it into its DLQ.

On servers of this module's own, one service after the other, because nothing could live beside such a topic.
"""

import sys
from collections.abc import Iterator
from functools import partial
from itertools import repeat
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.ports import free_port
from cli.servers.processes import ChildProcess
from cli.topics import apply, plans
from streamkit.contracts import Catalogue
from tests.conftest import CACHE
from tests.e2e.stack import SMALL_CITY
from tests.e2e.waiting import eventually
from tests.whole_topics import messages

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.postgres]

TOPIC = "bookings"
FLOOD = 1_500
IN_A_ROW = 1_000


@pytest.fixture(scope="module")
def flooded(guard: Guard, server_files: Path) -> Iterator[str]:
    """A broker whose bookings are garbage."""
    plan = KafkaPlan(server_files / "flooded", server_files / "flooded.log", free_port())
    server = KafkaServer.start(kafka_files(CACHE), plan, guard)
    server.wait()
    apply(AdminClient({"bootstrap.servers": server.bootstrap_servers}), plans(Catalogue.load()))
    yield server.bootstrap_servers
    server.stop()


def flood(bootstrap_servers: str) -> None:
    producer = Producer({"bootstrap.servers": bootstrap_servers, "enable.idempotence": True})
    for value in repeat(b"\x00\x00\x00\x00\x03 not a booking", FLOOD):
        producer.produce(TOPIC, value, b"v00001", partition=2)
    assert producer.flush(60) == 0


def ready(process: ChildProcess) -> bool:
    """Whether the simulator has opened its branch: it reads its topics from their ends then."""
    assert process.exit_code() is None, process.last_lines()
    return any('"branch.opened"' in line for line in process.last_lines(200))


@pytest.mark.parametrize("service", ["booking", "recommender", "analytics", "simulator"])
def test_a_thousand_in_a_row_stop_the_consumer_and_say_so(
    service: str, flooded: str, postgres_url: str, guard: Guard, tmp_path: Path
) -> None:
    own = {
        **SMALL_CITY,
        "LUNA_KAFKA__BOOTSTRAP_SERVERS": flooded,
        "LUNA_DATABASE__URL": postgres_url,
        "LUNA_DATA_DIR": str(tmp_path),
        "LUNA_HEALTH_PORT": "0",
    }
    command = [sys.executable, "-m", f"services.{service}"]
    process = ChildProcess(command, log=tmp_path / "service.log", guard=guard, environment=own)
    try:
        if service == "simulator":
            eventually(partial(ready, process), 240.0)
        flood(flooded)
        code = eventually(lambda: process.exit_code() or 0, 240.0, said=process.last_lines)
    finally:
        process.stop(5.0)
    assert code > 0
    last_words = "\n".join(process.last_lines(5))
    assert "in a row" in last_words, last_words
    assert '"level":"critical"' in last_words
    assert TOPIC in last_words
    groups = [dict(message.headers() or [])["luna.error.group"] for message in messages(flooded, [f"{TOPIC}.dlq"])]
    assert groups.count(service.encode()) < IN_A_ROW

"""The transport alone, under a Faust application that is not Luna's, on a real Kafka."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from services.analytics.transport.driver import FETCH_WAIT_MS
from streamkit.broker import wait_for_leaders
from streamkit.clock import SystemClock
from streamkit.identity import hash_id
from streamkit.testing import eventually
from tests.integration.analytics.chunk_probe import PARTITIONS
from tests.integration.analytics.stage import READY_S

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]

RECORDS, ORDINARY, LIMIT, START = 1_000, 50, 70, 37


class Probe:
    """Two topics, what was written to them, and runs of the probe, which tell what they were handed."""

    def __init__(self, bootstrap: str, home: Path) -> None:
        self._bootstrap = bootstrap
        self._home = home
        name = hash_id(str(home))[:8]
        self.chunked, self.ordinary, self._group = f"chunked-{name}", f"ordinary-{name}", f"probe-{name}"
        admin = AdminClient({"bootstrap.servers": bootstrap})
        topics = [NewTopic(topic, PARTITIONS, 1) for topic in (self.chunked, self.ordinary)]
        for made in admin.create_topics(topics).values():
            made.result(30)
        wait_for_leaders(admin, {self.chunked: PARTITIONS, self.ordinary: PARTITIONS}, SystemClock())

    def write(self) -> None:
        """Every tenth record of a chunked partition is a tombstone."""
        producer = Producer({"bootstrap.servers": self._bootstrap})
        for number in range(RECORDS):
            for partition in range(PARTITIONS):
                value = None if number % 10 == 0 else f"{number}".encode()
                producer.produce(self.chunked, value, f"k{number}".encode(), partition)
        for number in range(ORDINARY):
            producer.produce(self.ordinary, f"{number}".encode(), partition=number % PARTITIONS)
        assert producer.flush(30) == 0

    @contextmanager
    def run(self, number: int, *more: str) -> Iterator[Path]:
        """The probe as a process; what it said."""
        said = self._home / f"probe{number}.txt"
        command = [sys.executable, "-m", "tests.integration.analytics.chunk_probe", self._bootstrap, self._group]
        command += [self.chunked, self.ordinary, str(LIMIT), str(START), str(self._home / f"data{number}"), *more]
        with said.open("wb") as out, (self._home / f"probe{number}.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=out, stderr=log)
            try:
                yield said
            finally:
                process.kill()
                process.wait()


def told(said: Path, kind: str) -> list[dict[str, Any]]:
    lines = [line for line in said.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [content for line in lines if kind in (content := json.loads(line))]


def offsets(said: Path, partition: int) -> Sequence[int]:
    return [offset for chunk in told(said, "offsets") if chunk["partition"] == partition for offset in chunk["offsets"]]


@pytest.fixture
def probe(kafka_bootstrap: str, tmp_path: Path) -> Probe:
    return Probe(kafka_bootstrap, tmp_path)


async def test_chunks_are_whole_bounded_and_begin_where_the_state_says_beside_an_ordinary_topic(probe: Probe) -> None:
    probe.write()
    with probe.run(1) as said:
        await eventually(
            lambda: (
                len(offsets(said, 0)) + len(offsets(said, 1)) >= 2 * RECORDS - START
                and len(told(said, "ordinary")) >= ORDINARY
                and bool(told(said, "fetch_wait_ms"))
            ),
            READY_S,
        )
    assert told(said, "fetch_wait_ms")[0]["fetch_wait_ms"] == FETCH_WAIT_MS, "Faust's is a second and a half"
    assert offsets(said, 0) == list(range(START, RECORDS))
    assert offsets(said, 1) == list(range(RECORDS))
    for chunk in told(said, "offsets"):
        assert 1 <= len(chunk["offsets"]) <= LIMIT
        assert chunk["values"] == [None if offset % 10 == 0 else str(offset) for offset in chunk["offsets"]]
        assert chunk["keys"] == [f"k{offset}" for offset in chunk["offsets"]]
    assert sorted(int(one["ordinary"]) for one in told(said, "ordinary")) == list(range(ORDINARY))


async def test_a_chunk_whose_agent_raised_comes_again_though_faust_counts_it_as_done(probe: Probe) -> None:
    probe.write()
    with probe.run(1, "raise") as said:
        await eventually(lambda: bool(told(said, "raised")), READY_S)
    with probe.run(2) as said:
        await eventually(lambda: len(offsets(said, 0)) + len(offsets(said, 1)) >= 2 * RECORDS - START, READY_S)
    assert offsets(said, 0) == list(range(START, RECORDS))
    assert offsets(said, 1) == list(range(RECORDS))


async def test_a_worker_is_asked_to_leave_before_another_gets_its_partitions(probe: Probe) -> None:
    probe.write()
    with probe.run(1) as first:
        await eventually(lambda: len(offsets(first, 1)) >= RECORDS, READY_S)
        with probe.run(2) as second:
            await eventually(lambda: len(offsets(second, 0)) + len(offsets(second, 1)) >= RECORDS - START, READY_S)
            assert told(first, "left")

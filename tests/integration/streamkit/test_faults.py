"""Rebalance, kill -9, SIGTERM, slow handlers, absent brokers: nothing is lost and nothing hangs."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from streamkit.broker import wait_for_broker
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.consumer import Consumer, From
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal
from streamkit.handlers import read_emitted
from streamkit.positions import Positions
from streamkit.producer import Producer
from streamkit.records import Batch
from streamkit.runner import Runner
from streamkit.settings import KafkaSettings
from streamkit.testing import Collecting, LogHost, eventually, sample
from streamkit.testing.suite import consume
from tests.integration.streamkit.conftest import settings_for

SERVICE = Path(__file__).with_name("counting_service.py")


def runner_of(host: LogHost, source: Consumer, handler: Collecting) -> Runner:
    return Runner(source, handler, host.catalogue, host.codec, host.publisher, SystemClock())


def numbers(start: int, stop: int) -> set[str]:
    return {f"{number:026d}" for number in range(start, stop)}


@pytest.mark.cluster
async def test_members_that_come_and_go_lose_nothing_and_leave_everything_committed(
    cluster_host: LogHost, cluster_bootstrap: str
) -> None:
    host, settings = cluster_host, settings_for(cluster_bootstrap)
    handlers = [Collecting(), Collecting()]
    stops = [asyncio.Event(), asyncio.Event()]

    def seen() -> set[object]:
        return {name for handler in handlers for name in handler.column("event_id")}

    def start(member: int) -> asyncio.Task[None]:
        source = Consumer(settings, "pair", [host.kept], SystemClock())
        return asyncio.create_task(runner_of(host, source, handlers[member]).run(stops[member]))

    first = start(0)
    await host.publisher.publish([sample(host.kept, 500)])
    await eventually(lambda: len(seen()) == 500)
    second = start(1)
    sent = 500
    while handlers[1].records == 0 and sent < 50_000:  # until the second member has partitions
        await host.publisher.publish([sample(host.kept, 50, first=sent)])
        sent += 50
        await asyncio.sleep(0.05)
    assert handlers[1].records > 0
    stops[0].set()
    await first
    await host.publisher.publish([sample(host.kept, 500, first=sent)])
    await eventually(lambda: seen() == numbers(0, sent + 500))
    stops[1].set()
    await second
    await host.publisher.publish([sample(host.kept, 5, first=sent + 500)])
    last = Collecting()
    await consume(host, last, lambda: last.records >= 5, group="pair")
    assert set(last.column("event_id")) == numbers(sent + 500, sent + 505)


@pytest.mark.cluster
async def test_a_slow_handler_keeps_its_partitions_and_loses_nothing(
    cluster_host: LogHost, cluster_bootstrap: str
) -> None:
    polled: list[float] = []
    source = Consumer(settings_for(cluster_bootstrap), "slow", [cluster_host.kept], SystemClock())

    class Slow(Collecting):
        async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
            if not self.records:
                polled.append(source.last_poll)
                await asyncio.sleep(2.5)  # longer than what is waited for before pausing
                polled.append(source.last_poll)
            await super().handle(batches, positions)

    handler, stop = Slow(), asyncio.Event()
    running = asyncio.create_task(runner_of(cluster_host, source, handler).run(stop))
    for first in range(0, 1_000, 100):
        await cluster_host.publisher.publish([sample(cluster_host.kept, 100, first=first)])
        await asyncio.sleep(0.3)
    await eventually(lambda: len(set(handler.column("event_id"))) == 1_000)
    stop.set()
    await running
    assert polled[1] - polled[0] > 2.0
    assert handler.records == 1_000


@pytest.mark.cluster
async def test_a_lone_reader_sees_all_partitions_and_commits_nothing(
    cluster_host: LogHost, cluster_bootstrap: str
) -> None:
    settings = settings_for(cluster_bootstrap)
    await cluster_host.publisher.publish([sample(cluster_host.kept, 100, users=1)])
    for expected, where in ((100, From()), (100, From()), (30, From(last=30))):
        handler, stop = Collecting(), asyncio.Event()
        source = Consumer(settings, "watcher", [cluster_host.kept], SystemClock(), alone=where)
        running = asyncio.create_task(runner_of(cluster_host, source, handler).run(stop))
        await eventually(lambda: handler.records >= expected)  # noqa: B023 - awaited in the same turn
        stop.set()
        await running
        assert handler.records == expected


@pytest.mark.cluster
async def test_what_a_service_has_published_is_found_at_the_end_of_its_topics(
    cluster_host: LogHost, cluster_bootstrap: str
) -> None:
    await cluster_host.publisher.publish([sample(cluster_host.kept, 100)])
    settings = settings_for(cluster_bootstrap)
    own = await read_emitted(settings, cluster_host.catalogue, cluster_host.codec, "simulator", [cluster_host.kept])
    others = await read_emitted(settings, cluster_host.catalogue, cluster_host.codec, "booking", [cluster_host.kept])
    assert (len(own), len(others)) == (100, 0)


@pytest.mark.cluster
async def test_a_bounded_queue_makes_the_sender_wait_and_loses_nothing(cluster_bootstrap: str) -> None:
    settings = KafkaSettings(bootstrap_servers=cluster_bootstrap, queue_records=1_000)
    producer = Producer(settings, Codec(Catalogue.load()), SystemClock())
    ends = await producer.publish([sample("user_actions", 20_000)])
    delivery = producer.produce_nowait([sample("user_actions", 5_000)])
    later = await delivery
    await producer.close()
    assert sum(ends.values()) == 20_000
    assert sum((ends | later).values()) == 25_000


async def test_an_absent_broker_is_waited_for_and_then_named() -> None:
    settings = KafkaSettings(bootstrap_servers="127.0.0.1:1", start_deadline_s=1.0)
    with pytest.raises(Fatal, match=r"127\.0\.0\.1:1.*gave up"):
        await wait_for_broker(settings, ["user_actions"], SystemClock())


@pytest.mark.kafka
async def test_a_missing_topic_is_named(kafka_bootstrap: str) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka_bootstrap, start_deadline_s=1.0)
    with pytest.raises(Fatal, match="no_such_topic"):
        await wait_for_broker(settings, ["no_such_topic"], SystemClock())


@pytest.mark.kafka
async def test_kill_minus_nine_loses_nothing_and_sigterm_repeats_nothing(
    kafka_host: LogHost, kafka_bootstrap: str, tmp_path: Path
) -> None:
    environment = {
        **os.environ,  # noqa: TID251 - the child needs the test's path
        "LUNA_KAFKA__BOOTSTRAP_SERVERS": kafka_bootstrap,
        "LUNA_KAFKA__SESSION_TIMEOUT_MS": "6000",
        "LUNA_KAFKA__MAX_BATCH_RECORDS": "50",
    }

    def start(file: Path) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{file.name}.log").open("ab")
        with log:
            return subprocess.Popen([sys.executable, SERVICE, file, kafka_host.kept], env=environment, stderr=log)

    def lines(file: Path) -> list[str]:
        return file.read_text().splitlines() if file.exists() else []

    before, after, later = (tmp_path / name for name in ("before", "after", "later"))
    await kafka_host.publisher.publish([sample(kafka_host.kept, 3_000)])
    child = start(before)
    await eventually(lambda: len(lines(before)) >= 50)
    child.kill()
    await asyncio.to_thread(child.wait)
    child = start(after)
    await eventually(lambda: set(lines(before)) | set(lines(after)) == numbers(0, 3_000))
    child.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(child.wait) == 0
    await kafka_host.publisher.publish([sample(kafka_host.kept, 100, first=3_000)])
    child = start(later)
    await eventually(lambda: len(lines(later)) >= 100)
    child.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(child.wait) == 0
    assert sorted(lines(later)) == sorted(numbers(3_000, 3_100))

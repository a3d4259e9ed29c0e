"""What every log must do, told once and run on the in-memory log, the in-process cluster and a real Kafka.

Subclass `LogSuite` in a test module that has a fixture ``host``; every host has topics of its own.
"""

# ruff: noqa: D102, PLR2004 - tests: their names say what they are for, their numbers are the case

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

import numpy as np

from streamkit import dlq
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.errors import Fatal, Retryable
from streamkit.handlers import OutputPublisher
from streamkit.partitioner import partitions_of
from streamkit.raw import RawBatch
from streamkit.records import Column, Outgoing, Tombstones
from streamkit.runner import Handler, RawPublisher, Runner, RunnerPolicy
from streamkit.source import Source
from streamkit.testing.fakes import eventually
from streamkit.testing.handlers import Collecting, Deduplicating, Folding, Refusing
from streamkit.topic import Topic


@dataclass(frozen=True, slots=True)
class Record:
    """One record as bytes."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, str]


class Publishing(OutputPublisher, RawPublisher, Protocol):
    """All that the suite asks of a producer."""


@dataclass(frozen=True, slots=True)
class LogHost:
    """One log under test: a catalogue with topics of its own, a producer, sources by group, and a look at the bytes."""

    catalogue: Catalogue
    codec: Codec
    kept: str
    compacted: str
    publisher: Publishing
    source: Callable[[str], Source]
    read: Callable[[str], Awaitable[Sequence[Record]]]


def standing_topic(catalogue: Catalogue, name: str, alias: str) -> Catalogue:
    """The catalogue with one more topic, like ``name`` but for its own name: tests that share a broker do not meet."""
    topic = replace(catalogue.topic(name), name=alias)
    ids = {
        place.replace(f"{name}-value/", f"{alias}-value/"): number
        for place, number in catalogue.schema_ids.items()
        if place.startswith(f"{name}-value/")
    }
    return replace(
        catalogue,
        topics=MappingProxyType({**catalogue.topics, alias: topic}),
        schema_ids=MappingProxyType({**catalogue.schema_ids, **ids}),
    )


def sample(topic: str, rows: int, first: int = 0, users: int = 7) -> Outgoing:
    """Valid `session.ended` records of a few users, numbered from ``first``."""
    numbers = np.arange(first, first + rows)
    ids = np.asarray([f"{number:026d}" for number in numbers], dtype="S26")
    people = np.asarray([f"u{number % users:07d}" for number in numbers], dtype="S8")
    columns: dict[str, Column] = {
        "event_id": ids,
        "event_type": "session.ended",
        "run_id": "run",
        "branch": 0,
        "simulation_time": numbers * 1_000_000,
        "world": "dining",
        "city": "new_york",
        "user_id": people,
        "source": "simulator",
        "session_id": ids,
        "duration_seconds": 60,
    }
    return Outgoing(topic, rows, columns)


def tastes(topic: Topic, users: Sequence[str]) -> Outgoing:
    """Valid rows of the compacted topic `preferences`."""
    numbers = {column["name"]: 0.0 for column in topic.schema["fields"] if column["type"] in ("float", "double")}
    common = {"run_id": "run", "branch": 0, "simulation_time": 0, "world": "dining", "city": "new_york"}
    own = {"event_type": "preference.updated", "source": "analytics", "version": 1, "reason": "visit", "shift": 0.5}
    rows = [{"event_id": f"{user:0>26}", "user_id": user, **numbers, **common, **own} for user in users]
    return Outgoing.from_rows(topic.name, rows)


async def consume(
    host: LogHost,
    handler: Handler,
    until: Callable[[], bool],
    group: str = "readers",
    policy: RunnerPolicy | None = None,
) -> None:
    """Run a runner until something holds, then drain it. Raises what the runner raised."""
    stop = asyncio.Event()
    runner = Runner(
        host.source(group), handler, host.catalogue, host.codec, host.publisher, SystemClock(), policy=policy
    )
    running = asyncio.create_task(runner.run(stop))
    try:
        await eventually(lambda: until() or running.done())
    finally:
        stop.set()
        await running


class LogSuite:
    """The tests. Each is given a fresh ``host``."""

    async def test_reported_end_offsets_are_those_read_back(self, host: LogHost) -> None:
        ends = await host.publisher.publish([sample(host.kept, 50)])
        records = await host.read(host.kept)
        assert len(records) == 50
        for (_, partition), end in ends.items():
            assert end == max(record.offset for record in records if record.partition == partition) + 1

    async def test_records_of_a_key_keep_their_order_on_the_partition_java_picks(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 200)])
        records = await host.read(host.kept)
        keys = [record.key or b"" for record in records]
        assert [record.partition for record in records] == partitions_of(keys, 4).tolist()
        for key in set(keys):
            values = [record.value for record in sorted(records, key=lambda one: one.offset) if record.key == key]
            times = host.codec.decode(host.kept, values).frame["simulation_time"].to_list()
            assert times == sorted(times)
            assert len(times) in (28, 29)

    async def test_a_tombstone_arrives_as_a_removal(self, host: LogHost) -> None:
        await host.publisher.publish(
            [tastes(host.catalogue.topic(host.compacted), ["u1", "u2"]), Tombstones(host.compacted, ["u1"])]
        )
        seen = Collecting()
        await consume(host, seen, lambda: seen.removed == ["u1"])
        assert "u2" in seen.column("user_id")

    async def test_garbage_goes_to_the_dead_letters_with_reason_and_bytes_and_the_rest_is_handled(
        self, host: LogHost
    ) -> None:
        await host.publisher.publish([sample(host.kept, 10)])
        await host.publisher.publish_raw(host.kept, [b"k", b"k", None], [b"garbage", None, b"\0\0\0\0\1"], [[], [], []])
        await host.publisher.publish([sample(host.kept, 10, first=10)])
        seen = Collecting()
        await consume(host, seen, lambda: seen.records == 20)
        dead = await host.read(host.kept + dlq.SUFFIX)
        assert sorted(record.value or b"" for record in dead) == [b"", b"\0\0\0\0\1", b"garbage"]
        for record in dead:
            assert record.headers[dlq.GROUP] == "readers"
            assert record.headers[dlq.TOPIC] == host.kept
            assert record.headers[dlq.ERROR_CLASS]
            assert record.headers[dlq.ERROR_MESSAGE]
            assert {dlq.PARTITION, dlq.OFFSET} <= record.headers.keys()
        assert sorted(record.key or b"" for record in dead) == [b"", b"k", b"k"]

    async def test_too_much_garbage_in_a_row_stops_the_consumer_and_empties_nothing(self, host: LogHost) -> None:
        await host.publisher.publish_raw(host.kept, [b"k"] * 30, [b"garbage"] * 30, [[]] * 30)
        policy = RunnerPolicy(dead_letters=DeadLetterPolicy(in_a_row=30))
        stopped = False
        try:
            await consume(host, Collecting(), lambda: False, policy=policy)
        except* Fatal:
            stopped = True
        assert stopped
        assert not await host.read(host.kept + dlq.SUFFIX)

    async def test_a_restarted_group_goes_on_where_it_committed(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 30)])
        first = Collecting()
        await consume(host, first, lambda: first.records == 30)
        await host.publisher.publish([sample(host.kept, 5, first=30)])
        second = Collecting()
        await consume(host, second, lambda: second.records >= 5)
        assert sorted(map(str, second.column("event_id"))) == [f"{number:026d}" for number in range(30, 35)]

    async def test_a_batch_whose_handler_died_comes_again(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 30)])
        died = False
        try:
            await consume(host, Collecting(Fatal("killed before the effect")), lambda: False)
        except* Fatal:
            died = True
        assert died
        again = Collecting()
        await consume(host, again, lambda: again.records == 30)

    async def test_a_retryable_error_brings_the_same_batch_again(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 30)])
        seen = Collecting(Retryable("database away"), Retryable("still away"))
        await consume(host, seen, lambda: seen.records == 30)
        assert seen.tries >= 3
        assert len(set(seen.column("event_id"))) == 30

    async def test_a_duplicate_counts_once(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 30)])
        await host.publisher.publish([sample(host.kept, 40)])
        seen = Deduplicating()
        await consume(host, seen, lambda: seen.records >= 40)
        assert sorted(map(str, seen.column("event_id"))) == [f"{number:026d}" for number in range(40)]

    async def test_a_record_the_handler_cannot_bear_is_buried_and_the_rest_handled(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 30)])
        cursed = f"{7:026d}"
        seen = Refusing(cursed)
        await consume(host, seen, lambda: seen.records == 29)
        assert cursed not in seen.column("event_id")
        (letter,) = await host.read(host.kept + dlq.SUFFIX)
        assert letter.headers[dlq.ERROR_MESSAGE] == "it is cursed"

    async def test_a_replayed_dead_letter_reaches_only_its_group(self, host: LogHost) -> None:
        encoded = host.codec.encode(sample(host.kept, 2))
        headers = [dlq.replay_headers("readers"), dlq.replay_headers("others")]
        await host.publisher.publish_raw(host.kept, encoded.keys, encoded.values, headers)
        seen = Collecting()
        await consume(host, seen, lambda: seen.records == 1)
        assert seen.column("event_id") == [f"{0:026d}"]

    async def test_state_in_memory_is_rebuilt_up_to_the_commit_and_then_lives_on(self, host: LogHost) -> None:
        await host.publisher.publish([sample(host.kept, 30)])
        before = Collecting()
        await consume(host, before, lambda: before.records == 30)
        await host.publisher.publish([sample(host.kept, 5, first=30)])
        seen = Folding()
        await consume(host, seen, lambda: seen.records == 5)
        assert sorted(seen.folded) == [f"{number:026d}" for number in range(30)]
        assert sorted(map(str, seen.column("event_id"))) == [f"{number:026d}" for number in range(30, 35)]

    async def test_history_ends_at_the_offsets_asked_for(self, host: LogHost) -> None:
        ends = await host.publisher.publish([sample(host.kept, 30)])
        await host.publisher.publish([sample(host.kept, 30, first=30)])
        source = host.source("historians")
        told: list[RawBatch] = [raw async for batches in source.history(ends) for raw in batches]
        assert sum(map(len, told)) == 30

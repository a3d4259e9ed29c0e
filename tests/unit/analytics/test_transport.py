"""Chunks: bounds, offsets, and the guard against a Faust that changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ProcessingGuarantee
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.adapters.faust_app import FaustPlan, build_faust
from services.analytics.adapters.restoring import RestoredTable
from services.analytics.transport import HOOKS, ChunkedApp, ChunkSchema, TransportDriftError, pack, verify_hooks
from services.analytics.transport.driver import ChunkConsumer, ChunkTransport, LivingListener


@dataclass
class Record:
    offset: int
    topic: str = "t"
    partition: int = 1
    timestamp: int | None = 5
    timestamp_type: int | None = 0
    key: bytes | None = b"k"
    value: bytes | None = b"v"
    headers: tuple[tuple[str, bytes], ...] = ()


@given(st.lists(st.integers(0, 1_000), min_size=1, unique=True).map(sorted), st.integers(1, 50))
def test_chunks_hold_every_record_once_in_order_and_carry_their_last_offset(offsets: list[int], limit: int) -> None:
    chunks = list(pack([Record(offset) for offset in offsets], limit))
    assert [offset for chunk in chunks for offset in chunk.value.offsets] == offsets
    assert all(len(chunk.value) <= limit for chunk in chunks)
    assert all(chunk.offset == chunk.value.offsets[-1] == chunk.value.next_offset - 1 for chunk in chunks)


@given(st.lists(st.integers(0, 100), min_size=1, unique=True).map(sorted), st.integers(0, 101))
def test_the_part_from_an_offset_has_nothing_before_it(offsets: list[int], start: int) -> None:
    (packed,) = pack([Record(offset) for offset in offsets], len(offsets))
    rest = packed.value.beginning_at(start)
    expected = [offset for offset in offsets if offset >= start]
    assert (list(rest.offsets) if rest else []) == expected


class Fetching(ChunkConsumer):
    """A consumer of a log of ten records that knows where the client stands, and what it was told to seek."""

    def __init__(self) -> None:  # Faust's wants an application and a broker
        self.transport = object.__new__(ChunkTransport)
        self.transport.configure(["t"], 100, self._state, None, lambda: self.whole)
        self.at = 5
        self.whole = True
        self._sought = self._done = self._turns

    def _state(self, partitions: Collection[TP]) -> Mapping[TP, int]:
        return dict.fromkeys(partitions, 5)

    def assignment(self) -> set[TP]:
        return {TP("t", 1)}

    async def _seek(self, partition: TP, offset: int) -> None:
        assert partition == TP("t", 1)
        self.at = offset

    async def sleep(self, n: object) -> None:
        del n

    async def turn_over(self) -> None:
        """Partitions are taken and given again, and stand where the state says."""
        self._hold()
        await self._position(self.assignment())
        self._sought = self._done = self._turns


@pytest.mark.parametrize("overtaken", [False, True])
async def test_what_was_fetched_under_another_assignment_is_fetched_again(
    monkeypatch: pytest.MonkeyPatch, *, overtaken: bool
) -> None:
    consumer, places = Fetching(), {TP("t", 1)}

    async def fetch(self: Fetching, active_partitions: set[TP], timeout: float) -> Mapping[TP, list[Any]]:  # noqa: ASYNC109
        del timeout
        if overtaken and self._turns == 0:
            await self.turn_over()
        records = [Record(offset) for offset in range(self.at, 10)]
        self.at = 10
        return dict.fromkeys(active_partitions, records)

    monkeypatch.setattr(driver.Consumer, "_getmany", fetch)
    first = await consumer._getmany(places, 1.0)
    assert (consumer.at, bool(first)) == ((5, False) if overtaken else (10, True))
    ((_, (chunk,)),) = (first or await consumer._getmany(places, 1.0)).items()
    assert list(chunk.value.offsets) == [5, 6, 7, 8, 9]


async def test_partitions_are_held_back_until_faust_is_done_with_an_assignment_whose_state_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Faust seeks once by itself while the state is read, and once more after; then it empties its buffers."""
    consumer, places = Fetching(), {TP("t", 1)}
    fetched: list[set[TP]] = []

    async def fetch(self: Fetching, active_partitions: set[TP], timeout: float) -> Mapping[TP, list[Any]]:  # noqa: ASYNC109
        del self, timeout
        fetched.append(active_partitions)
        return {}

    async def committed(self: Fetching) -> Mapping[TP, int]:
        return dict.fromkeys(self.assignment(), 9)

    monkeypatch.setattr(driver.Consumer, "_getmany", fetch)
    monkeypatch.setattr(driver.Consumer, "seek_to_committed", committed)
    consumer._hold()
    consumer.whole = False
    await consumer.seek_to_committed()
    consumer.on_rebalance_end()  # of the assignment before
    assert await consumer._getmany(places, 1.0) == {}
    consumer.whole = True
    await consumer.seek_to_committed()
    assert await consumer._getmany(places, 1.0) == {}
    assert (consumer.at, fetched) == (5, [])
    consumer.on_rebalance_end()
    await consumer._getmany(places, 1.0)
    assert fetched == [places]


async def test_a_member_lives_while_it_takes_an_assignment_over() -> None:
    """aiokafka would begin its heartbeats only once the listener is done, which reads a whole state."""
    told: list[str] = []

    class Thread:
        generation = 7

        def __init__(self) -> None:
            self.app = self
            self._coordinator = self

        def _ensure_consumer(self) -> "Thread":
            return self

        def _start_heartbeat_task(self) -> None:
            told.append("heartbeats")

        async def on_partitions_assigned(self, assigned: set[TP], generation: int) -> None:
            told.append(f"{len(assigned)} partitions of generation {generation}")

    assert ChunkConsumer.RebalanceListener is LivingListener
    await LivingListener(Thread()).on_partitions_assigned([TP("t", 0), TP("t", 1)])  # type: ignore[arg-type]
    assert told == ["heartbeats", "2 partitions of generation 7"]


def test_faust_still_has_the_methods_that_the_transport_hooks() -> None:
    verify_hooks()


def test_a_hooked_method_that_changed_is_named() -> None:
    def changed(self: object, something: int) -> None: ...

    _, known = HOOKS["Consumer._getmany"]
    with pytest.raises(TransportDriftError, match=r"Consumer\._getmany is now"):
        verify_hooks({"Consumer._getmany": (changed, known)})


def built(directory: Path, name: str = "") -> ChunkedApp:
    async def nothing(*_: object) -> None:
        return None

    plan = FaustPlan("group", "a:1,b:2", ("user_actions", "bookings"), 4, directory, 10, 1.0, 9.0, name)
    app, _ = build_faust(plan, nothing, nothing, nothing, lambda *_: {}, nothing, bool)  # type: ignore[arg-type]
    return app


def test_what_is_known_to_go_wrong_in_faust_is_switched_off_in_the_application(tmp_path: Path) -> None:
    """Web pages open to all, commits past a record in flight, exactly once, standbys, topics of Faust's own making."""
    conf: Any = built(tmp_path).conf
    assert [str(broker) for broker in conf.broker] == ["kafka://a:1", "kafka://b:2"]
    assert not conf.web_enabled
    assert conf.processing_guarantee == ProcessingGuarantee.AT_LEAST_ONCE
    assert conf.table_standby_replicas == 0
    assert not conf.topic_allow_declare
    assert conf.topic_disable_leader
    assert (conf.topic_partitions, str(conf.store)) == (4, "memory:")
    assert (conf.broker_session_timeout, conf.broker_heartbeat_interval, conf.broker_commit_interval) == (9.0, 3.0, 1.0)
    assert conf.consumer_auto_offset_reset == "earliest"
    assert not conf.stream_wait_empty


def test_one_agent_takes_the_chunks_one_after_the_other_from_the_chunk_driver(tmp_path: Path) -> None:
    app = built(tmp_path)
    (agent,) = app.agents.values()
    assert agent.concurrency == 1
    assert set(agent.channel.topics) == {"user_actions", "bookings"}
    assert isinstance(agent.channel.schema, ChunkSchema)
    assert type(app.transport) is ChunkTransport
    assert app.transport.Consumer is ChunkConsumer
    assert isinstance(next(iter(app.tables.values())), RestoredTable)


@pytest.mark.parametrize(("name", "known"), [("one", "one"), ("", None)])
def test_a_worker_with_a_name_is_known_by_it_to_the_group(tmp_path: Path, name: str, known: str | None) -> None:
    assert built(tmp_path, name).conf.consumer_group_instance_id == known

"""Replays on a real PostgreSQL and a log in memory: in order, in pace, stopped, taken over, told once."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from services.analytics.domain.queries import NotFoundError, RefusedError
from services.analytics.store import replays
from services.analytics.store.database import transaction
from services.analytics.store.host import Condition
from services.analytics.store.pacing import SILENCE_S
from services.analytics.store.parameters import ReplayList, ReplayStart, ReplayStop
from services.analytics.store.questions import Questions
from services.analytics.store.replays import LEASE_US
from services.analytics.store.telling import Teller, Telling
from streamkit.clock import ManualClock, SystemClock
from streamkit.errors import Retryable
from streamkit.health import Readiness
from streamkit.memory import MemoryLog
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.records import Outgoing
from streamkit.testing import MemoryProducer, eventually
from tests.integration.analytics.stored import CATALOGUE, CODEC, START, Store, views
from tests.unit.analytics.city import MINUTE, event, state_changed

pytestmark = pytest.mark.postgres


class Told(MemoryProducer):
    """Remembers when each record was published."""

    def __init__(self, clock: ManualClock | SystemClock) -> None:
        super().__init__(MemoryLog(CATALOGUE, CODEC))
        self._clock = clock
        self.times: list[float] = []

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        ends = await super().publish(outputs)
        for output in outputs:
            assert isinstance(output, Outgoing)
            self.times += [self._clock.monotonic()] * output.rows
        return ends

    def frame(self) -> pl.DataFrame:
        raw = self.log.raw("replay")
        return CODEC.decode("replay", raw.values).frame.sort("position", maintain_order=True)

    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.frame()["payload"]]


class Stage:
    """A store with a telling that lives, and one who tells replays of it."""

    def __init__(self, store: Store, clock: ManualClock | SystemClock) -> None:
        self.store = store
        self.clock = clock
        self.told = Told(clock)
        store.add("simulation_control", [state_changed(0, wall_time=1)])

    def telling(self, holder: str = "one") -> Telling:
        condition = Condition(Readiness())
        condition.well()
        return Telling(self.store.engine, CODEC, self.told, self.clock, condition, Teller(holder, 3))

    def start(self, name: str = "r1", at_once: int = 3, **parameters: object) -> Any:
        asked = {"from": START, "to": START + 60 * MINUTE, **parameters}

        def answer(questions: Questions, question: ReplayStart) -> Any:
            return replays.start(questions, question, name, self.clock.now_us(), at_once)

        return self.store.ask(ReplayStart, answer, None, json.dumps(asked))

    def stop(self, name: str = "r1") -> Any:
        return self.store.ask(ReplayStop, replays.stop, None, json.dumps({"replay_id": name}))

    def list(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.store.ask(ReplayList, replays.listed)["replays"]
        return found

    async def tell(self, telling: Telling | None = None) -> None:
        """Tell the one replay there is, alone, so that nobody else moves the clock."""
        telling = telling or self.telling()
        (replay,) = telling._take(1)
        await telling._told(replay, asyncio.Event())


@pytest.fixture
def stage(store: Store) -> Stage:
    return Stage(store, ManualClock(1_000_000_000_000))


async def test_a_replay_tells_every_record_once_in_order_of_time_and_says_its_end(stage: Stage) -> None:
    rows = [*views(700, step_us=1000), event("venue.liked", "tie", 5_000, 77)]
    stage.store.add("user_actions", list(reversed(rows)))
    stage.store.add("bookings", [event("booking.cancelled", 1, 2_500, booking_id="b", reason="x")])
    stage.start(speed="max", topics=["user_actions", "bookings"])
    await stage.tell()
    frame = stage.told.frame()
    *records, end = stage.told.payloads()
    expected = sorted((START + int(row["simulation_time"]) - START, row["event_id"]) for row in rows)
    assert [one["event_id"] for one in records if one["topic"] == "user_actions"] == [name for _, name in expected]
    assert frame["position"].to_list() == list(range(703))
    assert frame["replayed_event_id"].to_list()[:-1] == [one["event_id"] for one in records]
    assert end == {"status": "finished", "told": 702}
    assert frame["replayed_topic"][-1] == ""
    assert stage.list()[0]["status"] == "finished"


async def test_a_replay_keeps_the_recorded_pace(stage: Stage) -> None:
    seconds = (0, 1, 5, 5, 65, 66)
    stage.store.add("user_actions", [event("venue.viewed", n, at * 1_000_000) for n, at in enumerate(seconds)])
    stage.start(speed=10, event_types="venue.viewed")
    await stage.tell()
    began = stage.told.times[0]
    assert [at - began for at in stage.told.times[:-1]] == pytest.approx([one / 10 for one in seconds], abs=0.051)


async def test_a_silence_of_hours_is_told_in_a_minute(stage: Stage) -> None:
    stage.store.add("user_actions", [event("venue.viewed", 1, 0), event("venue.viewed", 2, 600 * MINUTE)])
    stage.start(speed=1, to=START + 700 * MINUTE, topics="user_actions")
    await stage.tell()
    assert stage.told.times[1] - stage.told.times[0] == pytest.approx(SILENCE_S, abs=0.051)


async def test_a_replay_tells_only_what_was_asked_for(stage: Stage) -> None:
    stage.store.add("user_actions", views(100, step_us=MINUTE))
    stage.start(speed="max", user_id="u0000004", to=START + 50 * MINUTE)
    await stage.tell()
    assert [one.get("user_id") for one in stage.told.payloads()[:-1]] == ["u0000004"] * 5


async def test_a_replay_that_nobody_tells_any_more_goes_on_where_it_was(stage: Stage) -> None:
    stage.store.add("user_actions", views(1200, step_us=1000))
    stage.start(speed="max", topics="user_actions")
    first = stage.telling("first")
    (replay,) = first._take(1)
    records, _ = first._read(replay)
    moved = await first._publish(replay, records)
    assert moved is not None
    await first._publish(moved, first._read(moved)[0][:100])  # ... and is killed before it saved this: save it back
    with transaction(stage.store.engine) as cursor:
        assert replays.advance(cursor, "first", moved, stage.clock.now_us()) is not None
    second = stage.telling("second")
    assert second._take(1) == []
    stage.clock.advance(LEASE_US / 1e6 + 1)  # type: ignore[union-attr]
    await stage.tell(second)
    frame = stage.told.frame()
    assert frame.height == 1200 + 1 + 100
    once = frame.unique("event_id")
    assert once.height == 1201
    assert once["replayed_event_id"].n_unique() == 1201
    assert stage.list()[0]["told"] == 1200
    with transaction(stage.store.engine) as cursor:
        assert replays.advance(cursor, "first", moved, stage.clock.now_us()) is None


async def test_a_broker_that_is_away_delays_a_replay(stage: Stage) -> None:
    stage.store.add("user_actions", views(10))
    stage.start(speed=1000, topics="user_actions")
    stage.told.failures += [Retryable("away"), Retryable("still away")]
    await stage.tell()
    assert stage.told.frame().height == 11


async def test_replays_run_together_and_stop_when_told(store: Store) -> None:
    stage = Stage(store, SystemClock())
    store.add("user_actions", views(3000, step_us=MINUTE))
    far = START + 4000 * MINUTE
    stage.start("slow", speed=1, to=far)
    stage.start("fast", speed="max", to=far, topics="user_actions")
    stopping = asyncio.Event()
    running = asyncio.create_task(stage.telling().run(stopping))
    await eventually(lambda: {one["replay_id"]: one["status"] for one in stage.list()}["fast"] == "finished", 60)
    assert stage.stop("slow")["status"] == "running"
    await eventually(lambda: {one["status"] for one in stage.list()} == {"finished", "stopped"}, 60)
    stopping.set()
    await running
    frame = stage.told.frame()
    assert frame.filter(pl.col("replay_id") == "fast").height == 3001
    assert frame.filter(pl.col("replay_id") == "slow").height < 100


async def test_a_replay_goes_on_after_a_restart(store: Store) -> None:
    stage = Stage(store, SystemClock())
    store.add("user_actions", views(40, step_us=1_000_000))
    stage.start(speed=20, topics="user_actions")
    for holder in ("before", "after"):
        stopping = asyncio.Event()
        running = asyncio.create_task(stage.telling(holder).run(stopping))
        wanted = 5 if holder == "before" else 41
        await eventually(lambda wanted=wanted: stage.told.frame().height >= wanted, 60)  # type: ignore[misc]
        stopping.set()
        await running
    assert stage.told.frame()["position"].to_list() == list(range(41))


def test_what_cannot_be_replayed_is_refused(stage: Stage) -> None:
    stage.store.add("user_actions", views(1))
    with pytest.raises(RefusedError, match="'requests' is not stored"):
        stage.start(topics=["requests"])
    for name in "abc":
        stage.start(name)
    with pytest.raises(RefusedError, match="3 replays run already, no more do at once: a, b, c"):
        stage.start("d")
    assert stage.start("a")["status"] == "running"
    with pytest.raises(RefusedError, match="there is a replay 'a' of something else"):
        stage.start("a", speed=2)
    with pytest.raises(NotFoundError, match="'z'"):
        stage.stop("z")
    for parameters in ({"speed": 0.5}, {"speed": 1001}, {"speed": "fast"}, {"to": START}, {"replay_id": "a b"}):
        with pytest.raises(RefusedError):
            stage.start("e", **parameters)

"""Tells replays: takes their rows, publishes their records in pace, and saves how far it is while it goes on."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from services.analytics.domain.emitting import SOURCE, Row, outgoing
from services.analytics.store import replays
from services.analytics.store.database import TooLongError, transaction
from services.analytics.store.host import Condition
from services.analytics.store.pacing import Pace
from services.analytics.store.records import Span, Told, Where, select, tell
from services.analytics.store.replays import Replay
from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.codec import Codec
from streamkit.errors import Fatal, Retryable
from streamkit.handlers import OutputPublisher
from streamkit.identity import event_id
from streamkit.logs import get_logger

END = ""
"""`replayed_topic` of the record that ends a replay."""
PIECE = 500
"""Records read and published at once, at most."""
TOGETHER_S = 0.05
"""Records due within are published together."""
LOOK_S = 0.5
"""How often a replay that waits looks whether it is to stop, and says that it lives."""
READ_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, and how many replays at a time."""

    holder: str
    at_once: int


class Telling:
    """One per process."""

    def __init__(
        self,
        engine: Engine,
        codec: Codec,
        producer: OutputPublisher,
        clock: Clock,
        condition: Condition,
        teller: Teller,
    ) -> None:
        self._engine = engine
        self._codec = codec
        self._producer = producer
        self._clock = clock
        self._condition = condition
        self._teller = teller

    async def run(self, stop: asyncio.Event) -> None:
        """Tell whatever replays there are, until told to stop; they go on where another process takes them over."""
        told: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            for task in [task for task in told if task.done()]:
                task.result()
                told.remove(task)
            metrics.REPLAYS.set(len(told))
            if self._condition.ready and len(told) < self._teller.at_once:
                told |= {asyncio.create_task(self._told(one, stop)) for one in await self._taken(len(told))}
            await sleep_or_stop(self._clock, LOOK_S, stop)
        if told:
            await asyncio.wait(told)
        if self._condition.ready:
            await asyncio.to_thread(self._release)

    async def _taken(self, busy: int) -> list[Replay]:
        try:
            return await asyncio.to_thread(self._take, self._teller.at_once - busy)
        except Retryable as error:
            get_logger().warning("replays wait", reason=str(error))
            return []

    async def _told(self, replay: Replay, stop: asyncio.Event) -> None:
        """Tell one replay to its end; what fails for good is said on the topic and in its row."""
        pace = Pace(replay.speed, self._clock.monotonic(), replay.at_us)
        get_logger().info("replay told", replay_id=replay.replay_id, since=replay.told)
        held: Replay | None = replay
        failure: str | None = None
        while held is not None and held.status == "running" and not stop.is_set():
            replay = held
            try:
                held = await (self._end(replay, "failed", failure) if failure else self._piece(replay, pace, stop))
            except Retryable as error:
                get_logger().warning("replay waits", replay_id=replay.replay_id, reason=str(error))
                await sleep_or_stop(self._clock, LOOK_S, stop)
                pace.begin_again(self._clock.monotonic())
            except (Fatal, TooLongError) as error:
                if failure:
                    raise
                failure = str(error)
                get_logger().error("replay failed", replay_id=replay.replay_id, reason=failure)

    async def _piece(self, replay: Replay, pace: Pace, stop: asyncio.Event) -> Replay | None:
        """Publish the next records; the replay as it is then, None where another process tells it by now."""
        if replay.stopping:
            return await self._end(replay, "stopped", None)
        records, world = await asyncio.to_thread(self._read, replay)
        if not records:
            return await self._end(replay, "finished", None, world)
        at = 0
        current: Replay | None = replay
        due = pace.due(records[0]["simulation_time"])
        while current is not None and at < len(records) and not current.stopping and not stop.is_set():
            now = self._clock.monotonic()
            if due > now + TOGETHER_S:
                await sleep_or_stop(self._clock, min(due - now, LOOK_S), stop)
                if due - self._clock.monotonic() > TOGETHER_S:
                    current = await asyncio.to_thread(self._save, current)
                continue
            first = at
            while at < len(records) and due <= now + TOGETHER_S:
                at += 1
                due = pace.due(records[at]["simulation_time"]) if at < len(records) else due
            current = await self._publish(current, records[first:at])
        return current

    async def _publish(self, replay: Replay, records: Sequence[Told]) -> Replay | None:
        rows = [self._row(replay, replay.told + number, record) for number, record in enumerate(records)]
        await self._producer.publish(outgoing(rows))
        metrics.REPLAYED.inc(len(rows))
        last = records[-1]
        moved = replace(
            replay, told=replay.told + len(rows), at_us=last["simulation_time"], at_event_id=last["event_id"]
        )
        return await asyncio.to_thread(self._save, moved)

    async def _end(
        self, replay: Replay, status: str, reason: str | None, world: Mapping[str, Any] | None = None
    ) -> Replay | None:
        """Say on the topic how it ended, then in the row."""
        if world is None:
            world = await asyncio.to_thread(self._world, replay)
        payload = {"status": status, "told": replay.told} | ({"reason": reason} if reason else {})
        record = {**world, "simulation_time": replay.at_us if replay.at_us is not None else replay.from_us}
        end = self._row(replay, replay.told, record, payload)
        await self._producer.publish(outgoing([end]))
        return await asyncio.to_thread(self._save, replace(replay, status=status, reason=reason))

    def _row(
        self, replay: Replay, position: int, record: Told, end: Mapping[str, Any] | None = None
    ) -> tuple[str, Row]:
        run, branch = record["run_id"], record["branch"]
        topic = END if end is not None else record["topic"]
        return "replay", {
            "event_id": event_id(run, branch, SOURCE, f"replay:{replay.replay_id}", "record.replayed", position),
            "event_type": "record.replayed",
            "run_id": run,
            "branch": branch,
            "simulation_time": record["simulation_time"],
            "world": record["world"],
            "city": record["city"],
            "user_id": record.get("user_id"),
            "source": SOURCE,
            "correlation_id": record.get("event_id"),
            "cause_id": record.get("cause_id"),
            "replay_id": replay.replay_id,
            "replayed_topic": topic,
            "replayed_event_id": record.get("event_id"),
            "position": position,
            "payload": json.dumps(record if end is None else end, separators=(",", ":")),
        }

    # --- in a thread ---

    def _take(self, at_most: int) -> list[Replay]:
        with transaction(self._engine) as cursor:
            return replays.take(cursor, self._teller.holder, self._clock.now_us(), at_most)

    def _release(self) -> None:
        with transaction(self._engine) as cursor:
            replays.release(cursor, self._teller.holder)

    def _save(self, replay: Replay) -> Replay | None:
        with transaction(self._engine) as cursor:
            return replays.advance(cursor, self._teller.holder, replay, self._clock.now_us())

    def _read(self, replay: Replay) -> tuple[list[Told], Mapping[str, Any]]:
        """The next records, and the world they are of."""
        behind = None if replay.at_us is None or replay.at_event_id is None else (replay.at_us, replay.at_event_id)
        with transaction(self._engine, READ_LIMIT_S) as cursor:
            where = Where().equal(scope_id=replay.scope_id, user_id=replay.user_id, venue_id=replay.venue_id)
            where = where.of_kinds(cursor, replay.topics, replay.event_types)
            found = select(cursor, where, Span(replay.from_us, replay.to_us, behind), PIECE)
            world = replays.world(cursor, replay)
            return [{**world, **record} for record in tell(cursor, self._codec, found)], world

    def _world(self, replay: Replay) -> Mapping[str, Any]:
        with transaction(self._engine) as cursor:
            return replays.world(cursor, replay)

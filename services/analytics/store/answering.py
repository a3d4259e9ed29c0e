"""Answers questions from the store, off the fold path: several at once, each within its deadline."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from services.analytics.domain.cells import Scope
from services.analytics.domain.emitting import Row, caused, outgoing
from services.analytics.domain.queries import NotFoundError, RefusedError
from services.analytics.store import replays
from services.analytics.store.database import TooLongError, transaction
from services.analytics.store.host import Condition
from services.analytics.store.old_figures import incomplete, joined
from services.analytics.store.parameters import (
    Figures,
    History,
    Journey,
    Question,
    ReplayList,
    ReplayStart,
    ReplayStop,
    State,
    Story,
    Tastes,
    parse,
)
from services.analytics.store.questions import Questions
from services.analytics.store.story import story
from streamkit import metrics
from streamkit.clock import Clock
from streamkit.codec import Codec
from streamkit.errors import Fatal, Retryable
from streamkit.handlers import OutputPublisher
from streamkit.logs import get_logger

WAITING = 200
"""Questions that wait at most; the next is told so."""
AT_ONCE = 2
"""Questions answered at a time: writing and replays have connections of their own in a pool of four."""
LARGEST_BYTES = 1_500_000
"""Of an answer; a topic takes records of 2 MiB."""
LONGEST_S = 10.0
"""A question takes no longer, whatever its deadline."""
SHARE = 0.5
"""Of the time left, the store's where there is a live answer to fall back on: the rest takes it to who asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the telling that was live when it came, and the live answer where the store adds to one."""

    row: Row
    live: Scope | None
    answer: Mapping[str, Any] | None = None


Answer = Callable[[Questions, Any], Mapping[str, Any]]
ANSWERS: Mapping[str, tuple[type[Question], Answer]] = {
    "history.get": (History, Questions.history),
    "journey.events": (Journey, Questions.journey),
    "preferences.history": (Tastes, Questions.tastes),
    "story.get": (Story, story),
    "aggregate.history": (Figures, Questions.figures),
    "store.state": (State, Questions.state),
    "replay.stop": (ReplayStop, replays.stop),
    "replay.list": (ReplayList, replays.listed),
}
REPLAY_START = "replay.start"
KINDS = (*ANSWERS, REPLAY_START)
"""Kinds that the store answers alone."""


class StoreAnswering:
    """Takes questions from whoever reads `requests` and publishes their replies."""

    def __init__(
        self,
        engine: Engine,
        codec: Codec,
        topics: Sequence[str],
        producer: OutputPublisher,
        clock: Clock,
        condition: Condition,
        replays_at_once: int,
    ) -> None:
        self._engine = engine
        self._codec = codec
        self._topics = topics
        self._producer = producer
        self._clock = clock
        self._condition = condition
        self._replays_at_once = replays_at_once
        self._waiting: asyncio.Queue[Asked] = asyncio.Queue()
        self._open = 0
        self._slots = asyncio.Semaphore(AT_ONCE)

    def offer(self, asked: Asked) -> str | None:
        """Take a question over; why not, where there are too many."""
        if self._open >= WAITING:
            return f"{WAITING} questions to the event store wait already: ask again later"
        self._open += 1
        self._waiting.put_nowait(asked)
        return None

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until told to stop."""
        tasks: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            taking = group.create_task(self._take(group, tasks))
            await stop.wait()
            for task in (taking, *tasks):
                task.cancel()

    async def _take(self, group: asyncio.TaskGroup, tasks: set[asyncio.Task[None]]) -> None:
        while True:
            asked = await self._waiting.get()
            reply = self._reply(asked) if asked.answer is None else self._fall_back(group, tasks, asked, asked.answer)
            _keep(tasks, group.create_task(reply))

    async def _reply(self, asked: Asked) -> None:
        """Ask the store; nobody waits for an answer after the deadline."""
        try:
            said = await self._asked(asked, self._until(asked, 1.0))
            if said is not None:
                await self._say(asked, *said)
        finally:
            self._open -= 1

    async def _fall_back(
        self, group: asyncio.TaskGroup, tasks: set[asyncio.Task[None]], asked: Asked, live: Mapping[str, Any]
    ) -> None:
        """Ask the store for its share of the time, waiting for a slot included; then the live answer goes alone.

        A statement that is not ended by then keeps its slot until it is.
        """
        until = self._until(asked, SHARE)
        said: asyncio.Future[_Said | None] = asyncio.get_running_loop().create_future()

        async def ask() -> None:
            answered = await self._asked(asked, until)
            if not said.done():
                said.set_result(answered)

        try:
            _keep(tasks, group.create_task(ask()))
            await asyncio.wait((said,), timeout=max(until - self._clock.now_us(), 0) / 1e6)
            answered = said.result() if said.done() else None
            said.cancel()
            if self._clock.now_us() < asked.row["deadline"]:
                await self._say(asked, *(answered or _alone(live, "it did not answer in time")))
        finally:
            self._open -= 1

    def _until(self, asked: Asked, share: float) -> int:
        """Microseconds by the clock at which a question ends."""
        now, deadline = self._clock.now_us(), int(asked.row["deadline"])
        return now + round(min(deadline - now, LONGEST_S * 1e6) * share)

    async def _asked(self, asked: Asked, until: int) -> "_Said | None":
        """What the store says; None where it was not its turn in time."""
        async with self._slots:
            left_s = min((until - self._clock.now_us()) / 1e6, LONGEST_S)
            if left_s <= 0:
                return None
            with metrics.STORE_QUESTION_SECONDS.labels(asked.row["kind"]).time():
                return await asyncio.to_thread(self._respond, asked, left_s)

    async def _say(self, asked: Asked, status: str, reason: str | None, payload: str | None) -> None:
        reply = reply_row(asked.row, status, reason, payload, self._clock.now_us())
        await self._producer.publish(outgoing([("replies", reply)]))

    def _respond(self, asked: Asked, left_s: float) -> "_Said":
        if not self._condition.ready:
            return self._without(asked, f"the event store is not ready: {self._condition.reason}")
        try:
            payload = _printed(self._answer(asked, left_s))
        except RefusedError as refused:
            return "rejected", str(refused), None
        except NotFoundError as unknown:
            return "not_found", str(unknown), None
        except TooLongError:
            return self._without(asked, f"it took longer than {left_s:.1f} s: ask for less")
        except (Retryable, Fatal) as error:
            get_logger().warning("a question to the event store failed", kind=asked.row["kind"], reason=str(error))
            return self._without(asked, str(error))
        return "ok", None, payload

    def _answer(self, asked: Asked, left_s: float) -> Mapping[str, Any]:
        kind, parameters = asked.row["kind"], asked.row["parameters"]
        with transaction(self._engine, left_s) as cursor:
            questions = Questions(cursor, self._codec, self._topics, asked.live)
            if asked.answer is not None:
                return joined(questions, asked.answer, parameters)
            if kind == REPLAY_START:
                start = parse(ReplayStart, parameters)
                name = start.replay_id or asked.row["request_id"]
                return replays.start(questions, start, name, self._clock.now_us(), self._replays_at_once)
            question, answer = ANSWERS[kind]
            return answer(questions, parse(question, parameters))

    @staticmethod
    def _without(asked: Asked, reason: str) -> "_Said":
        """The live answer alone where there is one, else why there is none."""
        return ("error", reason, None) if asked.answer is None else _alone(asked.answer, reason)


_Said = tuple[str, str | None, str | None]
"""Status, reason and payload of a reply."""


def _alone(live: Mapping[str, Any], reason: str) -> _Said:
    return "ok", None, json.dumps(incomplete(live, reason), separators=(",", ":"))


def _keep(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _printed(answer: Mapping[str, Any]) -> str:
    payload = json.dumps(answer, separators=(",", ":"))
    if len(payload) > LARGEST_BYTES:
        raise RefusedError(f"limit: the answer has {len(payload)} bytes, more than {LARGEST_BYTES}; ask for less")
    return payload


def reply_row(question: Row, status: str, reason: str | None, payload: str | None, now_us: int) -> Row:
    """Row of ``replies``."""
    return caused(
        question,
        "reply.given",
        user_id=question["user_id"],
        request_id=question["request_id"],
        status=status,
        reason=reason,
        payload=payload,
        wall_time=now_us,
    )

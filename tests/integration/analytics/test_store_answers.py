"""Who answers what: live questions at once, the store's later, and what is said when there is no store."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

from services.analytics.answers import Answering
from services.analytics.domain.cells import Scope
from services.analytics.domain.emitting import Row
from services.analytics.store.answering import WAITING, Asked, StoreAnswering
from services.analytics.store.host import Condition
from streamkit.clock import ManualClock
from streamkit.health import Readiness
from streamkit.identity import hash_id
from streamkit.memory import MemoryLog
from streamkit.testing import MemoryProducer, eventually
from tests.integration.analytics.stored import CATALOGUE, CODEC, START, TOPICS, Store, views
from tests.integration.analytics.test_store import closed
from tests.unit.analytics.city import COMMON, MINUTE, state_changed

NOW = 5_000_000_000_000


def asked(kind: str, seconds: float = 5.0, **parameters: object) -> Row:
    """A question as it comes from the topic."""
    return {
        **COMMON,
        "source": "gateway",
        "event_id": hash_id(kind, str(parameters)),
        "event_type": "request.made",
        "simulation_time": START,
        "user_id": None,
        "cause_id": None,
        "request_id": kind,
        "owner": "analytics",
        "kind": kind,
        "parameters": json.dumps(parameters),
        "deadline": NOW + round(seconds * 1e6),
    }


def frame(*questions: Row) -> pl.DataFrame:
    return pl.DataFrame([dict(one) for one in questions])


class Desk:
    """Answers of one store, as they arrive on the topic."""

    def __init__(self, store: Store) -> None:
        self.log = MemoryLog(CATALOGUE, CODEC)
        self.condition = Condition(Readiness())
        self.condition.well()
        self.clock = ManualClock(NOW)
        self.store = StoreAnswering(
            store.engine, CODEC, TOPICS, MemoryProducer(self.log), self.clock, self.condition, 2
        )

    def replies(self) -> list[dict[str, Any]]:
        return CODEC.decode("replies", self.log.raw("replies").values).frame.to_dicts()

    async def answered(self, *questions: Asked) -> list[Mapping[str, Any]]:
        """Replies once there is one for each."""
        stop = asyncio.Event()
        running = asyncio.create_task(self.store.run(stop))
        for one in questions:
            assert self.store.offer(one) is None
        await eventually(lambda: len(self.replies()) == len(questions))
        stop.set()
        await running
        return sorted(self.replies(), key=lambda one: str(one["request_id"]))


@pytest.mark.postgres
async def test_good_and_bad_questions_are_answered_each(store: Store) -> None:
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    store.add("user_actions", views(5))
    desk = Desk(store)
    good, bad, unknown = await desk.answered(
        Asked(asked("history.get", topic="user_actions"), Scope("run", 0)),
        Asked(asked("journey.events"), Scope("run", 0)),
        Asked(asked("story.get", event_id="nobody"), Scope("run", 0)),
    )
    assert (good["status"], len(json.loads(good["payload"])["events"])) == ("ok", 5)
    assert (bad["status"], bad["reason"]) == ("rejected", "user_id: Field required")
    assert (unknown["status"], unknown["reason"]) == ("not_found", "no event nobody is stored")


LIVE: Mapping[str, Any] = {
    "group_by": "minute", "from": 0, "to": 2 * MINUTE, "buckets": [{"start": MINUTE, "events": 1}],
    "total": {"events": 1, "by_type": {}, "registered_users": 1, "sessions": 0, "invites": 0, "bookings": 0},
    "complete": False, "figures_from": MINUTE, "reason": "forgotten",
}  # fmt: skip
LIVES = Scope("run", 0)


def payload(reply: Mapping[str, Any]) -> Any:
    assert reply["status"] == "ok"
    return json.loads(reply["payload"])


@pytest.mark.postgres
async def test_while_the_database_is_away_the_answer_says_so(store: Store) -> None:
    desk = Desk(store)
    desk.condition.suffers("connection refused")
    without, alone = await desk.answered(Asked(asked("a"), None), Asked(asked("b"), LIVES, LIVE))
    reason = "the event store is not ready: connection refused"
    assert (without["status"], without["reason"]) == ("error", reason)
    assert payload(alone)["buckets"] == LIVE["buckets"]
    assert not payload(alone)["complete"]
    assert payload(alone)["reason"].endswith(reason)


@pytest.mark.postgres
async def test_a_slow_database_leaves_the_live_answers_half_of_their_time(store: Store) -> None:
    """Whatever waits before them: two questions of the store's own have its two slots, for four seconds."""
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    desk = Desk(store)
    slow = [Asked(asked("history.get", 4.0), LIVES), Asked(asked("replay.list", 4.0), LIVES)]
    quick = [Asked({**asked("aggregate.get", 2.0), "request_id": f"live{number}"}, LIVES, LIVE) for number in (1, 2)]
    began = time.monotonic()
    with store.engine.begin() as holding:
        for table in ("events", "scopes", "kinds", "replays", "aggregates"):
            holding.execute(text(f"LOCK TABLE analytics.{table} IN ACCESS EXCLUSIVE MODE"))
        stop = asyncio.Event()
        running = asyncio.create_task(desk.store.run(stop))
        for one in (*slow, *quick):
            assert desk.store.offer(one) is None
        await eventually(lambda: len(desk.replies()) == len(quick))
        took = time.monotonic() - began
    stop.set()
    await running
    assert {one["request_id"] for one in desk.replies()} >= {"live1", "live2"}
    assert 0.9 < took < 1.6
    assert all(not payload(one)["complete"] for one in desk.replies() if one["request_id"].startswith("live"))


@pytest.mark.postgres
async def test_a_question_whose_deadline_has_passed_is_not_answered(store: Store) -> None:
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    desk = Desk(store)
    assert desk.store.offer(Asked(asked("store.state", seconds=-1), None)) is None
    (reply,) = await desk.answered(Asked(asked("replay.list"), None))
    assert reply["request_id"] == "replay.list"


@pytest.mark.postgres
async def test_a_live_answer_gets_its_old_buckets_on_the_way(store: Store) -> None:
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    store.add("system_metrics", [closed(0, 7)])
    (reply,) = await Desk(store).answered(Asked(asked("aggregate.get"), LIVES, LIVE))
    assert [one["events"] for one in payload(reply)["buckets"]] == [7, 1]
    assert payload(reply)["complete"]


@pytest.mark.postgres
def test_too_many_questions_are_refused_not_queued(store: Store) -> None:
    desk = Desk(store)
    answering = Answering(desk.clock, desk.store)
    question = asked("history.get")
    assert list(answering.answer(None, frame(*[question] * WAITING))) == []
    ((topic, reply),) = answering.answer(None, frame(question))
    assert (topic, reply["status"]) == ("replies", "error")
    assert "wait already" in reply["reason"]


def test_without_a_store_its_questions_are_answered_with_the_reason() -> None:
    ((_, reply),) = Answering(ManualClock(NOW)).answer(None, frame(asked("history.get")))
    assert (reply["status"], reply["reason"]) == (
        "error",
        "the event store is switched off here (LUNA_STORE__ENABLED)",
    )

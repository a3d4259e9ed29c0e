"""Replays as rows: asked for, told piece by piece by whoever holds them, stopped. A row outlives asker and teller."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from psycopg import Cursor

from services.analytics.domain.queries import NotFoundError, RefusedError
from services.analytics.store.parameters import ReplayList, ReplayStart, ReplayStop
from services.analytics.store.questions import Questions

LISTED = 100
"""Replays that a list has at most, and that are remembered once they are over."""
LEASE_US = 10_000_000
"""Wall time after which a replay whose teller says nothing is taken over by another."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay: what is told, and how far it is. A speed of 0 is as fast as possible."""

    replay_id: str
    scope_id: int
    topics: list[str]
    event_types: list[str] | None
    user_id: str | None
    venue_id: str | None
    from_us: int
    to_us: int
    speed: float
    status: str
    stopping: bool
    told: int
    at_us: int | None
    at_event_id: str | None
    reason: str | None


_COLUMNS = ", ".join(one.name for one in fields(Replay))
_ASKED = ("scope_id", "topics", "event_types", "user_id", "venue_id", "from_us", "to_us", "speed")


def start(questions: Questions, question: ReplayStart, replay_id: str, now_us: int, at_once: int) -> Mapping[str, Any]:
    """``replay.start``.

    Raises:
        RefusedError: the id names another replay, a topic is not stored, or too many run.

    """
    cursor = questions.cursor
    cursor.execute("LOCK TABLE analytics.replays IN SHARE ROW EXCLUSIVE MODE")  # starts are counted one by one
    known = questions.topics
    topics = sorted(question.topics or known)
    unknown = next((topic for topic in topics if topic not in known), None)
    if unknown is not None:
        raise RefusedError(f"topics: {unknown!r} is not stored; stored are {', '.join(sorted(known))}")
    asked = {
        "scope_id": questions.scope(question)[1],
        "topics": topics,
        "event_types": list(question.event_types) if question.event_types else None,
        "user_id": question.user_id,
        "venue_id": question.venue_id,
        "from_us": question.from_,
        "to_us": question.to,
        "speed": 0.0 if question.speed == "max" else float(question.speed),
    }
    found = _find(cursor, replay_id)
    if found is not None:
        if any(getattr(found, name) != asked[name] for name in _ASKED):
            raise RefusedError(f"replay_id: there is a replay {replay_id!r} of something else")
        return printed(found)
    cursor.execute("SELECT replay_id FROM analytics.replays WHERE status = 'running' ORDER BY asked_us")
    running = [name for (name,) in cursor]
    if len(running) >= at_once:
        raise RefusedError(f"{at_once} replays run already, no more do at once: {', '.join(running)}")
    cursor.execute(
        f"INSERT INTO analytics.replays (replay_id, {', '.join(_ASKED)}, asked_us, status)"  # noqa: S608 - words of ours
        f" VALUES (%s, {', '.join(['%s'] * len(_ASKED))}, %s, 'running')",
        (replay_id, *asked.values(), now_us),
    )
    cursor.execute(
        "DELETE FROM analytics.replays WHERE status <> 'running' AND replay_id NOT IN"
        " (SELECT replay_id FROM analytics.replays ORDER BY asked_us DESC LIMIT %s)",
        (LISTED,),
    )
    return printed(_known(cursor, replay_id))


def stop(questions: Questions, question: ReplayStop) -> Mapping[str, Any]:
    """``replay.stop``: its teller notices within a second, or takes it over to end it."""
    cursor = questions.cursor
    cursor.execute(
        "UPDATE analytics.replays SET stopping = true WHERE replay_id = %s AND status = 'running'",
        (question.replay_id,),
    )
    return printed(_known(cursor, question.replay_id))


def listed(questions: Questions, question: ReplayList) -> Mapping[str, Any]:
    """``replay.list``."""
    del question
    cursor = questions.cursor
    cursor.execute(
        f"SELECT {_COLUMNS} FROM analytics.replays ORDER BY asked_us DESC, replay_id LIMIT %s",  # noqa: S608 - words of ours
        (LISTED,),
    )
    return {"replays": [printed(Replay(*row)) for row in cursor]}


def take(cursor: Cursor[Any], holder: str, now_us: int, at_most: int) -> list[Replay]:
    """Replays that nobody tells, now held by ``holder``."""
    cursor.execute(
        "UPDATE analytics.replays SET held_by = %s, held_until_us = %s WHERE replay_id IN (SELECT replay_id"  # noqa: S608 - words of ours
        " FROM analytics.replays WHERE status = 'running' AND held_until_us < %s ORDER BY asked_us"
        f" FOR UPDATE SKIP LOCKED LIMIT %s) RETURNING {_COLUMNS}",
        (holder, now_us + LEASE_US, now_us, at_most),
    )
    return [Replay(*row) for row in cursor]


def advance(cursor: Cursor[Any], holder: str, replay: Replay, now_us: int) -> Replay | None:
    """Save how far a replay is; as it stands now, with the wish to stop it, or None where it is another's by now."""
    cursor.execute(
        "UPDATE analytics.replays SET told = %s, at_us = %s, at_event_id = %s, status = %s, reason = %s,"  # noqa: S608 - words of ours
        f" held_until_us = %s WHERE replay_id = %s AND held_by = %s RETURNING {_COLUMNS}",
        (
            replay.told, replay.at_us, replay.at_event_id, replay.status, replay.reason,
            now_us + LEASE_US, replay.replay_id, holder,
        ),
    )  # fmt: skip
    row = cursor.fetchone()
    return None if row is None else Replay(*row)


def release(cursor: Cursor[Any], holder: str) -> None:
    """Give back what a process that ends holds, so that another goes on at once."""
    cursor.execute(
        "UPDATE analytics.replays SET held_until_us = 0 WHERE held_by = %s AND status = 'running'", (holder,)
    )


def printed(replay: Replay) -> Mapping[str, Any]:
    """A replay as answers have it."""
    return {
        "replay_id": replay.replay_id,
        "status": replay.status,
        "topics": replay.topics,
        "from": replay.from_us,
        "to": replay.to_us,
        "speed": replay.speed or "max",
        "event_types": replay.event_types,
        "user_id": replay.user_id,
        "venue_id": replay.venue_id,
        "told": replay.told,
        "at": replay.at_us,
        "reason": replay.reason,
    }


def _find(cursor: Cursor[Any], replay_id: str) -> Replay | None:
    cursor.execute(f"SELECT {_COLUMNS} FROM analytics.replays WHERE replay_id = %s", (replay_id,))  # noqa: S608 - words of ours
    row = cursor.fetchone()
    return None if row is None else Replay(*row)


def _known(cursor: Cursor[Any], replay_id: str) -> Replay:
    found = _find(cursor, replay_id)
    if found is None:
        raise NotFoundError(f"there is no replay {replay_id!r}")
    return found


def world(cursor: Cursor[Any], replay: Replay) -> Mapping[str, Any]:
    """Common columns of the telling that a replay is of."""
    cursor.execute("SELECT run_id, branch, world, city FROM analytics.scopes WHERE scope_id = %s", (replay.scope_id,))
    run_id, branch, name, city = cursor.fetchone() or ("", 0, "", "")
    return {"run_id": run_id, "branch": branch, "world": name, "city": city}

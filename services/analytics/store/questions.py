"""What can be asked of the store: history, journeys, tastes, stories, figures of closed windows, what is held."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from psycopg import Cursor

from services.analytics.domain.cells import Scope
from services.analytics.domain.questions.asking import MAX_BUCKETS, NotFoundError, RefusedError
from services.analytics.store import names, windows
from services.analytics.store.days import sizes
from services.analytics.store.parameters import (
    Figures,
    History,
    Journey,
    Paged,
    Question,
    State,
    Tastes,
    print_cursor,
    read_cursor,
)
from services.analytics.store.records import Found, Span, Told, Where, select, tell
from services.analytics.store.writer import positions_of
from streamkit.codec import Codec

PARTS = {
    "user_actions": "action",
    "social_interactions": "social",
    "bookings": "booking",
    "recommendations": "recommendation",
    "journeys": "milestone",
    "preferences": "taste",
}
"""Topics that are about a person, and what they are of a journey."""
RECEIVED = ("invite.sent", "friend.requested")
"""What somebody else does to a person."""
_COMMON = frozenset(
    {
        "topic", "partition", "offset", "event_id", "event_type", "run_id", "branch", "simulation_time", "world",
        "city", "user_id", "source", "correlation_id", "cause_id",
        "schema_id",
    }
)  # fmt: skip
_TASTE = "taste_"


class Questions:
    """Answers within one transaction; ``live`` is the telling that a question is about unless it says another.

    ``topics`` are those that are stored.
    """

    def __init__(self, cursor: Cursor[Any], codec: Codec, topics: Sequence[str], live: Scope | None) -> None:
        self.cursor = cursor
        self.codec = codec
        self.topics = topics
        self._live = live

    def scope(self, question: Question) -> tuple[Scope, int]:
        """The telling that a question is about, and its number.

        Raises:
            NotFoundError: nothing of it is stored.

        """
        scope = self._live or names.newest(self.cursor)
        if question.run_id is not None and question.branch is not None:
            scope = Scope(question.run_id, question.branch)
        if scope is None:
            raise NotFoundError("no telling of any run is stored yet")
        number = names.number_of(self.cursor, scope)
        if number is None:
            raise NotFoundError(f"nothing of run {scope.run_id}, branch {scope.branch} is stored")
        return scope, number

    def history(self, question: History) -> Mapping[str, Any]:
        """``history.get``."""
        scope, number = self.scope(question)
        where = Where().equal(
            scope_id=number,
            user_id=question.user_id,
            venue_id=question.venue_id,
            booking_id=question.booking_id,
            cause_id=question.cause_id,
        )
        found, cursor = self._page(question, where.of_kinds(self.cursor, question.topic, question.event_type))
        return _told_of(scope) | {"events": self.told(found), "next_cursor": cursor}

    def journey(self, question: Journey) -> Mapping[str, Any]:
        """``journey.events``."""
        scope, number = self.scope(question)
        own = Where().equal(scope_id=number, user_id=question.user_id).of_kinds(self.cursor, tuple(PARTS), None)
        other = Where().equal(scope_id=number, other_user_id=question.user_id).of_kinds(self.cursor, None, RECEIVED)
        found, cursor = self._page(question, own, other)
        events = [{"part": _part(record, question.user_id), **record} for record in self.told(found)]
        return {"user_id": question.user_id} | _told_of(scope) | {"events": events, "next_cursor": cursor}

    def tastes(self, question: Tastes) -> Mapping[str, Any]:
        """``preferences.history``."""
        scope, number = self.scope(question)
        where = Where().equal(scope_id=number, user_id=question.user_id)
        found, cursor = self._page(question, where.of_kinds(self.cursor, ("preferences",), None))
        versions = [_version(record) for record in self.told(found)]
        return {"user_id": question.user_id} | _told_of(scope) | {"versions": versions, "next_cursor": cursor}

    def figures(self, question: Figures) -> Mapping[str, Any]:
        """``aggregate.history``; the range is widened to whole windows."""
        scope, number = self.scope(question)
        width = windows.WIDTHS[question.group_by]
        start, end = question.from_ - question.from_ % width, question.to + -question.to % width
        if (end - start) // width > MAX_BUCKETS:
            raise RefusedError(f"group_by {question.group_by} over this range: more than {MAX_BUCKETS} buckets")
        buckets: dict[int, list[Mapping[str, Any]]] = {}
        for row in windows.figures(self.cursor, number, width, start, end).iter_rows(named=True):
            if question.metric is not None and row["metric"] not in question.metric:
                continue
            if question.dimension is not None and row["dimension"] != question.dimension:
                continue
            at = row.pop("start_us")
            dimensions = {name: row[name] or None for name in ("dimension", "dimension_value")}
            buckets.setdefault(at, []).append(row | dimensions)
        told = [{"start": at, "end": at + width, "figures": figures} for at, figures in buckets.items()]
        return _told_of(scope) | {"group_by": question.group_by, "from": start, "to": end, "buckets": told}

    def state(self, question: State) -> Mapping[str, Any]:
        """``store.state``."""
        del question
        days = sizes(self.cursor)
        return {
            "enabled": True,
            "ready": True,
            "reason": None,
            "days": [{"day": _date(day.day), "events": day.events, "bytes": day.size} for day in days],
            "events": sum(day.events for day in days),
            "bytes": sum(day.size for day in days),
            "positions": {f"{topic}:{part}": at for (topic, part), at in sorted(positions_of(self.cursor).items())},
        }

    def told(self, found: Sequence[Found]) -> list[Told]:
        """Records as they were on their topics, each with the id of the schema it was written by."""
        told = tell(self.cursor, self.codec, found)
        return [{**record, "schema_id": _schema_id(one.body)} for one, record in zip(found, told, strict=True)]

    def _page(self, question: Paged, *where: Where) -> tuple[list[Found], str | None]:
        """The next records of any of the conditions, in order, and the cursor behind them."""
        backward = question.order == "desc"
        span = Span(question.from_, question.to, read_cursor(question), backward)
        found = {
            (one.simulation_us, one.event_id): one
            for condition in where
            for one in select(self.cursor, condition, span, question.limit + 1)
        }
        in_order = [found[key] for key in sorted(found, reverse=backward)]
        page = in_order[: question.limit]
        more = len(in_order) > question.limit
        return page, print_cursor(question, page[-1].simulation_us, page[-1].event_id) if more else None


def _schema_id(body: bytes) -> int:
    """Of a value on the wire: a zero byte, then four of the id."""
    return int.from_bytes(body[1:5], "big")


def _told_of(scope: Scope) -> dict[str, Any]:
    return {"run_id": scope.run_id, "branch": scope.branch}


def _part(record: Told, user_id: str) -> str:
    return PARTS[record["topic"]] if record.get("user_id") == user_id else "received"


def _version(record: Told) -> Mapping[str, Any]:
    tastes = {name.removeprefix(_TASTE): value for name, value in record.items() if name.startswith(_TASTE)}
    rest = {name: value for name, value in record.items() if name not in _COMMON and not name.startswith(_TASTE)}
    return {
        "event_id": record["event_id"],
        "simulation_time": record["simulation_time"],
        "tastes": tastes,
        "reason": None,
        "shift": None,
        **rest,
    }


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))

"""The story of one event: what led to it and what came of it, by correlation and by booking, bounded."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.analytics.domain.cells import Scope
from services.analytics.domain.queries import NotFoundError
from services.analytics.store import names
from services.analytics.store.parameters import Story
from services.analytics.store.questions import Questions
from services.analytics.store.records import Found, Told, Where, of_events


def story(questions: Questions, question: Story) -> Mapping[str, Any]:
    """Events in order of time, each with its distance from the one asked about and how it was found.

    Raises:
        NotFoundError: no such event is stored.

    """
    where = Where().also("e.event_id = ANY(%s)", [question.event_id])
    if question.run_id is not None:
        where = where.equal(scope_id=questions.scope(question)[1])
    asked = of_events(questions.cursor, where, 1)
    if not asked:
        raise NotFoundError(f"no event {question.event_id} is stored")
    told = _Told(questions, question.limit)
    told.add(asked, 0, "asked")
    root = _upwards(told, questions, question)
    _downwards(told, questions, question)
    if not told.full:
        _same_booking(told, questions)
    events = sorted(told.events.values(), key=lambda one: (one["simulation_time"], one["depth"], one["event_id"]))
    return {"event_id": question.event_id, "root": root, "events": events, "truncated": told.full or told.cut}


class _Told:
    """Events found so far."""

    def __init__(self, questions: Questions, limit: int) -> None:
        self._questions = questions
        self._limit = limit
        self.events: dict[str, Told] = {}
        self.full = False
        """Whether there are more than fit."""
        self.cut = False
        """Whether the chain goes on beyond the depth asked for."""

    @property
    def room(self) -> int:
        """How many more may be found; one more than fits shows that there are more."""
        return self._limit - len(self.events) + 1

    def add(self, found: Sequence[Found], depth: int, relation: str) -> list[Told]:
        """Take in what is new; those."""
        new = [one for one in found if one.event_id not in self.events]
        if len(new) > self._limit - len(self.events):
            new, self.full = new[: self._limit - len(self.events)], True
        added = [{"depth": depth, "relation": relation, **one} for one in self._questions.told(new)]
        self.events |= {one["event_id"]: one for one in added}
        return added


def _upwards(told: _Told, questions: Questions, question: Story) -> str:
    """Follow the correlation up; the first event of the chain."""
    one = told.events[question.event_id]
    for depth in range(1, question.depth + 1):
        before = one.get("correlation_id")
        if before is None or before in told.events or told.full:
            return str(one["event_id"])
        found = of_events(questions.cursor, Where().also("e.event_id = %s", before), 1)
        added = told.add(found, -depth, "led_to_it")
        if not added:  # it lies before the oldest day kept, or was no event of the city
            return str(one["event_id"])
        one = added[0]
    told.cut = one.get("correlation_id") is not None
    return str(one["event_id"])


def _downwards(told: _Told, questions: Questions, question: Story) -> None:
    """Everything that names these as what led to it, level by level."""
    level = [question.event_id]
    for depth in range(1, question.depth + 1):
        if not level or told.full:
            return
        found = of_events(questions.cursor, Where().also("e.correlation_id = ANY(%s)", level), told.room)
        level = [one["event_id"] for one in told.add(found, depth, "came_of_it")]
    told.cut = told.cut or bool(level)


def _same_booking(told: _Told, questions: Questions) -> None:
    """The rest of the bookings that the story is about: visits name their booking."""
    bookings = sorted({one["booking_id"] for one in told.events.values() if "booking_id" in one})
    if bookings:
        asked = next(iter(told.events.values()))
        number = names.number_of(questions.cursor, Scope(asked["run_id"], asked["branch"]))
        where = Where().equal(scope_id=number).also("e.booking_id = ANY(%s)", bookings)
        told.add(of_events(questions.cursor, where, told.room), 0, "same_booking")

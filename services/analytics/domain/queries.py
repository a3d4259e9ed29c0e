"""Answers to questions from the live state. A bad question is refused with a reason, never answered approximately."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.analytics.domain.branches import BranchState
from services.analytics.domain.journeys import STAGES
from services.analytics.domain.minutes import MINUTE_US, Minute

MAX_BUCKETS = 1_500
"""Buckets of one answer: a day of minutes, and some."""

_RANGE_MINUTES = {"1h": 60, "24h": 1_440, "7d": 10_080, "30d": 43_200}
_GROUP_MINUTES = {"minute": 1, "hour": 60, "day": 1_440}


class RefusedError(Exception):
    """The question is bad; the message says what about it."""


class NotFoundError(Exception):
    """The question is good, but nobody knows what it is about."""


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JourneyQuestion(_Question):
    """``journey.get``."""

    user_id: str = Field(min_length=1)


class AggregateQuestion(_Question):
    """``aggregate.get``: the last so much simulated time, by bucket."""

    time_range: Literal["1h", "24h", "7d", "30d"] = "1h"
    group_by: Literal["minute", "hour", "day"] = "minute"


class TopQuestion(_Question):
    """``top.get``."""

    what: Literal["venues", "booked_venues", "visited_venues", "users", "event_types"] = "venues"
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class FunnelQuestion(_Question):
    """``funnel.get``."""


Asked = TypeVar("Asked", bound=_Question)


def journey(state: BranchState, question: JourneyQuestion) -> Mapping[str, Any]:
    """Milestones in the order they were reached, stage, and tastes."""
    found = state.journeys.of(question.user_id)
    if found is None:
        raise NotFoundError(f"no event of user {question.user_id} has been seen")
    milestones = sorted(found.milestones.items(), key=lambda item: (item[1][0], item[0]))
    return {
        "user_id": question.user_id,
        "stage": STAGES[max(found.stages)] if found.stages else None,
        "visits": found.visits,
        "milestones": [{"milestone": name, "time": time, "venue_id": venue} for name, (time, venue) in milestones],
        "tastes": state.preferences.of(question.user_id),
    }


def aggregate(state: BranchState, question: AggregateQuestion) -> Mapping[str, Any]:
    """Counts of each bucket up to the newest minute seen; buckets without events are left out."""
    width = _GROUP_MINUTES[question.group_by]
    span = _RANGE_MINUTES[question.time_range]
    if span // width > MAX_BUCKETS:
        raise RefusedError(f"group_by {question.group_by} over {question.time_range}: more than {MAX_BUCKETS} buckets")
    end = state.minutes.newest() + 1
    buckets: dict[int, Minute] = {}
    for minute, partial in state.minutes.between(end - span, end):
        bucket = buckets.setdefault(minute // width, Minute())
        bucket.events.update(partial.events)
        bucket.users |= partial.users
    return {"group_by": question.group_by, "buckets": [_bucket(at * width, part) for at, part in buckets.items()]}


def _bucket(minute: int, content: Minute) -> Mapping[str, Any]:
    types: dict[str, int] = {}
    topics: dict[str, int] = {}
    for (topic, event_type), count in sorted(content.events.items()):
        types[event_type] = types.get(event_type, 0) + count
        topics[topic] = topics.get(topic, 0) + count
    return {
        "start": minute * MINUTE_US,
        "events": content.events.total(),
        "active_users": len(content.users),
        "by_topic": topics,
        "by_type": types,
    }


_VENUE_RANKINGS = {"venues": "venue.viewed", "booked_venues": "booking.requested", "visited_venues": "visit.started"}


def top(state: BranchState, question: TopQuestion) -> Mapping[str, Any]:
    """The most frequent of a kind, most first."""
    if question.what == "users":
        ranked = state.journeys.most_visits(question.limit)
    elif question.what == "event_types":
        totals = state.minutes.totals()
        ranked = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))[: question.limit]
    else:
        ranked = state.popularity.top(_VENUE_RANKINGS[question.what], question.limit)
    items = []
    for name, count in ranked:
        venue = state.venues.get(name)
        items.append({"id": name, "name": venue.name if venue else None, "count": count})
    return {"what": question.what, "items": items}


def funnel(state: BranchState, _question: FunnelQuestion) -> Mapping[str, Any]:
    """People at each step, and the share of them that came from the step before."""
    steps = state.journeys.funnel()
    counts = list(steps.values())
    before = [None, *counts[:-1]]
    return {
        "steps": [
            {"step": step, "users": count, "conversion": round(count / previous, 4) if previous else None}
            for (step, count), previous in zip(steps.items(), before, strict=True)
        ]
    }


_ANSWERS: Mapping[str, tuple[type[_Question], Callable[[BranchState, Any], Mapping[str, Any]]]] = {
    "journey.get": (JourneyQuestion, journey),
    "aggregate.get": (AggregateQuestion, aggregate),
    "top.get": (TopQuestion, top),
    "funnel.get": (FunnelQuestion, funnel),
}


def answer(state: BranchState | None, kind: str, parameters: str | None) -> Mapping[str, Any]:
    """The answer to a question of some kind, its arguments as a JSON object.

    Raises:
        RefusedError: unknown kind, arguments that are not JSON or not what the kind takes, nothing running yet.
        NotFoundError: good question about something unknown.

    """
    if kind not in _ANSWERS:
        raise RefusedError(f"unknown kind {kind!r}; known are {', '.join(_ANSWERS)}")
    if state is None:
        raise RefusedError("no branch is live yet")
    question, respond = _ANSWERS[kind]
    return respond(state, _parse(question, parameters))


def _parse(question: type[Asked], parameters: str | None) -> Asked:
    try:
        content = json.loads(parameters or "{}")
    except ValueError as error:
        raise RefusedError(f"parameters are not JSON: {error}") from error
    try:
        return question.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "parameters"
        raise RefusedError(f"{field}: {first['msg']}") from error

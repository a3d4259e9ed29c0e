"""Answers to questions from the live state. A bad question is refused with a reason, never answered approximately."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from services.analytics.domain.branches import BranchState
from services.analytics.domain.questions.aggregate import AggregateQuestion, aggregate
from services.analytics.domain.questions.asking import NotFoundError, Question, RefusedError
from services.analytics.domain.questions.funnel import FunnelQuestion, funnel
from services.analytics.domain.questions.heatmap import HeatmapQuestion, heatmap
from services.analytics.domain.questions.realtime import RealtimeQuestion, realtime
from services.analytics.domain.questions.top import TopQuestion, top
from services.analytics.domain.taste_questions import PreferencesQuestion, tastes_of

__all__ = ["NotFoundError", "RefusedError", "answer"]


class JourneyQuestion(Question):
    """``journey.get``."""

    user_id: str = Field(min_length=1)


Asked = TypeVar("Asked", bound=BaseModel)


def journey(state: BranchState, question: JourneyQuestion) -> Mapping[str, Any]:
    """Milestones in the order they were reached, stage, and tastes."""
    found = state.journeys.of(question.user_id)
    if found is None:
        raise NotFoundError(f"no event of user {question.user_id} has been seen")
    return {
        "user_id": question.user_id,
        "stage": found.stage,
        "lifecycle": found.lifecycle,
        "quiet_spells": found.spells,
        "visits": found.visits,
        "milestones": list(found.reached()),
        "tastes": state.preferences.tastes(question.user_id),
    }


def preferences(state: BranchState, question: PreferencesQuestion) -> Mapping[str, Any]:
    """Tastes of one person with what moved them last."""
    found = tastes_of(state.preferences, question, state.place.simulation_time)
    if found is None:
        raise NotFoundError(f"nothing has been learned of user {question.user_id}")
    return found


_ANSWERS: Mapping[str, tuple[type[BaseModel], Callable[[BranchState, Any], Mapping[str, Any]]]] = {
    "journey.get": (JourneyQuestion, journey),
    "realtime.get": (RealtimeQuestion, realtime),
    "aggregate.get": (AggregateQuestion, aggregate),
    "top.get": (TopQuestion, top),
    "funnel.get": (FunnelQuestion, funnel),
    "heatmap.get": (HeatmapQuestion, heatmap),
    "preferences.get": (PreferencesQuestion, preferences),
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

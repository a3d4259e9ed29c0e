"""Why a person is likely to do what, and what led to an event."""

from typing import Annotated, Any

from fastapi import Query

from services.gateway.api.answers import journeys as told
from services.gateway.api.asking import ask_events
from services.gateway.api.context import EventId, InContext, Json, Reader, UserId, answers
from services.gateway.api.people import known_user
from services.gateway.api.resource import Resource
from services.gateway.api.simulation import give
from services.gateway.api.times import in_utc
from services.gateway.commands import Anything
from services.gateway.moments import Moment

router = Resource(prefix="/admin", tags=["explanations"])


@router.get("/explain/{user_id}", responses=answers(told.Explanation, told.EXPLAINED, 401, 403, 404, 409, 503, 504))
async def explain(
    user_id: UserId,
    context: InContext,
    caller: Reader,
    time: Annotated[Moment | None, Query(description="Simulated time; now by default")] = None,
) -> Json:
    """Probabilities of a person's actions: base, what changes them and by how much, result; by the simulator."""
    known_user(context, user_id)
    arguments: dict[str, Any] = {"user_id": user_id}
    if time is not None:
        arguments["time"] = in_utc(time, "query.time")
    return await give(context, "explain", Anything(**arguments), caller, result_only=True)


@router.get("/events/{event_id}/story", responses=answers(told.Story, told.STORY, 404, 409, 503, 504))
async def tell_story(
    event_id: EventId,
    context: InContext,
    depth: Annotated[int, Query(ge=1, le=50, description="Steps up and down")] = 20,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Json:
    """What led to an event and what it led to: request, outcome, visit, review; from the event store."""
    asked = {"event_id": event_id, "depth": depth, "limit": limit}
    return Json(await ask_events(context, "story.get", event_id, asked))

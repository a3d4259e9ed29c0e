"""Recommendations: the latest from the topic, or made now by the recommender."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.gateway.api.answers import recommendations as told
from services.gateway.api.context import Context, Controller, InContext, Json, UserId, answered, answers
from services.gateway.api.people import known_user
from services.gateway.api.resource import Resource
from services.gateway.api.times import in_utc
from services.gateway.api.venues import known_venue
from services.gateway.commands import Arguments
from services.gateway.moments import Moment
from services.gateway.state.filters import Filters

Limit = Annotated[int, Query(ge=1, le=50)]
_LATEST = 20


class Interest(Arguments):
    """A venue someone wants to visit, and when."""

    venue_id: str = Field(pattern=r"^v\d{5}$", examples=["v00012"])
    preferred_time: Moment | None = None


router = Resource(prefix="/recommendations", tags=["recommendations"])


@router.get("/group/{user_ids}", responses=answers(list[told.GroupPick], told.GROUP_PICKS, 404, 503, 504))
async def recommend_for_group(
    user_ids: Annotated[str, Path(pattern=r"^u\d{7}(,u\d{7}){0,19}$", examples=["u0000001,u0000002"])],
    context: InContext,
    limit: Limit = 5,
) -> Json:
    """Venues that suit several people, near their centre."""
    ids = user_ids.split(",")
    for user_id in ids:
        known_user(context, user_id)
    return Json(await _ask(context, "recommendations.group", ids[0], {"user_ids": ids, "limit": limit}))


@router.get("/{user_id}", responses=answers(told.LatestRecommendations, told.LATEST, 404))
async def latest_recommendations(user_id: UserId, context: InContext, limit: Limit = _LATEST) -> Json:
    """What was recommended to a person last, as the city saw it."""
    known_user(context, user_id)
    filters = Filters(event_types=frozenset({"recommendation.generated"}), user_id=user_id)
    page = context.ledger.city.history["recommendations"].newest(filters, limit)
    found = [row for chunk in page.chunks for row in context.records.rows(chunk)]
    return Json({"user_id": user_id, "recommendations": found})


@router.get("/{user_id}/venues", responses=answers(list[told.VenuePick], told.VENUE_PICKS, 404, 503, 504))
async def recommend_venues(
    user_id: UserId,
    context: InContext,
    limit: Limit = 5,
    radius_km: Annotated[float | None, Query(gt=0, le=100)] = None,
) -> Json:
    """Venues for a person, scored now, with reasons."""
    known_user(context, user_id)
    arguments: dict[str, object] = {"user_id": user_id, "limit": limit}
    if radius_km is not None:
        arguments["radius_km"] = radius_km
    return Json(await _ask(context, "recommendations.venues", user_id, arguments))


@router.get("/{user_id}/people", responses=answers(list[told.PersonMatch], told.PERSON_MATCHES, 404, 503, 504))
async def recommend_people(user_id: UserId, context: InContext, limit: Limit = 5) -> Json:
    """People whom a person would get on with."""
    known_user(context, user_id)
    return Json(await _ask(context, "recommendations.people", user_id, {"user_id": user_id, "limit": limit}))


@router.post("/{user_id}/interest", responses=answers(told.InterestTaken, told.INTEREST, 401, 403, 404, 409, 503, 504))
async def express_interest(user_id: UserId, body: Interest, context: InContext, _: Controller) -> Json:
    """Say that a person would like to visit a venue."""
    known_user(context, user_id)
    known_venue(context, body.venue_id)
    at = body.preferred_time
    preferred = None if at is None else in_utc(at, "body.preferred_time")
    arguments = {"user_id": user_id, "venue_id": body.venue_id, "preferred_time": preferred}
    return Json(await _ask(context, "interest.express", user_id, arguments))


async def _ask(context: Context, kind: str, subject: str, arguments: Mapping[str, object]) -> Any:
    deadline = context.settings.request_deadline_s
    return answered(await context.desk.ask("recommender", kind, subject, arguments, deadline))

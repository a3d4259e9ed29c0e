"""One person's story: funnel stage, milestones, the last things done."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query

from services.gateway.adapters.desk import DisconnectedError, UnansweredError
from services.gateway.api.answers import journeys as told
from services.gateway.api.asking import ask_analytics, ask_events, in_words
from services.gateway.api.context import Context, InContext, Json, UserId, answers
from services.gateway.api.people import known_user
from services.gateway.api.resource import Resource
from services.gateway.api.stored import Page
from services.gateway.api.times import in_utc
from services.gateway.moments import Moment
from services.gateway.state.filters import Filters
from services.gateway.state.times import iso

_STORE = (404, 409, 502, 503, 504)
_EVENTS = answers(told.JourneyEvents, told.JOURNEY_EVENTS, *_STORE)
_VERSIONS = answers(told.TasteVersions, told.TASTES, *_STORE)
_TOLD = ("user_actions", "social_interactions", "bookings", "journeys")
router = Resource(prefix="/admin/journeys", tags=["journeys"])


@router.get("/{user_id}", responses=answers(told.Journey, told.JOURNEY, 404, 409, 503, 504))
async def get_journey(
    user_id: UserId,
    context: InContext,
    recent: Annotated[int, Query(ge=0, le=200)] = 50,
    detail: Annotated[bool, Query(description="Ask analytics too; null when it does not answer")] = True,  # noqa: FBT002 - a query flag
    start_time: Annotated[Moment | None, Query(description="With it or end_time: `events` from the store")] = None,
    end_time: Moment | None = None,
) -> Json:
    """Stage and milestones, the newest records of the person, what analytics knows beside, events of a range."""
    name = known_user(context, user_id)["name"]
    asked = {"from": _said(start_time, "start_time"), "to": _said(end_time, "end_time"), "order": "asc", "limit": 500}
    journey = context.ledger.city.journeys.of(user_id)
    milestones = [
        {
            "milestone": row["milestone"],
            "simulation_time": iso(row["simulation_time"]),
            "venue_id": row["venue_id"],
            "venue_name": context.ledger.venue_name(row["venue_id"]),
        }
        for row in journey.milestones.values()
    ]
    return Json(
        {
            "user_id": user_id,
            "name": name,
            "stage": journey.stage,
            "milestones": milestones,
            "recent": _recent(context, user_id, recent),
            "detail": await _detail(context, user_id) if detail else None,
            "events": None if start_time is None and end_time is None else await _stored(context, user_id, asked),
        }
    )


@router.get("/{user_id}/events", responses=_EVENTS)
async def get_journey_events(user_id: UserId, context: InContext, page: Page) -> Json:
    """Everything of one person, a page at a time: own acts, bookings, what was received, milestones, tastes."""
    known_user(context, user_id)
    return Json(await ask_events(context, "journey.events", user_id, {"user_id": user_id, **page}))


@router.get("/{user_id}/tastes", responses=_VERSIONS)
async def get_tastes(user_id: UserId, context: InContext, page: Page) -> Json:
    """Versions of a person's tastes, with the reason and size of each change."""
    known_user(context, user_id)
    return Json(await ask_analytics(context, "preferences.history", user_id, {"user_id": user_id, **page}))


def _recent(context: Context, user_id: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for topic in _TOLD if limit else ():
        page = context.ledger.city.history[topic].newest(Filters(user_id=user_id), limit)
        found += [row for chunk in page.chunks for row in context.records.rows(chunk)]
    return sorted(found, key=lambda row: row["simulation_time"], reverse=True)[:limit]


async def _stored(context: Context, user_id: str, asked: Mapping[str, object]) -> Any:
    return (await ask_events(context, "journey.events", user_id, {"user_id": user_id, **asked}))["events"]


def _said(time: Moment | None, name: str) -> str | None:
    return None if time is None else in_utc(time, f"query.{name}")


async def _detail(context: Context, user_id: str) -> Any:
    try:
        deadline = context.settings.request_deadline_s
        reply = await context.desk.ask("analytics", "journey.get", user_id, {"user_id": user_id}, deadline)
    except (UnansweredError, DisconnectedError):
        return None
    return in_words(reply.payload, context.records.times | {"time"}) if reply.status == "ok" else None

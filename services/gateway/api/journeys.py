"""One person's story: funnel stage, milestones, the last things done."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.gateway.adapters.desk import DisconnectedError, UnansweredError
from services.gateway.api.context import Context, InContext, Json, UserId, example
from services.gateway.api.people import known_user
from services.gateway.state.filters import Filters
from services.gateway.state.times import iso

_TOLD = ("user_actions", "social_interactions", "bookings", "journeys")
router = APIRouter(prefix="/admin/journeys", tags=["journeys"])


@router.get("/{user_id}", responses=example({"user_id": "u0000123", "stage": "booking", "milestones": []}, 404))
async def get_journey(
    user_id: UserId,
    context: InContext,
    recent: Annotated[int, Query(ge=0, le=200)] = 50,
    detail: Annotated[bool, Query(description="Ask analytics too; null when it does not answer")] = True,  # noqa: FBT002 - a query flag
) -> Json:
    """Stage and milestones, the newest records of the person, and what analytics knows beside."""
    name = known_user(context, user_id)["name"]
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
        }
    )


def _recent(context: Context, user_id: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for topic in _TOLD if limit else ():
        page = context.ledger.city.history[topic].newest(Filters(user_id=user_id), limit)
        found += [row for chunk in page.chunks for row in context.records.rows(chunk)]
    return sorted(found, key=lambda row: row["simulation_time"], reverse=True)[:limit]


async def _detail(context: Context, user_id: str) -> Any:
    try:
        deadline = context.settings.request_deadline_s
        reply = await context.desk.ask("analytics", "journey.get", user_id, {"user_id": user_id}, deadline)
    except (UnansweredError, DisconnectedError):
        return None
    return reply.payload if reply.status == "ok" else None

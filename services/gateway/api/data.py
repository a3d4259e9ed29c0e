"""The city's data as a whole: made from a seed, or thrown away for a new beginning."""

from services.gateway.api.context import Administrator, InContext, Json
from services.gateway.api.resource import Resource
from services.gateway.api.simulation import ANSWERS, give
from services.gateway.commands import Nothing, Seed

router = Resource(prefix="/admin/data", tags=["data"])


@router.post("/seed", responses=ANSWERS)
async def seed_data(context: InContext, caller: Administrator, body: Seed | None = None) -> Json:
    """Begin anew with people, venues and friendships made from a seed; equal words make equal data."""
    return await give(context, "seed", body or Seed(), caller)


@router.post("/reset", responses=ANSWERS)
async def reset_data(context: InContext, caller: Administrator) -> Json:
    """Begin anew: every store is scoped by branch, so all begin empty."""
    return await give(context, "reset", Nothing(), caller)

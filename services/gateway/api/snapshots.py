"""Moments of the city kept, returned to and travelled to: commands that every service takes part in."""

from typing import Annotated

from fastapi import Path

from services.gateway.api.answers import operations as told
from services.gateway.api.context import Administrator, Controller, InContext, Json, Reader, answers
from services.gateway.api.resource import Resource
from services.gateway.api.simulation import ANSWERS, FAILURES, give
from services.gateway.commands import Nothing, Saved, Snapshot, Travel

SnapshotId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["before-lunch"], description="Id or name of a snapshot")
]

router = Resource(prefix="/admin/simulation", tags=["snapshots"])


@router.post(
    "/snapshot",
    status_code=201,
    responses=answers(told.SnapshotAcknowledgement, told.SNAPSHOT_ACK, *FAILURES, status=201),
)
async def create_snapshot(body: Snapshot, context: InContext, caller: Controller) -> Json:
    """Save the whole city, all services, between two ticks; answered once it is saved."""
    return await give(context, "snapshot.create", body, caller, status=201)


@router.post("/restore/{snapshot_id}", responses=ANSWERS)
async def restore_snapshot(snapshot_id: SnapshotId, context: InContext, caller: Administrator) -> Json:
    """Go on from a snapshot, on a branch of its own."""
    return await give(context, "snapshot.restore", Saved(snapshot=snapshot_id), caller)


@router.get("/snapshots", responses=answers(told.Snapshots, told.SNAPSHOTS, 401, 403, 409, 503, 504))
async def list_snapshots(context: InContext, caller: Reader) -> Json:
    """Snapshots, newest first, at most 100."""
    return await give(context, "snapshot.list", Nothing(), caller, result_only=True)


@router.delete("/snapshots/{snapshot_id}", responses=ANSWERS)
async def delete_snapshot(snapshot_id: SnapshotId, context: InContext, caller: Administrator) -> Json:
    """Delete a snapshot."""
    return await give(context, "snapshot.delete", Saved(snapshot=snapshot_id), caller)


@router.post("/travel", responses=ANSWERS)
async def travel(body: Travel, context: InContext, caller: Administrator) -> Json:
    """Go to a simulated moment: from the nearest snapshot before it, through what happened then."""
    return await give(context, "travel", body, caller)

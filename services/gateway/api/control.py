"""Control of the population and its surroundings, and the tickets that open a WebSocket."""

from typing import Annotated

from fastapi import Body, Path
from starlette.requests import HTTPConnection

from services.gateway.access import Role
from services.gateway.api.answers import operations as told
from services.gateway.api.context import Controller, InContext, Json, Reader, answers, context_of
from services.gateway.api.resource import Resource
from services.gateway.api.simulation import ANSWERS, give
from services.gateway.channels import resolve
from services.gateway.commands import MAX_SPAWN, Arguments, Behavior, Spawn, Trigger


class SpawnOptions(Arguments):
    """How new people begin."""

    befriend: bool = False


router = Resource(prefix="/admin/control", tags=["control"])
tickets = Resource(prefix="/auth", tags=["control"])


@router.post("/users/spawn/{count}", responses=ANSWERS)
async def spawn_users(
    count: Annotated[int, Path(ge=1, le=MAX_SPAWN)],
    context: InContext,
    caller: Controller,
    body: Annotated[SpawnOptions | None, Body()] = None,
) -> Json:
    """Let new people join the city."""
    return await give(context, "spawn", Spawn(count=count, befriend=bool(body and body.befriend)), caller)


@router.post("/events/trigger", responses=ANSWERS)
async def trigger_event(body: Trigger, context: InContext, caller: Controller) -> Json:
    """Make an event happen; the simulator says whether it can."""
    known = body.model_copy(update={"channel": resolve(context.ledger.catalogue, body.channel, "body.channel")})
    return await give(context, "trigger", known, caller)


@router.post("/behavior/adjust", responses=ANSWERS)
async def adjust_behavior(body: Behavior, context: InContext, caller: Controller) -> Json:
    """Change the weights of actions."""
    return await give(context, "behavior", body, caller)


@tickets.get("", responses=answers(told.Identity, told.IDENTITY))
async def who_am_i(connection: HTTPConnection) -> Json:
    """How this gateway is guarded, who this caller is, and whether they may control."""
    gate = context_of(connection).gate
    caller = (await gate.judge(connection, Role.VIEWER)).caller
    return Json(
        {
            "mode": gate.mode,
            "reading": "viewer" if gate.guards_reading else "anyone",
            "authenticated": caller is not None and caller.role >= Role.OPERATOR,
            "name": caller.name if caller else None,
            "role": caller.role.name.lower() if caller else None,
        }
    )


@tickets.post("/ticket", responses=answers(told.Ticket, told.TICKET, 401, 403, 429))
async def issue_ticket(context: InContext, caller: Reader) -> Json:
    """A ticket for one WebSocket or stream, because browsers cannot set their headers: `?ticket=…`, single use."""
    return Json({"ticket": context.gate.issue_ticket(caller), "expires_in_seconds": context.gate.ticket_s})

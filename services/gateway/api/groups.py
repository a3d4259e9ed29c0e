"""Tables for groups: the organiser asks, members answer, booking holds a table meanwhile and books for who comes."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from services.gateway.api.answers import bookings as told
from services.gateway.api.context import Context, Controller, EventId, InContext, Json, answered, answers
from services.gateway.api.people import known_user
from services.gateway.api.resource import Resource
from services.gateway.api.times import in_utc
from services.gateway.api.venues import known_venue
from services.gateway.commands import Arguments
from services.gateway.moments import Moment

_USER = r"^u\d{7}$"
_FAILURES = (401, 403, 404, 409, 503, 504)

router = Resource(prefix="/bookings/group", tags=["bookings"])


class NewGroup(Arguments):
    """A table wanted for people who are asked first."""

    user_id: str = Field(pattern=_USER, examples=["u0000123"], description="Who organises it")
    venue_id: str = Field(pattern=r"^v\d{5}$", examples=["v00012"])
    start_time: Moment = Field(examples=["2024-06-07T23:30:00Z"])
    member_ids: list[str] = Field(min_length=1, max_length=99, examples=[["u0000456", "u0000789"]])
    deadline: Moment | None = Field(
        default=None, description="Until when members may answer; by default as long as may be"
    )
    smallest: int | None = Field(default=None, ge=1, le=100, description="Fewer people than this are no group")


class GroupAnswer(Arguments):
    """What a member says; the organiser's no calls the group off."""

    user_id: str = Field(pattern=_USER, examples=["u0000456"])
    accept: bool


@router.post("", status_code=201, responses=answers(told.Group, told.GROUP, *_FAILURES, status=201))
async def create_group(body: NewGroup, context: InContext, _: Controller) -> Json:
    """Hold a table for all, and ask each member."""
    for user_id in (body.user_id, *body.member_ids):
        known_user(context, user_id)
    known_venue(context, body.venue_id)
    arguments = body.model_dump(exclude_none=True) | {
        name: in_utc(moment, f"body.{name}")
        for name, moment in (("start_time", body.start_time), ("deadline", body.deadline))
        if moment is not None
    }
    return Json(await _ask(context, "booking.group", body.venue_id, arguments), 201)


@router.get("/{group_id}", responses=answers(told.Group, told.GROUP, 404, 503, 504))
async def get_group(group_id: EventId, context: InContext) -> Json:
    """Who has answered what, and what became of it."""
    return Json(await _ask(context, "booking.group_get", group_id, {"group_id": group_id}))


@router.post("/{group_id}/answer", responses=answers(told.Group, told.GROUP, *_FAILURES))
async def answer_group(group_id: EventId, body: GroupAnswer, context: InContext, _: Controller) -> Json:
    """A member comes or does not."""
    return Json(await _ask(context, "booking.group_answer", group_id, {"group_id": group_id, **body.model_dump()}))


async def _ask(context: Context, kind: str, subject: str, arguments: Mapping[str, object]) -> Any:
    return answered(await context.desk.ask("booking", kind, subject, arguments, context.settings.request_deadline_s))

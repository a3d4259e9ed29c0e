"""Stored records told again on the channel `replay`, paced by simulated time; only watchers hear them."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field, model_validator

from services.gateway.api.answers import operations as told
from services.gateway.api.asking import ask_analytics, on_branch
from services.gateway.api.context import Controller, InContext, Json, answers
from services.gateway.api.resource import Resource
from services.gateway.api.simulation import FAILURES
from services.gateway.api.times import in_utc
from services.gateway.channels import event_types, resolve
from services.gateway.commands import Arguments
from services.gateway.moments import ZonedMoment

ReplayId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["01hzx5w8q2y4n6r8t0v2x4z6b8"])]


class Replay(Arguments):
    """What to tell again, and how fast; channels and their filters as in a subscription."""

    start_time: ZonedMoment = Field(examples=["2024-06-07T16:00:00Z"])
    end_time: ZonedMoment = Field(examples=["2024-06-07T18:00:00Z"])
    channel: Annotated[str, Field(max_length=64)] | None = Field(default=None, examples=["bookings"])
    channels: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=16)
    speed: Annotated[float, Field(ge=1, le=1000)] | Literal["max"] = Field(
        default=1.0, description="Simulated seconds a second, or max", examples=[60]
    )
    user_id: str | None = Field(default=None, pattern=r"^u\d{7}$")
    venue_id: str | None = Field(default=None, pattern=r"^v\d{5}$")
    event_types: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=64)

    branch: int | None = Field(
        default=None, ge=0, lt=2**31, description="Branch of the run whose past is told; by default the living one"
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Replay":
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time")
        return self


router = Resource(prefix="/admin/streams", tags=["replays"])


@router.post("/replay", status_code=202, responses=answers(told.RunningReplay, told.REPLAY, *FAILURES, status=202))
async def start_replay(body: Replay, context: InContext, _: Controller) -> Json:
    """Begin a replay; its records come on the channel `replay` with this `replay_id` and their ordinal."""
    catalogue = context.ledger.catalogue
    named = [*body.channels, *([body.channel] if body.channel else [])]
    topics = [resolve(catalogue, name, "body.channels") for name in named]
    asked = {
        "topics": list(dict.fromkeys(topics)) or None,
        "from": in_utc(body.start_time, "body.start_time"),
        "to": in_utc(body.end_time, "body.end_time"),
        "speed": body.speed,
        "user_id": body.user_id,
        "venue_id": body.venue_id,
        "event_types": list(event_types(catalogue, body.event_types, "body.event_types")) or None,
        **on_branch(context, body.branch),
    }
    return Json(await ask_analytics(context, "replay.start", "city", asked), 202)


@router.get("/replays", responses=answers(told.Replays, told.REPLAYS, 409, 503, 504))
async def list_replays(context: InContext) -> Json:
    """Replays under way."""
    return Json(await ask_analytics(context, "replay.list", "city", {}))


@router.delete("/replay/{replay_id}", responses=answers(told.RunningReplay, told.REPLAY, 404, *FAILURES))
async def stop_replay(replay_id: ReplayId, context: InContext, _: Controller) -> Json:
    """End a replay."""
    return Json(await ask_analytics(context, "replay.stop", "city", {"replay_id": replay_id}))

"""Channels: what they are, their history, and server-sent events that resume where a client stopped."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Header, Query
from fastapi.responses import StreamingResponse

from services.gateway.api.answers import operations as told
from services.gateway.api.context import Context, InContext, Json, answers
from services.gateway.api.problems import InvalidError, ProblemError
from services.gateway.api.resource import Resource
from services.gateway.channels import ALIASES, channels, event_channels, event_types, resolve, resolve_all
from services.gateway.live.client import Client
from services.gateway.sockets.events import EVENT_STREAM, HEADERS, admit, stream
from services.gateway.state.filters import Filters
from services.gateway.state.positions import MAX_TOKEN_LENGTH, TokenError, Vector, parse_token, print_token

_USER = Query(pattern=r"^u\d{7}$")
_VENUE = Query(pattern=r"^v\d{5}$")
Position = Annotated[str | None, Query(max_length=MAX_TOKEN_LENGTH)]


async def filters_of(
    context: InContext,
    event_type: Annotated[str | None, Query(max_length=1000, description="Comma-separated")] = None,
    user_id: Annotated[str | None, _USER] = None,
    venue_id: Annotated[str | None, _VENUE] = None,
    source: Annotated[str | None, Query(max_length=64)] = None,
    cause_id: Annotated[str | None, Query(max_length=64)] = None,
    sample: Annotated[int, Query(ge=1, le=10_000, description="One record in so many")] = 1,
    max_rate: Annotated[int | None, Query(ge=1, le=100_000, description="Records a second at most")] = None,
) -> Filters:
    """Filters of a query string."""
    named = (name.strip() for name in (event_type or "").split(",") if name.strip())
    types = event_types(context.ledger.catalogue, named, "query.event_type")
    return Filters(frozenset(types), user_id, venue_id, source, cause_id, sample, max_rate)


Filtered = Annotated[Filters, Depends(filters_of)]
router = Resource(prefix="/admin/streams", tags=["streams"])


@router.get("/channels", responses=answers(told.Channels, told.CHANNELS))
async def get_channels(context: InContext) -> Json:
    """Every channel, its event types and where it stands."""
    history = context.ledger.city.history
    listed = []
    for name in channels(context.ledger.catalogue):
        topic = context.ledger.catalogue.topic(name)
        listed.append(
            {
                "name": name,
                "aliases": [alias for alias, of in ALIASES.items() if of == name],
                "purpose": topic.purpose,
                "event_types": list(topic.events),
                "position": print_token(context.hub.epoch, history[name].vector()),
                "held": history[name].held,
            }
        )
    return Json({"channels": listed})


@router.get("/history/{channel}", responses=answers(told.ChannelPage, told.CHANNEL_PAGE))
async def get_history(
    channel: str,
    context: InContext,
    filters: Filtered,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Position = None,
) -> Json:
    """Newest records first; `before` of an answer leads to older ones. `all` merges the event channels."""
    if channel == "all":
        return Json(_merged(context, filters, limit))
    name = resolve(context.ledger.catalogue, channel, "path.channel")
    vector = None
    if before is not None:
        epoch, vectors = _parse(before, [name], "query.before")
        if epoch != context.hub.epoch:
            raise ProblemError(410, "the position belongs to another run or branch")
        vector = vectors.get(name)
    ring = context.ledger.city.history[name]
    page = ring.newest(filters, limit, vector)
    return Json(
        {
            "channel": name,
            "events": [row for chunk in page.chunks for row in context.records.rows(chunk)],
            "position": print_token(context.hub.epoch, ring.vector()),
            "before": None if page.before is None else print_token(context.hub.epoch, page.before),
            "complete": page.complete,
        }
    )


@router.get("/subscribe/{channel}", response_class=StreamingResponse, responses=EVENT_STREAM)
async def subscribe(
    channel: str,
    context: InContext,
    filters: Filtered,
    last_event_id: Annotated[str | None, Header(max_length=MAX_TOKEN_LENGTH)] = None,
    resume: Annotated[str | None, Query(alias="last_event_id", max_length=MAX_TOKEN_LENGTH)] = None,
) -> StreamingResponse:
    """Records of a channel as server-sent events; resumes after Last-Event-ID, or says `resync`."""
    names = [resolve(context.ledger.catalogue, channel, "path.channel")]
    return _stream(context, names, filters, last_event_id or resume)


@router.get("/subscribe-all", response_class=StreamingResponse, responses=EVENT_STREAM)
async def subscribe_all(
    context: InContext,
    filters: Filtered,
    wanted: Annotated[str | None, Query(alias="channels", max_length=1000)] = None,
    last_event_id: Annotated[str | None, Header(max_length=MAX_TOKEN_LENGTH)] = None,
    resume: Annotated[str | None, Query(alias="last_event_id", max_length=MAX_TOKEN_LENGTH)] = None,
) -> StreamingResponse:
    """Records of several channels, all event channels by default."""
    asked = [name for name in (wanted or "").split(",") if name]
    names = resolve_all(context.ledger.catalogue, asked, "query.channels")
    return _stream(context, names, filters, last_event_id or resume)


def _stream(context: Context, names: Sequence[str], filters: Filters, token: str | None) -> StreamingResponse:
    admit(context)
    positions: dict[str, tuple[str, Vector]] = {}
    if token:
        epoch, vectors = _parse(token, names, "header.last-event-id")
        positions = {name: (epoch, vector) for name, vector in vectors.items()}
    client = Client("sse", limit=context.settings.live.outbox_records)
    body = stream(context, client, {name: (filters, positions.get(name)) for name in names})
    return StreamingResponse(body, media_type="text/event-stream", headers=HEADERS)


def _parse(token: str, names: Sequence[str], field: str) -> tuple[str, dict[str, Vector]]:
    try:
        return parse_token(token, names)
    except TokenError as error:
        raise InvalidError(field, str(error)) from error


def _merged(context: Context, filters: Filters, limit: int) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for name in event_channels(context.ledger.catalogue):
        for chunk in context.ledger.city.history[name].newest(filters, limit).chunks:
            found += context.records.rows(chunk)
    found.sort(key=lambda row: row["simulation_time"], reverse=True)
    return {"channel": "all", "events": found[:limit], "position": None, "before": None, "complete": False}

"""Figures: what the gateway counts itself, and aggregates that analytics answers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from services.gateway.api.answers import counted
from services.gateway.api.answers import metrics as told
from services.gateway.api.asking import ask_analytics
from services.gateway.api.context import Context, InContext, Json, answers
from services.gateway.api.problems import InvalidError
from services.gateway.api.resource import Resource
from services.gateway.api.times import in_utc
from services.gateway.live.client import Client
from services.gateway.moments import Moment
from services.gateway.sockets.events import EVENT_STREAM, HEADERS, admit

_EVERY_S = 1.0
Word = Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9 _.-]*$")]


async def range_of(
    time_range: Annotated[Literal["1h", "24h", "7d", "30d"] | None, Query(description="Back from now")] = None,
    start: Annotated[Moment | None, Query(alias="from", description="Instead: from this simulated time on")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="Until before this one; now by default")] = None,
) -> dict[str, object]:
    """A range of simulated time as analytics takes it; empty where nothing was said."""
    if time_range is not None and (start is not None or end is not None):
        raise InvalidError("query.time_range", "give time_range, or from and to, not both")
    if end is not None and start is None:
        raise InvalidError("query.to", "to needs from")
    return {
        "time_range": time_range,
        "from": None if start is None else in_utc(start, "query.from"),
        "to": None if end is None else in_utc(end, "query.to"),
    }


Range = Annotated[dict[str, object], Depends(range_of)]
router = Resource(prefix="/admin", tags=["metrics"])


@router.get("/stats", responses=answers(counted.Stats, counted.STATS))
async def get_stats(context: InContext) -> Json:
    """Everything the gateway counts, of the live branch."""
    return Json(context.monitor.stats())


@router.get("/metrics/course", responses=answers(counted.Course, counted.COURSE))
async def get_course(context: InContext) -> Json:
    """What the gateway counted each second of the last minutes, oldest first: how a chart begins."""
    return Json(context.monitor.course())


@router.get("/metrics/realtime", response_class=StreamingResponse, responses=EVENT_STREAM)
async def stream_metrics(context: InContext) -> StreamingResponse:
    """Rates and clock each second, as server-sent events."""
    admit(context)
    return StreamingResponse(_each_second(context), media_type="text/event-stream", headers=HEADERS)


@router.get("/metrics/recent", responses=answers(told.Recent, told.RECENT, 409, 503, 504))
async def get_recent(context: InContext, window_minutes: Annotated[int, Query(ge=1, le=1440)] = 60) -> Json:
    """Figures of the last simulated minutes, from analytics."""
    return Json(await ask_analytics(context, "realtime.get", "city", {"window_minutes": window_minutes}))


@router.get("/metrics/aggregate", responses=answers(told.Aggregate, told.AGGREGATE, 409, 503, 504))
async def get_aggregate(
    context: InContext,
    time_range: Range,
    group_by: Literal["minute", "hour", "day"] = "minute",
    topic: Word = None,
    event_type: Annotated[str | None, Query(alias="type", max_length=64)] = None,
    persona: Word = None,
    category: Word = None,
    borough: Word = None,
    breakdown: Literal["persona", "category", "borough"] | None = None,
) -> Json:
    """Events, bookings, engagement and conversion by bucket of simulated time, from analytics.

    Where older figures than the live tables keep cannot be had, `complete` is false and `reason` says why.
    """
    asked = {
        "group_by": group_by,
        "topic": topic,
        "type": event_type,
        "persona": persona,
        "category": category,
        "borough": borough,
        "breakdown": breakdown,
    }
    return Json(await ask_analytics(context, "aggregate.get", "city", {**_or_hour(time_range), **asked}))


@router.get("/metrics/funnel", responses=answers(told.Funnel, told.FUNNEL, 409, 503, 504))
async def get_funnel(context: InContext, time_range: Range) -> Json:
    """How far people come and how long it takes them, from analytics; everything kept by default."""
    return Json(await ask_analytics(context, "funnel.get", "city", time_range))


@router.get("/metrics/top", responses=answers(told.Top, told.TOP, 409, 503, 504))
async def get_top(
    context: InContext,
    time_range: Range,
    what: Annotated[str, Query(pattern=r"^[a-z_]{1,32}$", examples=["venues", "users", "cuisines"])] = "venues",
    by: Annotated[str | None, Query(pattern=r"^[a-z_]{1,32}$", examples=["visits"])] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Json:
    """The busiest venues, people, cuisines and so on, from analytics; everything kept by default."""
    return Json(await ask_analytics(context, "top.get", "city", {"what": what, "by": by, "limit": limit, **time_range}))


@router.get("/metrics/heatmap", responses=answers(told.Heatmap, told.HEATMAP, 409, 503, 504))
async def get_heatmap(
    context: InContext,
    kind: Literal["activity", "bookings"] = "activity",
    window_minutes: Annotated[int, Query(ge=15, le=1440)] = 120,
    half_life_minutes: Annotated[int, Query(ge=1, le=1440)] = 30,
    resolution: Annotated[int, Query(ge=5, le=9, description="Of H3: 8 is about 0.7 km²")] = 8,
    limit: Annotated[int, Query(ge=1, le=5000)] = 2000,
) -> Json:
    """Weight of each cell of the map, what is older weighing less, from analytics."""
    asked = {
        "kind": kind,
        "window_minutes": window_minutes,
        "half_life_minutes": half_life_minutes,
        "resolution": resolution,
        "limit": limit,
    }
    return Json(await ask_analytics(context, "heatmap.get", "city", asked))


def _or_hour(time_range: dict[str, object]) -> dict[str, object]:
    return time_range if any(time_range.values()) else {"time_range": "1h"}


async def _each_second(context: Context) -> AsyncIterator[str]:
    client = Client("sse", limit=1)
    context.hub.join(client)
    try:
        while client.closing is None:
            yield f"event: metrics\ndata: {_line(context.monitor.brief())}\n\n"
            await asyncio.sleep(_EVERY_S)
    finally:
        context.hub.leave(client)


def _line(value: Any) -> str:
    return orjson.dumps(value).decode()

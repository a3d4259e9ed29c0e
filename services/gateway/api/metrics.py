"""Figures: what the gateway counts itself, and aggregates that analytics answers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from services.gateway.api.context import Context, InContext, Json, answered, example
from services.gateway.live.client import Client
from services.gateway.sockets.events import HEADERS

_EVERY_S = 1.0
router = APIRouter(prefix="/admin", tags=["metrics"])


@router.get("/stats", responses=example({"phase": "running", "events": {"bookings": {"booking.confirmed": 640}}}))
async def get_stats(context: InContext) -> Json:
    """Everything the gateway counts, of the live branch."""
    return Json(context.monitor.stats())


@router.get("/metrics/realtime", response_class=StreamingResponse)
async def stream_metrics(context: InContext) -> StreamingResponse:
    """Rates and clock each second, as server-sent events."""
    return StreamingResponse(_each_second(context), media_type="text/event-stream", headers=HEADERS)


@router.get("/metrics/aggregate", responses=example({"buckets": []}, 503, 504))
async def get_aggregate(
    context: InContext,
    time_range: Literal["1h", "24h", "7d", "30d"] = "1h",
    group_by: Literal["minute", "hour", "day"] = "minute",
) -> Json:
    """Events, bookings, engagement and conversion by bucket of simulated time, from analytics."""
    return Json(await _ask(context, "aggregate.get", {"time_range": time_range, "group_by": group_by}))


@router.get("/metrics/funnel", responses=example({"stages": []}, 503, 504))
async def get_funnel(context: InContext) -> Json:
    """How far people come, from analytics."""
    return Json(await _ask(context, "funnel.get", {}))


@router.get("/metrics/top", responses=example({"top": []}, 503, 504))
async def get_top(
    context: InContext, what: Literal["venues", "users"] = "venues", limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> Json:
    """The busiest venues or people, from analytics."""
    return Json(await _ask(context, "top.get", {"what": what, "limit": limit}))


@router.get("/dlq", responses=example({"topics": {"bookings": {"records": 0}}, "total": 0}))
async def get_dead_letters(context: InContext) -> Json:
    """Records that services could not read, by the topic they came from."""
    letters = context.ledger.services.dead_letters
    topics = {topic: {"records": records} for topic, records in letters.items()}
    return Json({"topics": topics, "total": sum(letters.values())})


async def _ask(context: Context, kind: str, arguments: Mapping[str, object]) -> Any:
    return answered(await context.desk.ask("analytics", kind, "city", arguments, context.settings.request_deadline_s))


async def _each_second(context: Context) -> AsyncIterator[str]:
    client = Client("sse", limit=1)
    context.hub.join(client)
    try:
        while client.closing is None:
            yield f"event: metrics\ndata: {orjson.dumps(context.monitor.brief()).decode()}\n\n"
            await asyncio.sleep(_EVERY_S)
    finally:
        context.hub.leave(client)

"""The past beyond what the gateway holds: records and figures of closed windows, from the event store."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from services.gateway.api.answers import journeys as told
from services.gateway.api.asking import ask_analytics, ask_events, on_branch
from services.gateway.api.context import InContext, Json, answers
from services.gateway.api.resource import Resource
from services.gateway.api.times import in_utc
from services.gateway.channels import event_types, resolve
from services.gateway.moments import Moment

_FAILURES = (404, 409, 502, 503, 504)


async def page_of(
    start: Annotated[Moment | None, Query(alias="from", description="From this simulated time on")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="Until before this one")] = None,
    order: Literal["asc", "desc"] | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=1_000, description="`next_cursor` of the page before")] = None,
) -> dict[str, object]:
    """A page of stored records as the store takes it."""
    return {
        "from": None if start is None else in_utc(start, "query.from"),
        "to": None if end is None else in_utc(end, "query.to"),
        "order": order,
        "limit": limit,
        "cursor": cursor,
    }


Page = Annotated[dict[str, object], Depends(page_of)]
router = Resource(prefix="/admin", tags=["stored"])


@router.get("/streams/stored", responses=answers(told.StoredRecords, told.STORED_RECORDS, *_FAILURES))
async def get_stored(
    context: InContext,
    page: Page,
    channels: Annotated[str | None, Query(max_length=1_000, description="Comma-separated; all by default")] = None,
    event_type: Annotated[str | None, Query(max_length=1_000, description="Comma-separated")] = None,
    user_id: Annotated[str | None, Query(pattern=r"^u\d{7}$")] = None,
    venue_id: Annotated[str | None, Query(pattern=r"^v\d{5}$")] = None,
    booking_id: Annotated[str | None, Query(max_length=64)] = None,
    cause_id: Annotated[str | None, Query(max_length=64)] = None,
    branch: Annotated[int | None, Query(ge=0, lt=2**31, description="Of the run; by default the living one")] = None,
) -> Json:
    """Records of any time, newest first unless `order` says otherwise."""
    catalogue = context.ledger.catalogue
    asked = {
        "topic": [resolve(catalogue, name, "query.channels") for name in _words(channels)] or None,
        "event_type": list(event_types(catalogue, _words(event_type), "query.event_type")) or None,
        "user_id": user_id,
        "venue_id": venue_id,
        "booking_id": booking_id,
        "cause_id": cause_id,
        **page,
        **on_branch(context, branch),
    }
    return Json(await ask_events(context, "history.get", user_id or "city", asked))


@router.get("/metrics/history", responses=answers(told.FigureHistory, told.FIGURES, *_FAILURES))
async def get_figures(
    context: InContext,
    start: Annotated[Moment, Query(alias="from", examples=["2024-06-07T00:00:00Z"])],
    end: Annotated[Moment, Query(alias="to", examples=["2024-06-08T00:00:00Z"])],
    group_by: Literal["minute", "hour", "day"] = "hour",
    metric: Annotated[str | None, Query(pattern="^[a-z_]{1,64}$")] = None,
    dimension: Annotated[str | None, Query(pattern="^[a-z_]{1,64}$")] = None,
) -> Json:
    """Figures of windows that were closed, however long ago."""
    asked = {"from": in_utc(start, "query.from"), "to": in_utc(end, "query.to"), "group_by": group_by}
    asked |= {name: value for name, value in (("metric", metric), ("dimension", dimension)) if value is not None}
    return Json(await ask_analytics(context, "aggregate.history", "city", asked))


@router.get("/data/store", responses=answers(told.StoreState, told.STORE, *_FAILURES))
async def get_store(context: InContext) -> Json:
    """What the event store holds."""
    return Json(await ask_analytics(context, "store.state", "city", {}))


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]

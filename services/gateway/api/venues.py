"""Venues: where people go, and whether there is a table."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query

from services.gateway.api.answers import venues as told
from services.gateway.api.context import Context, InContext, Json, VenueId, answered, answers
from services.gateway.api.paging import Cursor, Search, Value, matching, page_of
from services.gateway.api.problems import not_found
from services.gateway.api.resource import Resource
from services.gateway.api.times import in_utc
from services.gateway.moments import Moment

_SHOWN = (
    "venue_id",
    "name",
    "category",
    "cuisine",
    "borough",
    "latitude",
    "longitude",
    "time_zone",
    "price_tier",
    "rating",
    "rating_count",
    "seats",
    "tables",
    "takes_bookings",
    "opening_hours",
    "outdoor_seating",
    "ambiance",
    "features",
    "trending",
    "price_level",
    "happy_hours",
    "happy_hour_discount",
    "promotion",
    "discount",
    "promotion_ends_at",
)

router = Resource(prefix="/venues", tags=["venues"])


@router.get("", responses=answers(told.Venues, told.VENUES))
async def list_venues(
    context: InContext,
    query: Search = None,
    category: Value = None,
    borough: Value = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 50,
    cursor: Cursor = None,
) -> Json:
    """Venues by id."""
    frame = context.ledger.city.venues.frame()
    if frame is None:
        return Json({"venues": [], "next_cursor": None, "total": 0})
    found = matching(frame, query, category=category, borough=borough)
    page, after = page_of(found, "venue_id", limit, cursor)
    listed = [context.records.row("venues", {name: row[name] for name in _SHOWN}) for row in page.iter_rows(named=True)]
    return Json({"venues": [_with_features(row) for row in listed], "next_cursor": after, "total": found.height})


@router.get("/{venue_id}", responses=answers(told.Venue, told.VENUE, 404))
async def get_venue(venue_id: VenueId, context: InContext) -> Json:
    """One venue."""
    row = known_venue(context, venue_id)
    return Json(_with_features(context.records.row("venues", {name: row[name] for name in _SHOWN})))


@router.get("/{venue_id}/availability", responses=answers(told.Availability, told.AVAILABILITY, 404, 503, 504))
async def get_availability(
    venue_id: VenueId,
    context: InContext,
    start_time: Moment,
    party_size: Annotated[int, Query(ge=1, le=100)] = 2,
) -> Json:
    """Whether a table is free, by the booking service."""
    known_venue(context, venue_id)
    arguments = {"venue_id": venue_id, "start_time": in_utc(start_time, "query.start_time"), "party_size": party_size}
    deadline = context.settings.request_deadline_s
    return Json(answered(await context.desk.ask("booking", "availability.get", venue_id, arguments, deadline)))


def known_venue(context: Context, venue_id: str) -> Mapping[str, Any]:
    """Row of a venue, or a 404."""
    row = context.ledger.city.venues.get(venue_id)
    if row is None:
        raise not_found(f"venue {venue_id}")
    return row


def _with_features(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "features": [feature for feature in (row["features"] or "").split(",") if feature]}

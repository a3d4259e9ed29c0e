"""Bookings: listed from the folded topic, made and cancelled by asking the booking service."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from services.gateway.api.answers import bookings as told
from services.gateway.api.context import (
    Context,
    Controller,
    EventId,
    InContext,
    Json,
    UserId,
    VenueId,
    answered,
    answers,
)
from services.gateway.api.people import known_user
from services.gateway.api.problems import not_found
from services.gateway.api.resource import Resource
from services.gateway.api.times import in_utc
from services.gateway.api.venues import known_venue
from services.gateway.commands import Arguments
from services.gateway.moments import Moment
from services.gateway.state.times import iso

_LISTS = ("member_ids", "tables")
_TIMES = ("start_time", "expires_at", "requested_at", "updated_at")


class NewBooking(Arguments):
    """A table wanted."""

    venue_id: str = Field(pattern=r"^v\d{5}$", examples=["v00012"])
    party_size: int = Field(default=2, ge=1, le=100)
    start_time: Moment = Field(examples=["2024-06-07T23:30:00Z"])
    flexibility_minutes: int = Field(default=0, ge=0, le=240, description="How far the start may move, either way")


router = Resource(prefix="/bookings", tags=["bookings"])
_UserQuery = Annotated[str | None, Query(pattern=r"^u\d{7}$")]
_VenueQuery = Annotated[str | None, Query(pattern=r"^v\d{5}$")]
_Limit = Annotated[int, Query(ge=1, le=500)]
_Offset = Annotated[int, Query(ge=0, le=10_000_000, description="`next_cursor` of the page before")]
_FAILURES = (401, 403, 404, 409, 503, 504)


@router.get("", include_in_schema=False)
@router.get("/", responses=answers(told.Bookings, told.BOOKINGS))
async def list_bookings(
    context: InContext,
    user_id: _UserQuery = None,
    venue_id: _VenueQuery = None,
    status: told.Standing | None = None,
    limit: _Limit = 50,
    cursor: _Offset = 0,
) -> Json:
    """Bookings of the live branch, newest request first."""
    return _page(context, user_id, venue_id, status, limit, cursor)


@router.get("/user/{user_id}", responses=answers(told.Bookings, told.BOOKINGS))
async def list_bookings_of_user(user_id: UserId, context: InContext, limit: _Limit = 50, cursor: _Offset = 0) -> Json:
    """Bookings of one person, newest request first."""
    return _page(context, user_id, None, None, limit, cursor)


@router.get("/{booking_id}", responses=answers(told.Booking, told.BOOKING, 404))
async def get_booking(booking_id: EventId, context: InContext) -> Json:
    """One booking."""
    row = context.ledger.city.bookings.get(booking_id)
    if row is None:
        raise not_found(f"booking {booking_id}")
    return Json(_printable(context, row))


@router.post(
    "/{user_id}/create", status_code=201, responses=answers(told.BookingDecision, told.DECISION, *_FAILURES, status=201)
)
async def create_booking(user_id: UserId, body: NewBooking, context: InContext, _: Controller) -> Json:
    """Ask for a table; the answer is the booking service's decision."""
    known_user(context, user_id)
    known_venue(context, body.venue_id)
    start_time = in_utc(body.start_time, "body.start_time")
    arguments = {"user_id": user_id, **body.model_dump(), "start_time": start_time}
    return Json(await _ask(context, "booking.create", body.venue_id, arguments), 201)


@router.post("/{booking_id}/cancel", responses=answers(told.BookingDecision, told.CANCELLED, *_FAILURES))
async def cancel_booking(booking_id: EventId, context: InContext, _: Controller) -> Json:
    """Cancel a booking."""
    row = context.ledger.city.bookings.get(booking_id)
    if row is None:
        raise not_found(f"booking {booking_id}")
    return Json(await _ask(context, "booking.cancel", row["venue_id"], {"booking_id": booking_id}))


@router.post("/venue/{venue_id}/auto-book", responses=answers(told.AutoBooked, told.AUTO_BOOKED, *_FAILURES))
async def auto_book(venue_id: VenueId, context: InContext, _: Controller) -> Json:
    """Let the booking agent book for people who have shown interest in a venue."""
    known_venue(context, venue_id)
    return Json(await _ask(context, "booking.auto_book", venue_id, {"venue_id": venue_id}))


async def _ask(context: Context, kind: str, venue_id: str, arguments: Mapping[str, object]) -> Any:
    return answered(await context.desk.ask("booking", kind, venue_id, arguments, context.settings.request_deadline_s))


def _page(
    context: Context, user_id: str | None, venue_id: str | None, status: str | None, limit: int, cursor: int
) -> Json:
    bookings = context.ledger.city.bookings
    found = bookings.newest(user_id, venue_id, status)
    page = list(islice(found, cursor, cursor + limit))
    rest = sum(1 for _ in found)
    return Json(
        {
            "bookings": [_printable(context, row) for row in page],
            "next_cursor": cursor + limit if rest else None,
            "total": cursor + len(page) + rest if page else 0,
        }
    )


def _printable(context: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    printed = {name: iso(value) if name in _TIMES else value for name, value in row.items()}
    for name in _LISTS:
        printed[name] = [item for item in (row[name] or "").split(",") if item]
    printed["user_name"] = context.ledger.user_name(row["user_id"])
    printed["venue_name"] = context.ledger.venue_name(row["venue_id"])
    return printed

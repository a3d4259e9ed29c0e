"""A booking as a row of `booking.bookings`, and back."""

from typing import Any

from services.booking.domain.booking import Booking, Origin, Request, Status

CHANGING = (
    ("status", "text"),
    ("start_us", "bigint"),
    ("duration_minutes", "int"),
    ("tables", "text"),
    ("seats", "int"),
    ("code", "text"),
    ("reason", "text"),
    ("due_us", "bigint"),
    ("deposit_minor", "bigint"),
)
"""Columns that follow the state, with their types; all others stay as requested."""

BOOKING_COLUMNS = (
    "booking_id, venue_id, user_id, party_size, asked_start_us, flexibility_minutes, requested_us, created_by,"
    " group_id, member_ids, world, city, cause_id, status, start_us, duration_minutes, tables, seats, code, reason,"
    " due_us, deposit_minor"
)


def booking_of(row: tuple[Any, ...]) -> Booking:
    """A booking out of the columns `BOOKING_COLUMNS`."""
    status, start_us, duration, tables, *others = row[13:]
    numbers = tuple(int(number) for number in tables.split(",")) if tables else ()
    request, origin = Request(*row[:10]), Origin(*row[10:13])
    return Booking(request, origin, Status(status), start_us, duration, numbers, *others)


def changing_of(booking: Booking) -> tuple[object, ...]:
    """Values of the columns `CHANGING`."""
    return (
        booking.status.value,
        booking.start_us,
        booking.duration_minutes,
        ",".join(map(str, booking.tables)),
        booking.seats,
        booking.code,
        booking.reason,
        booking.due_us,
        booking.deposit_minor,
    )


def row_of(scope_id: int, booking: Booking) -> tuple[object, ...]:
    """All columns of a new row."""
    request, origin = booking.request, booking.origin
    return (
        scope_id,
        request.booking_id,
        request.venue_id,
        request.user_id,
        request.party_size,
        request.start_us,
        request.flexibility_minutes,
        request.requested_us,
        request.created_by,
        request.group_id,
        request.member_ids,
        origin.world,
        origin.city,
        origin.cause_id,
        *changing_of(booking),
    )

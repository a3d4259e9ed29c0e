"""What people are told about their bookings."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.booking.domain.booking import Booking, Status
from services.booking.domain.venue import Venue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def notification(booking: Booking, venue: Venue | None) -> str:
    """One line for the person who booked."""
    name = venue.name if venue else "this venue"
    zone = venue.hours.zone if venue and venue.hours else ZoneInfo("UTC")
    moment = _EPOCH + timedelta(microseconds=booking.start_us or booking.request.start_us)
    when = moment.astimezone(zone).strftime("%a %d %b %H:%M")
    party = booking.request.party_size
    match booking.status:
        case Status.CONFIRMED:
            return f"Your table for {party} at {name} on {when} is confirmed. Code {booking.code}."
        case Status.CANCELLED:
            return f"Your table for {party} at {name} on {when} is cancelled."
        case Status.EXPIRED:
            return f"No table for {party} became free at {name} on {when}."
        case _:
            return f"{name} has no table for {party} on {when} ({booking.reason})."

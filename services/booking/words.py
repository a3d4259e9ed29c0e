"""What people are told about their bookings and their groups."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.booking.domain.booking import Booking, Status
from services.booking.domain.group import Group
from services.booking.domain.venue import Venue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(moment_us: int, venue: Venue | None) -> str:
    """A moment as people at a venue say it."""
    hours = venue.hours if venue else None
    return _said(moment_us, hours.zone if hours else ZoneInfo("UTC"))


@lru_cache(maxsize=16_384)
def _said(moment_us: int, zone: ZoneInfo) -> str:
    return (_EPOCH + timedelta(microseconds=moment_us)).astimezone(zone).strftime("%a %d %b %H:%M")


def money(minor: int) -> str:
    """An amount of minor units, two decimals of the city's currency."""
    return f"{minor // 100}.{minor % 100:02}"


def notification(booking: Booking, venue: Venue | None) -> str:
    """One line for the person who booked: what became of the table."""
    name = venue.name if venue else "this venue"
    party = f"table for {booking.request.party_size} at {name}"
    when = local(booking.start_us or booking.request.start_us, venue)
    match booking.status:
        case Status.CONFIRMED:
            text = f"Your {party} on {when} is confirmed. Code {booking.code}.{_owed(booking.deposit_minor)}"
        case Status.WAITLISTED:
            text = f"You are on the waiting list for a {party} on {when}."
        case Status.CANCELLED:
            text = f"Your {party} on {when} is cancelled.{_settled(booking.deposit_minor)}"
        case Status.NO_SHOW:
            text = f"Your {party} on {when} was given away, nobody came.{_settled(booking.deposit_minor)}"
        case Status.EXPIRED:
            text = f"No {party} became free on {when}."
        case _:
            text = f"{name} has no table for {booking.request.party_size} on {when} ({booking.reason})."
    return text


def moved_inside(booking: Booking, venue: Venue | None) -> str:
    """It rains, and a table inside was free."""
    name = venue.name if venue else "this venue"
    numbers = ", ".join(map(str, booking.tables))
    return f"It rains: your table at {name} on {local(booking.start_us, venue)} is now inside, number {numbers}."


def _owed(deposit_minor: int | None) -> str:
    return f" A deposit of {money(deposit_minor)} is taken." if deposit_minor else ""


def _settled(kept_minor: int | None) -> str:
    if kept_minor is None:
        return ""
    return f" The deposit of {money(kept_minor)} is kept." if kept_minor else " The deposit is refunded."


def wet(booking: Booking, venue: Venue | None) -> str:
    """It rains, and no table inside is free."""
    when = local(booking.start_us, venue)
    name = venue.name if venue else "this venue"
    return f"Your table at {name} on {when} is outside, it rains, and no table inside is free."


def held_longer(booking: Booking, venue: Venue | None, minutes: int) -> str:
    """Traffic is heavy."""
    name = venue.name if venue else "this venue"
    return f"Traffic is heavy: {name} holds your table for {minutes} minutes after {local(booking.start_us, venue)}."


def invitation(group: Group, venue: Venue | None) -> str:
    """A member is asked."""
    name = venue.name if venue else "this venue"
    return (
        f"{group.user_id} asks you to {name} on {local(group.start_us, venue)}."
        f" Answer by {local(group.deadline_us, venue)}."
    )


def hold_ended(group: Group, venue: Venue | None) -> str:
    """The organiser hears that the table is free for others again."""
    name = venue.name if venue else "this venue"
    return f"{name} no longer holds the table for your group on {local(group.start_us, venue)}."


def group_off(group: Group, venue: Venue | None) -> str:
    """Who was to come hears that nothing comes of it."""
    name = venue.name if venue else "this venue"
    return f"The group for {name} on {local(group.start_us, venue)} does not meet ({group.reason})."

"""Records of the topic bookings, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "bookings"
KEY: Final = "venue_id"

BOOKING_REQUESTED: Final = "booking.requested"
BOOKING_CANCEL_REQUESTED: Final = "booking.cancel_requested"
BOOKING_WAITLISTED: Final = "booking.waitlisted"
BOOKING_CONFIRMED: Final = "booking.confirmed"
BOOKING_MOVED: Final = "booking.moved"
BOOKING_DECLINED: Final = "booking.declined"
BOOKING_EXPIRED: Final = "booking.expired"
BOOKING_CANCELLED: Final = "booking.cancelled"
BOOKING_SEATED: Final = "booking.seated"
BOOKING_COMPLETED: Final = "booking.completed"
BOOKING_NO_SHOW: Final = "booking.no_show"

COLUMNS: Final = (
    "event_id",
    "event_type",
    "run_id",
    "branch",
    "simulation_time",
    "world",
    "city",
    "user_id",
    "source",
    "correlation_id",
    "cause_id",
    "venue_id",
    "booking_id",
    "party_size",
    "start_time",
    "duration_minutes",
    "flexibility_minutes",
    "group_id",
    "member_ids",
    "tables",
    "seats",
    "confirmation_code",
    "reason",
    "alternatives",
    "deposit_minor",
    "expires_at",
    "created_by",
)


class BookingsRow(TypedDict):
    """Every reservation, from its request through exactly one outcome to its end.

    Times are microseconds since 1970 UTC.
    """

    event_id: str
    event_type: str
    run_id: str
    branch: int
    simulation_time: int
    world: str
    city: str
    user_id: str | None
    source: str
    correlation_id: str | None
    cause_id: str | None
    venue_id: str
    booking_id: str
    party_size: int | None
    start_time: int | None
    duration_minutes: int | None
    flexibility_minutes: int | None
    group_id: str | None
    member_ids: str | None
    tables: str | None
    seats: int | None
    confirmation_code: str | None
    reason: str | None
    alternatives: str | None
    deposit_minor: int | None
    expires_at: int | None
    created_by: str | None

"""Records of the topic bookings_by_user, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "bookings_by_user"
KEY: Final = "user_id"

BOOKING_FOLLOWED: Final = "booking.followed"

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
    "step",
)


class BookingsByUserRow(TypedDict):
    """What people did about tables, told again under the key of who did it, for folds that follow a person.

    Times are microseconds since 1970 UTC.
    """

    event_id: str
    event_type: str
    run_id: str
    branch: int
    simulation_time: int
    world: str
    city: str
    user_id: str
    source: str
    correlation_id: str | None
    cause_id: str | None
    venue_id: str
    booking_id: str
    step: str

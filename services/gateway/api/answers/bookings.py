"""Bookings and groups."""

from typing import Literal

from services.gateway.api.answers.answer import Answer, Time

Standing = Literal["pending", "confirmed", "declined", "expired", "cancelled", "seated", "completed", "no_show"]


class Booking(Answer):
    """A booking as the topic tells it; null is what has not been said yet, or no longer."""

    booking_id: str
    user_id: str | None
    user_name: str | None
    venue_id: str | None
    venue_name: str | None
    status: Standing
    party_size: int | None
    start_time: Time | None
    duration_minutes: int | None
    tables: list[str]
    seats: int | None
    confirmation_code: str | None
    reason: str | None
    created_by: str | None
    group_id: str | None
    member_ids: list[str]
    expires_at: Time | None
    requested_at: Time
    updated_at: Time


class Bookings(Answer):
    """A page of bookings, newest request first."""

    bookings: list[Booking]
    next_cursor: int | None
    total: int


class BookingDecision(Answer):
    """A booking as the booking service answers it."""

    booking_id: str
    venue_id: str
    venue_name: str | None
    user_id: str
    party_size: int
    start_time: Time
    duration_minutes: int | None
    status: Literal[
        "requested",
        "waitlisted",
        "confirmed",
        "declined",
        "expired",
        "cancelled",
        "seated",
        "completed",
        "no_show",
    ]
    tables: list[int]
    seats: int | None
    confirmation_code: str | None
    reason: str | None
    deposit_minor: int | None
    """In minor units of the city's currency."""
    group_id: str | None
    created_by: str
    requested_at: Time


class Company(Answer):
    """People who will share a table."""

    booking_id: str
    user_ids: list[str]


class AutoBooked(Answer):
    """Tables that were asked for."""

    venue_id: str
    requested: list[Company]


class Group(Answer):
    """A group that is asked for a table."""

    group_id: str
    venue_id: str
    user_id: str
    start_time: Time
    status: Literal["collecting", "booking", "booked", "declined"]
    invited: list[str]
    accepted: list[str]
    declined: list[str]
    smallest: int
    deadline: Time
    held_tables: list[int]
    held_until: Time | None
    booking_id: str | None
    reason: str | None


_START = "2024-06-07T23:30:00.000000Z"
_ASKED = "2024-06-07T18:01:00.000000Z"
BOOKING = {
    "booking_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "user_id": "u0000123",
    "user_name": "Ada Reyes",
    "venue_id": "v00012",
    "venue_name": "Bar Luce",
    "status": "confirmed",
    "party_size": 2,
    "start_time": _START,
    "duration_minutes": 90,
    "tables": ["3"],
    "seats": 2,
    "confirmation_code": "LUNA-7",
    "reason": None,
    "created_by": "user",
    "group_id": None,
    "member_ids": [],
    "expires_at": None,
    "requested_at": _ASKED,
    "updated_at": _ASKED,
}
BOOKINGS = {"bookings": [BOOKING], "next_cursor": None, "total": 1}
DECISION = {
    "booking_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "venue_id": "v00012",
    "venue_name": "Bar Luce",
    "user_id": "u0000123",
    "party_size": 2,
    "start_time": _START,
    "duration_minutes": 90,
    "status": "confirmed",
    "tables": [3],
    "seats": 2,
    "confirmation_code": "LUNA-7",
    "reason": None,
    "deposit_minor": None,
    "group_id": None,
    "created_by": "api",
    "requested_at": _ASKED,
}
CANCELLED = {**DECISION, "status": "cancelled"}
AUTO_BOOKED = {
    "venue_id": "v00012",
    "requested": [{"booking_id": "01hzx5w8q2y4n6r8t0v2x4z6b8", "user_ids": ["u0000123", "u0000456"]}],
}
GROUP = {
    "group_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "venue_id": "v00012",
    "user_id": "u0000123",
    "start_time": _START,
    "status": "collecting",
    "invited": ["u0000456", "u0000789"],
    "accepted": ["u0000456"],
    "declined": [],
    "smallest": 2,
    "deadline": "2024-06-07T21:30:00.000000Z",
    "held_tables": [4],
    "held_until": "2024-06-07T20:01:00.000000Z",
    "booking_id": None,
    "reason": None,
}

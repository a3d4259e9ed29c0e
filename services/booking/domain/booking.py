"""The life of a reservation: an explicit machine of states; what is not listed is refused."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Status(StrEnum):
    """States of a reservation. `REQUESTED` has no outcome yet: the venue's row has not arrived."""

    REQUESTED = "requested"
    WAITLISTED = "waitlisted"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SEATED = "seated"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.WAITLISTED, Status.CONFIRMED, Status.DECLINED}),
    Status.WAITLISTED: frozenset({Status.CONFIRMED, Status.DECLINED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.CANCELLED, Status.SEATED, Status.NO_SHOW}),
    Status.SEATED: frozenset({Status.COMPLETED}),
    Status.DECLINED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
}

LIVE = frozenset({Status.CONFIRMED, Status.SEATED})
"""States that hold tables and a confirmation code."""
OVER = frozenset(status for status, after in TRANSITIONS.items() if not after)
"""States that lead nowhere: the booking is of the past."""
OUTCOMES = frozenset({Status.CONFIRMED, Status.DECLINED, Status.EXPIRED})
"""Exactly one of them follows every request."""


class IllegalTransitionError(ValueError):
    """A reservation was asked to go where its state does not lead."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a requester asked for; moments in UTC microseconds."""

    booking_id: str
    venue_id: str
    user_id: str
    party_size: int
    start_us: int
    flexibility_minutes: int
    requested_us: int
    created_by: str
    group_id: str | None = None
    member_ids: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reservation comes from: columns its later records repeat."""

    world: str
    city: str
    cause_id: str | None


@dataclass(frozen=True, slots=True)
class Booking:
    """A request with what became of it. ``due_us`` is when its timer fires; None where none runs."""

    request: Request
    origin: Origin
    status: Status = Status.REQUESTED
    start_us: int = 0
    duration_minutes: int = 0
    tables: tuple[int, ...] = ()
    seats: int = 0
    code: str | None = None
    reason: str | None = None
    due_us: int | None = None
    deposit_minor: int | None = None

    @property
    def booking_id(self) -> str:
        """Names the reservation: event_id of its request."""
        return self.request.booking_id

    @property
    def venue_id(self) -> str:
        """Venue asked for."""
        return self.request.venue_id

    def may(self, status: Status) -> bool:
        """Whether the machine leads from here to a status."""
        return status in TRANSITIONS[self.status]

    def to(self, status: Status, *, due_us: int | None = None, reason: str | None = None) -> "Booking":
        """The reservation in its next state; raises IllegalTransitionError."""
        if not self.may(status):
            raise IllegalTransitionError(f"booking {self.booking_id}: {self.status} does not lead to {status}")
        return replace(self, status=status, due_us=due_us, reason=reason or self.reason)

"""The decision on one request: a table, a wait, or a reason and up to three other offers."""

from dataclasses import dataclass
from enum import StrEnum

from services.booking.domain.booking import Request, Status
from services.booking.domain.floor import Floor
from services.booking.domain.hours import iso
from services.booking.domain.policy import MINUTE_US, SLOT_MINUTES, Policy, slots_of
from services.booking.domain.tables import Option
from services.booking.domain.venue import Venue

DAY_US = 1440 * MINUTE_US
FLEXIBILITY_LIMIT = 240
"""Minutes: who would move further than four hours wants another meal."""
LOOKBACK_US = (FLEXIBILITY_LIMIT + 120) * MINUTE_US
"""How far before a wanted start a decision looks for free tables (flexibility and alternatives)."""


class Reason(StrEnum):
    """Why a request is declined or a reservation ends; the contract's machine-readable words."""

    NO_TABLE = "no_table"
    CLOSED = "closed"
    PAST = "past"
    TOO_FAR_AHEAD = "too_far_ahead"
    PARTY_TOO_LARGE = "party_too_large"
    PARTY_INVALID = "party_invalid"
    UNKNOWN_VENUE = "unknown_venue"
    WALK_IN_ONLY = "walk_in_only"
    WAIT_ENDED = "wait_ended"
    BY_USER = "by_user"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request: status, the start granted, tables of a confirmation, reason of a refusal."""

    status: Status
    start_us: int
    duration_minutes: int
    option: Option | None = None
    reason: Reason | None = None
    alternatives: tuple[str, ...] = ()


def refusal(request: Request, venue: Venue | None, policy: Policy) -> Reason | None:
    """The reason for which a request cannot be granted however empty the house is; None where it can."""
    checks = (
        (venue is None, Reason.UNKNOWN_VENUE),
        (not 1 <= request.party_size <= policy.party_limit, Reason.PARTY_INVALID),
        (request.start_us < request.requested_us, Reason.PAST),
        (request.start_us > request.requested_us + policy.days_ahead * DAY_US, Reason.TOO_FAR_AHEAD),
    )
    for failed, reason in checks:
        if failed:
            return reason
    assert venue is not None
    if not venue.takes_bookings:
        return Reason.WALK_IN_ONLY
    if request.party_size > venue.tables.largest_party():
        return Reason.PARTY_TOO_LARGE
    return None if open_for(venue, request.start_us, policy) else Reason.CLOSED


def open_for(venue: Venue, start_us: int, policy: Policy) -> bool:
    """Whether a reservation may start at a moment: open, and not about to close."""
    hours = venue.hours
    left = hours.closes_in(start_us) if hours is not None else None
    return left is not None and left >= policy.last_seating


def decide(request: Request, venue: Venue | None, floor: Floor | None, policy: Policy) -> Decision:
    """Confirm, waitlist or decline; the floor is read, not changed. ``requested_us`` is the moment of asking."""
    dwell = policy.dwell(request.party_size)
    reason = refusal(request, venue, policy)
    if reason is None:
        assert venue is not None
        assert floor is not None
        for start_us in _starts(request):
            option = _offer(request, venue, floor, start_us, policy)
            if option is not None:
                return Decision(Status.CONFIRMED, start_us, dwell, option)
        if request.flexibility_minutes > 0 and _may_wait(request, policy):
            return Decision(Status.WAITLISTED, request.start_us, dwell)
        reason = Reason.NO_TABLE
    offers: tuple[str, ...] = ()
    if reason in {Reason.NO_TABLE, Reason.CLOSED} and venue is not None and floor is not None:
        offers = alternatives(request, venue, floor, policy)
    return Decision(Status.DECLINED, request.start_us, dwell, None, reason, offers)


def alternatives(request: Request, venue: Venue, floor: Floor, policy: Policy) -> tuple[str, ...]:
    """Up to three near times with a free table, nearest first, as ``venue_id@ISO-8601 time``."""
    found: list[str] = []
    for step in policy.alternative_steps:
        start_us = request.start_us + step * MINUTE_US
        if start_us > request.requested_us and _offer(request, venue, floor, start_us, policy) is not None:
            found.append(f"{venue.venue_id}@{iso(start_us)}")
        if len(found) == policy.alternatives:
            break
    return tuple(found)


def _offer(request: Request, venue: Venue, floor: Floor, start_us: int, policy: Policy) -> Option | None:
    first, count = slots_of(start_us, policy.dwell(request.party_size))
    option = floor.offer(request.party_size, first, count, policy.pair_waste)
    return option if option is not None and open_for(venue, start_us, policy) else None


def _starts(request: Request) -> list[int]:
    """The wanted start, then the starts within the flexibility, nearest first, earlier before later."""
    starts = [request.start_us]
    reach = min(request.flexibility_minutes, FLEXIBILITY_LIMIT)
    for step in range(SLOT_MINUTES, reach + 1, SLOT_MINUTES):
        starts += [request.start_us - step * MINUTE_US, request.start_us + step * MINUTE_US]
    return [start for start in starts if start >= request.requested_us]


def _may_wait(request: Request, policy: Policy) -> bool:
    return request.start_us - request.requested_us >= policy.wait_lead * MINUTE_US

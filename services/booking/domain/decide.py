"""The decision on one request: a table, a wait, or a reason and up to three other offers."""

from dataclasses import dataclass
from enum import StrEnum

from services.booking.domain.booking import Request, Status
from services.booking.domain.floor import Floor
from services.booking.domain.hours import iso
from services.booking.domain.policy import MINUTE_US, SLOT_MINUTES, Policy, slots_of
from services.booking.domain.rules import Rulebook
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
    TOO_SOON = "too_soon"
    TOO_FAR_AHEAD = "too_far_ahead"
    PARTY_TOO_LARGE = "party_too_large"
    PARTY_INVALID = "party_invalid"
    UNKNOWN_VENUE = "unknown_venue"
    WALK_IN_ONLY = "walk_in_only"
    WAIT_ENDED = "wait_ended"
    BY_USER = "by_user"
    USER_MISSING = "user_missing"
    RAIN = "rain"
    NOT_SEEN_LEAVING = "not_seen_leaving"
    TOO_FEW = "too_few"


FULL = frozenset({Reason.NO_TABLE, Reason.CLOSED, Reason.TOO_SOON})
"""Refusals for which the same house may have another time."""
ELSEWHERE = FULL | {Reason.PARTY_TOO_LARGE, Reason.WALK_IN_ONLY}
"""Refusals for which another house may have a table at the wanted time."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request: status, the start granted, tables of a confirmation, reason of a refusal."""

    status: Status
    start_us: int
    duration_minutes: int
    option: Option | None = None
    reason: Reason | None = None
    alternatives: tuple[str, ...] = ()


def refusal(request: Request, venue: Venue | None, rulebook: Rulebook) -> Reason | None:
    """The reason for which a request cannot be granted however empty the house is; None where it can."""
    limits = rulebook.policy.limits
    checks = (
        (not request.user_id, Reason.USER_MISSING),
        (venue is None, Reason.UNKNOWN_VENUE),
        (not 1 <= request.party_size <= limits.party_limit, Reason.PARTY_INVALID),
        (request.start_us < request.requested_us, Reason.PAST),
        (request.start_us > request.requested_us + limits.days_ahead * DAY_US, Reason.TOO_FAR_AHEAD),
    )
    for failed, reason in checks:
        if failed:
            return reason
    assert venue is not None
    if not venue.takes_bookings:
        return Reason.WALK_IN_ONLY
    rules = rulebook.rules(venue, request.start_us, request.requested_us)
    if request.party_size > min(venue.tables.largest_party(), rules.party_limit):
        return Reason.PARTY_TOO_LARGE
    if request.start_us + _reach(request) * MINUTE_US < request.requested_us + rules.lead * MINUTE_US:
        return Reason.TOO_SOON
    return None if rules.open else Reason.CLOSED


def decide(request: Request, venue: Venue | None, floor: Floor | None, rulebook: Rulebook) -> Decision:
    """Confirm, waitlist or decline; the floor is read, not changed. ``requested_us`` is the moment of asking."""
    policy = rulebook.policy
    dwell = policy.dwell(request.party_size)
    reason = refusal(request, venue, rulebook)
    if reason is None:
        assert venue is not None
        assert floor is not None
        for start_us in _starts(request):
            option = offer(request, venue, floor, start_us, rulebook)
            if option is not None:
                return Decision(Status.CONFIRMED, start_us, dwell, option)
        if request.flexibility_minutes > 0 and _may_wait(request, policy):
            return Decision(Status.WAITLISTED, request.start_us, dwell)
        reason = Reason.NO_TABLE
    offers: tuple[str, ...] = ()
    if reason in FULL and venue is not None and floor is not None:
        offers = other_times(request, venue, floor, rulebook)
    return Decision(Status.DECLINED, request.start_us, dwell, None, reason, offers)


def other_times(request: Request, venue: Venue, floor: Floor, rulebook: Rulebook) -> tuple[str, ...]:
    """Near times with a free table, as many as may be offered, nearest first, as ``venue_id@ISO-8601 time``."""
    found: list[str] = []
    for step in rulebook.policy.near.time_steps:
        start_us = request.start_us + step * MINUTE_US
        if start_us > request.requested_us and offer(request, venue, floor, start_us, rulebook) is not None:
            found.append(f"{venue.venue_id}@{iso(start_us)}")
        if len(found) == rulebook.policy.near.alternatives:
            break
    return tuple(found)


def mixed(times: tuple[str, ...], places: tuple[str, ...], limit: int) -> tuple[str, ...]:
    """The nearest time, the nearest place, and so on in turns; what one lacks the other fills."""
    turns = (offers[turn] for turn in range(limit) for offers in (times, places) if turn < len(offers))
    return tuple(turns)[:limit]


def offer(request: Request, venue: Venue, floor: Floor, start_us: int, rulebook: Rulebook) -> Option | None:
    """Tables for a party at a start, under the rules that hold there; None where it cannot be."""
    policy, rules = rulebook.policy, rulebook.rules(venue, start_us, request.requested_us)
    early = start_us < request.requested_us + rules.lead * MINUTE_US
    if early or not rules.open or request.party_size > rules.party_limit:
        return None
    first, count = slots_of(start_us, policy.dwell(request.party_size))
    return floor.offer(request.party_size, first, count, policy.tables.pair_waste, rules.closed)


def _reach(request: Request) -> int:
    return min(request.flexibility_minutes, FLEXIBILITY_LIMIT)


def _starts(request: Request) -> list[int]:
    """The wanted start, then the starts within the flexibility, nearest first, earlier before later."""
    starts = [request.start_us]
    for step in range(SLOT_MINUTES, _reach(request) + 1, SLOT_MINUTES):
        starts += [request.start_us - step * MINUTE_US, request.start_us + step * MINUTE_US]
    return [start for start in starts if start >= request.requested_us]


def _may_wait(request: Request, policy: Policy) -> bool:
    return request.start_us - request.requested_us >= policy.limits.wait_lead * MINUTE_US

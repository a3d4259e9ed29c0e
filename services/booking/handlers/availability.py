"""Whether a venue has a table at a time, how many, and how long one would have to wait."""

from services.booking.desk import Desk
from services.booking.domain.booking import Request
from services.booking.domain.decide import ELSEWHERE, FULL, Reason, mixed, offer, other_times, refusal
from services.booking.domain.floor import Floor
from services.booking.domain.policy import MINUTE_US, SLOT_MINUTES, SLOT_US, slots_of
from services.booking.domain.venue import Venue
from services.booking.elsewhere import Refused, places
from services.booking.events import Trigger

LONGEST_WAIT = 240
"""Minutes looked ahead for a free table."""


def availability(
    desk: Desk, venue_id: str, start_us: int, party_size: int, trigger: Trigger
) -> dict[str, object] | None:
    """Answer of availability.get; None where the venue is unknown."""
    venue = desk.venues.get(venue_id)
    if venue is None:
        return None
    # a question is asked by nobody in particular; who asks for a table has a name
    request = Request("", venue_id, "-", party_size, start_us, 0, trigger.time_us, "api")
    reason = refusal(request, venue, desk.rulebook)
    first, slots = slots_of(start_us, desk.rulebook.policy.dwell(party_size))
    floor = _floor(desk, venue, start_us, party_size)
    free = reason is None and offer(request, venue, floor, start_us, desk.rulebook) is not None
    offers: tuple[str, ...] = ()
    if not free:
        reason = reason or Reason.NO_TABLE
        times = other_times(request, venue, floor, desk.rulebook) if reason in FULL else ()
        found = places(desk, [Refused(request, times, {})])[0] if reason in ELSEWHERE else ()
        offers = mixed(times, found, desk.rulebook.policy.near.alternatives)
    closed = desk.rulebook.rules(venue, start_us, trigger.time_us).closed
    return {
        "venue_id": venue_id,
        "available": free,
        "slots_remaining": floor.free_options(party_size, first, slots, closed) if free else 0,
        "wait_time_minutes": _wait(desk, venue, floor, request),
        "reason": reason.value if reason else None,
        "deposit_minor": desk.rulebook.deposit(venue, start_us, party_size) if free else None,
        "alternatives": list(offers),
    }


def _floor(desk: Desk, venue: Venue, start_us: int, party_size: int) -> Floor:
    """What is taken from the longest wait before a start to the end of a table taken after the longest wait."""
    dwell = desk.rulebook.policy.dwell(party_size)
    until = (start_us + (2 * LONGEST_WAIT + dwell) * MINUTE_US) // SLOT_US
    floor = Floor(venue.tables, start_us // SLOT_US - LONGEST_WAIT // SLOT_MINUTES, until)
    for claim in desk.state.claims(desk.scope, [venue.venue_id], floor.base, floor.until):
        if claim.table <= len(venue.tables.sizes):
            floor.take(claim)
    return floor


def _wait(desk: Desk, venue: Venue, floor: Floor, request: Request) -> int | None:
    """Minutes from the wanted start until the party could sit down; None where it could not within the longest."""
    for minutes in range(0, LONGEST_WAIT + 1, SLOT_MINUTES):
        later = request.start_us + minutes * MINUTE_US
        if venue.takes_bookings and offer(request, venue, floor, later, desk.rulebook) is not None:
            return minutes
    return None

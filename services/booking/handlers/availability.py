"""Whether a venue has a table at a time, how many, and how long one would have to wait."""

from services.booking.desk import Desk
from services.booking.domain.booking import Request
from services.booking.domain.decide import alternatives, open_for, refusal
from services.booking.domain.floor import Floor
from services.booking.domain.policy import MINUTE_US, SLOT_MINUTES, SLOT_US, slots_of
from services.booking.events import Trigger

LONGEST_WAIT = 240
"""Minutes looked ahead for a free table."""


def availability(
    desk: Desk, venue_id: str, start_us: int, party_size: int, trigger: Trigger
) -> dict[str, object] | None:
    """Answer of availability.get; None where the venue is unknown."""
    venue = desk.state.venues(desk.scope, [venue_id]).get(venue_id)
    if venue is None:
        return None
    request = Request("", venue_id, "", party_size, start_us, 0, trigger.time_us, "api")
    reason = refusal(request, venue, desk.policy)
    dwell = desk.policy.dwell(party_size)
    first, slots = slots_of(start_us, dwell)
    floor = Floor(venue.tables, first - LONGEST_WAIT // SLOT_MINUTES)
    until = (start_us + (2 * LONGEST_WAIT + dwell) * MINUTE_US) // SLOT_US
    for claim in desk.state.claims(desk.scope, [venue_id], floor.base, until):
        if claim.table <= len(venue.tables.sizes):
            floor.take(claim)
    waste = desk.policy.pair_waste
    free = reason is None and floor.offer(party_size, first, slots, waste) is not None
    wait = None
    for minutes in range(0, LONGEST_WAIT + 1, SLOT_MINUTES):
        later = start_us + minutes * MINUTE_US
        fits = open_for(venue, later, desk.policy) and floor.offer(party_size, *slots_of(later, dwell), waste)
        if venue.takes_bookings and later >= trigger.time_us and fits:
            wait = minutes
            break
    bookable = venue.takes_bookings and not free
    return {
        "venue_id": venue_id,
        "available": free,
        "slots_remaining": floor.free_options(party_size, first, slots) if reason is None else 0,
        "wait_time_minutes": wait,
        "reason": reason.value if reason else None if free else "no_table",
        "alternatives": list(alternatives(request, venue, floor, desk.policy)) if bookable else [],
    }

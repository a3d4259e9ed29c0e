"""Auto-booking: people who want to go to the same venue at about the same time, and are alike, share a table."""

from collections import defaultdict

from services.booking.desk import Desk
from services.booking.domain.company import companies, guests_of
from services.booking.domain.policy import SLOT_US
from services.booking.domain.venue import Venue
from services.booking.events import Trigger

AT_ONCE = 500
"""People seated by one question, the earliest wishes first: the others stay for the next."""


def auto_book(desk: Desk, venue: Venue, trigger: Trigger) -> dict[str, object]:
    """Request a table for each group; the requests come back on the topic and are decided there.

    Tastes are those of the interests that are kept, of any house: no more is remembered of a person.
    """
    policy = desk.rulebook.policy.auto_book
    interests = desk.state.interests(desk.scope, venue.venue_id, trigger.time_us, AT_ONCE)
    liked: dict[str, list[Venue]] = defaultdict(list)
    for one in desk.state.interests_of(desk.scope, [interest.user_id for interest in interests]):
        if one.venue_id in desk.venues and one.venue_id != venue.venue_id:
            liked[one.user_id].append(desk.venues[one.venue_id])
    wishes = ((one.user_id, one.preferred_us, one.party_size) for one in interests)
    guests = guests_of(wishes, liked, venue)
    requested: list[dict[str, object]] = []
    largest = min(policy.largest_group, venue.tables.largest_party())
    for ordinal, company in enumerate(companies(guests, largest, policy)):
        columns: dict[str, object] = {
            "user_id": company[0].user_id,
            "venue_id": venue.venue_id,
            "party_size": sum(guest.party_size for guest in company),
            "start_time": -(-company[0].preferred_us // SLOT_US) * SLOT_US,
            "flexibility_minutes": policy.flexibility,
            "member_ids": ",".join(guest.user_id for guest in company),
            "created_by": "auto_book",
        }
        booking_id = desk.records.add("bookings", "booking.requested", trigger, columns, ordinal)
        desk.records.rows["bookings"][-1]["booking_id"] = booking_id
        requested.append({"booking_id": booking_id, "user_ids": [guest.user_id for guest in company]})
    if interests:
        desk.state.drop_interests(desk.scope, venue.venue_id, [interest.user_id for interest in interests])
    return {"venue_id": venue.venue_id, "requested": requested}

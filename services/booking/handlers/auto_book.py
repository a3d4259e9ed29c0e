"""Auto-booking: people who want to go to the same venue at about the same time share a table."""

from services.booking.desk import Desk
from services.booking.domain.policy import MINUTE_US, SLOT_US
from services.booking.domain.venue import Venue
from services.booking.events import Trigger
from services.booking.ports import Interest

TOGETHER_US = 30 * MINUTE_US
"""Wishes this close can be one table."""
LARGEST_GROUP = 8
"""People at one table who did not choose each other."""
FLEXIBILITY = 30


def groups_of(interests: list[Interest], largest: int) -> list[list[Interest]]:
    """Neighbours in time, cut where the times are too far apart or the table would be too small."""
    groups: list[list[Interest]] = []
    for interest in interests:
        party = max(interest.party_size, 1)
        group = groups[-1] if groups else []
        near = bool(group) and interest.preferred_us - group[0].preferred_us <= TOGETHER_US
        if near and party + sum(max(member.party_size, 1) for member in group) <= largest:
            group.append(interest)
        else:
            groups.append([interest])
    return groups


def auto_book(desk: Desk, venue: Venue, trigger: Trigger) -> dict[str, object]:
    """Request a table for each group; the requests come back on the topic and are decided there."""
    interests = desk.state.interests(desk.scope, venue.venue_id, trigger.time_us)
    requested: list[dict[str, object]] = []
    for ordinal, group in enumerate(groups_of(interests, min(LARGEST_GROUP, venue.tables.largest_party()))):
        columns: dict[str, object] = {
            "user_id": group[0].user_id,
            "venue_id": venue.venue_id,
            "party_size": sum(max(interest.party_size, 1) for interest in group),
            "start_time": -(-group[0].preferred_us // SLOT_US) * SLOT_US,
            "flexibility_minutes": FLEXIBILITY,
            "member_ids": ",".join(interest.user_id for interest in group),
            "created_by": "auto_book",
        }
        booking_id = desk.records.add("bookings", "booking.requested", trigger, columns, ordinal)
        desk.records.rows["bookings"][-1]["booking_id"] = booking_id
        requested.append({"booking_id": booking_id, "user_ids": [interest.user_id for interest in group]})
    if interests:
        desk.state.drop_interests(desk.scope, venue.venue_id, [interest.user_id for interest in interests])
    return {"venue_id": venue.venue_id, "requested": requested}

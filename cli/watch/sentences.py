"""What happened, in a few words; an event without a sentence here is not worth a line in a terminal."""

from collections.abc import Mapping
from typing import Any

SENTENCES: Mapping[str, tuple[str, str]] = {
    "user.registered": ("green", "{who} joined"),
    "user.churned": ("red", "{who} left for good"),
    "user.returned": ("green", "{who} is back"),
    "search.performed": ("white", "{who} searches"),
    "venue.saved": ("white", "{who} saved {where}"),
    "venue.liked": ("white", "{who} likes {where}"),
    "interest.expressed": ("yellow", "{who} wants to go to {where}"),
    "recommendation.accepted": ("yellow", "{who} takes a recommendation: {where}"),
    "visit.started": ("cyan", "{who} sits down at {where}"),
    "review.submitted": ("magenta", "{who} reviews {where}: {rating:g} stars"),
    "friend.accepted": ("green", "{who} and {other} are friends"),
    "invite.sent": ("blue", "{who} invites {other}"),
    "invite.accepted": ("blue", "{who} accepts an invitation"),
    "invite.declined": ("white", "{who} declines an invitation"),
    "group.formed": ("blue", "{who} gathers a group for {where}"),
    "booking.confirmed": ("green", "a table for {party_size} at {where} for {who}"),
    "booking.waitlisted": ("yellow", "{who} waits for a table at {where}"),
    "booking.declined": ("red", "no table for {who} at {where}"),
    "booking.cancelled": ("red", "{who} cancels at {where}"),
    "booking.no_show": ("red", "{who} does not turn up at {where}"),
    "weather.changed": ("bold", "the weather: {condition}"),
    "traffic.changed": ("bold", "traffic is {condition}"),
    "special_event.started": ("bold", "{name} begins"),
    "special_event.ended": ("bold", "{name} is over"),
    "promotion.started": ("bold", "a promotion at {where}"),
    "venue.trending": ("bold", "{where} is trending"),
    "holiday.started": ("bold", "today is {name}"),
    "scenario.started": ("bold yellow", "scenario {scenario} begins"),
    "scenario.settling": ("bold yellow", "scenario {scenario} settles"),
    "scenario.settled": ("bold yellow", "scenario {scenario} is over"),
    "snapshot.created": ("bold", "a snapshot was saved"),
}
"""Event type → (style, sentence)."""


def sentence(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """Style and words of a record as the gateway sends it; None where there are none, or it lacks what they need."""
    found = SENTENCES.get(str(record.get("event_type")))
    if found is None:
        return None
    who = record.get("user_name") or record.get("user_id") or "somebody"
    where = record.get("venue_name") or record.get("venue_id") or "a place"
    other = record.get("other_user_name") or record.get("other_user_id") or "a friend"
    try:
        return found[0], found[1].format_map({**record, "who": who, "where": where, "other": other})
    except (KeyError, ValueError):
        return None

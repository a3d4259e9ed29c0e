"""What records count as: deeds at venues, deeds of people, steps of the funnel, measures."""

from collections.abc import Mapping

from services.analytics.domain.aggregates.partials import STEPS

COUNTED = ("user_actions", "social_interactions", "bookings", "recommendations", "environment")
"""Topics of the city itself, whose records are counted; what services say of themselves is not."""

VENUE_DEEDS = ("views", "saves", "interests", "bookings", "visits", "reviews", "spend")
"""What is counted of a venue; ``spend`` is a sum in minor units."""

VENUE_DEED_OF: Mapping[str, str] = {
    "venue.viewed": "views",
    "venue.saved": "saves",
    "interest.expressed": "interests",
    "booking.requested": "bookings",
    "visit.started": "visits",
    "review.submitted": "reviews",
}

PEOPLE_DEEDS = ("visits", "bookings", "invites", "reviews")
"""What is counted of a person."""

PEOPLE_DEED_OF: Mapping[str, str] = {
    "visit.started": "visits",
    "booking.requested": "bookings",
    "invite.sent": "invites",
    "review.submitted": "reviews",
}

STEP_OF: Mapping[str, str] = {
    "session.started": "browse",
    "venue.browsed": "browse",
    "venue.viewed": "browse",
    "venue.saved": "browse",
    "interest.expressed": "interest",
    "invite.sent": "invite",
    "booking.requested": "booking",
    "visit.started": "visit",
    "review.submitted": "review",
}

OUTCOMES = ("booking.confirmed", "booking.declined", "booking.expired")
"""Exactly one of these answers every `booking.requested`."""

INVITE_ANSWERS = ("invite.accepted", "invite.declined")

CELL_KINDS = ("activity", "bookings")
"""What the map shows: where people say they are, and where tables are asked for."""

DIMENSIONS = ("persona", "category", "borough")
UNKNOWN = "unknown"
"""Value of a dimension that no directory knew."""

assert set(STEP_OF.values()) == set(STEPS)

"""What the services of a town answer where a test does not say: the documented examples, by kind of question."""

import json
from typing import Any

from services.gateway.api.answers import bookings, journeys, metrics, operations, recommendations, venues

PAYLOADS: dict[str, Any] = {
    "availability.get": venues.AVAILABILITY,
    "booking.create": bookings.DECISION,
    "booking.cancel": bookings.CANCELLED,
    "booking.auto_book": bookings.AUTO_BOOKED,
    "booking.group": bookings.GROUP,
    "booking.group_answer": bookings.GROUP,
    "booking.group_get": bookings.GROUP,
    "recommendations.venues": recommendations.VENUE_PICKS,
    "recommendations.people": recommendations.PERSON_MATCHES,
    "recommendations.group": recommendations.GROUP_PICKS,
    "interest.express": recommendations.INTEREST,
    "realtime.get": metrics.RECENT,
    "aggregate.get": metrics.AGGREGATE,
    "funnel.get": metrics.FUNNEL,
    "top.get": metrics.TOP,
    "heatmap.get": metrics.HEATMAP,
    "journey.get": journeys.DETAIL,
    "journey.events": journeys.JOURNEY_EVENTS,
    "preferences.history": journeys.TASTES,
    "history.get": journeys.STORED_RECORDS,
    "story.get": journeys.STORY,
    "aggregate.history": journeys.FIGURES,
    "store.state": journeys.STORE,
    "replay.start": operations.REPLAY,
    "replay.stop": operations.REPLAY,
    "replay.list": operations.REPLAYS,
    "explain": journeys.EXPLAINED,
    "snapshot.create": operations.SAVED,
    "snapshot.list": operations.SNAPSHOTS,
}


def told(row: dict[str, Any]) -> str:
    """Payload or result, as JSON, for a question or a command; a command without one tells its parameters."""
    kind = row["command"] if "command" in row else row["kind"]
    return json.dumps(PAYLOADS[kind]) if kind in PAYLOADS else str(row["parameters"])

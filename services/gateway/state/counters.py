"""Events of a branch, counted by topic and type."""

from collections import defaultdict
from collections.abc import Mapping

from services.gateway.state.chunk import Chunk

BOOKKEEPING = frozenset({"service.heartbeat", "service.progress", "simulator.tick"})
"""Records that services write about themselves: counted, but no part of the city's rate."""

ENTITY_TOPICS = frozenset({"users", "venues", "requests", "replies", "replay"})
"""Rows and questions, no events of the city."""


class Counters:
    """``counts[topic][event_type]``, folded from columns."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, int]] = {}

    def apply(self, chunk: Chunk) -> int:
        """Count a chunk; returns how many of its records are events of the city."""
        of_topic = self.counts.setdefault(chunk.topic, defaultdict(int))
        events = 0
        for event_type, number in chunk.frame["event_type"].value_counts().iter_rows():
            of_topic[event_type] += number
            if event_type not in BOOKKEEPING and chunk.topic not in ENTITY_TOPICS:
                events += number
        return events

    def of(self, topic: str, event_type: str) -> int:
        """Events of one type."""
        return self.counts.get(topic, {}).get(event_type, 0)

    def printable(self) -> dict[str, dict[str, int]]:
        """A copy, topics and types in alphabetical order."""
        return {topic: dict(sorted(types.items())) for topic, types in sorted(self.counts.items())}

    def totals(self) -> Mapping[str, int]:
        """The figures that people ask for first."""
        acts, books = "user_actions", "bookings"
        events = sum(
            number
            for topic, types in self.counts.items()
            if topic not in ENTITY_TOPICS
            for event_type, number in types.items()
            if event_type not in BOOKKEEPING
        )
        return {
            "events": events,
            "sessions": self.of(acts, "session.started"),
            "views": self.of(acts, "venue.viewed"),
            "interests": self.of(acts, "interest.expressed"),
            "visits": self.of(acts, "visit.started"),
            "reviews": self.of(acts, "review.submitted"),
            "recommendations": self.of("recommendations", "recommendation.generated"),
            "recommendations_accepted": self.of(acts, "recommendation.accepted"),
            "bookings_requested": self.of(books, "booking.requested"),
            "bookings_confirmed": self.of(books, "booking.confirmed"),
            "bookings_declined": self.of(books, "booking.declined"),
            "preference_updates": self.of("preferences", "preference.updated"),
            "invites": self.of("social_interactions", "invite.sent"),
            "friendships": self.of("social_interactions", "friend.accepted"),
            "groups": self.of("social_interactions", "group.formed"),
        }

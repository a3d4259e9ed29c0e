"""Records that the gateway's bench sends: a city's people and venues, and encoded acts of theirs."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.gateway.state.chunk import Chunk
from streamkit.codec import Codec
from streamkit.identity import hash_id
from streamkit.records import Outgoing

RUN, NOON = "bench", 1_717_761_600_000_000
PEOPLE, VENUES = 2_000, 300
PARTITIONS = 4
TOPIC = "user_actions"

Row = Mapping[str, object]


def common(number: int, event_type: str, **more: object) -> Row:
    """A record's common columns and some more."""
    return {
        "event_id": hash_id("bench", event_type, number),
        "event_type": event_type,
        "run_id": RUN,
        "branch": 1,
        "simulation_time": NOON + number * 1_000,
        "world": "dining",
        "city": "new_york",
        "source": "simulator",
        **more,
    }


def person(number: int) -> Row:
    """A row of users."""
    friends = ",".join(f"u{(number + step) % PEOPLE:07}" for step in range(1, 11))
    told = {"name": f"Person {number}", "username": f"person{number}", "email": f"p{number}@example.com"}
    home = {"home_latitude": 40.7, "home_longitude": -73.9, "registered_at": NOON, "is_simulated": True}
    taste = {"price_tier": 2.0, "openness": 0.5, "group_size": 2.0, "lifecycle": "active", "friend_ids": friends}
    return common(number, "user.updated", user_id=f"u{number:07}", persona="foodie_explorer", **told, **home, **taste)


def venue(number: int) -> Row:
    """A row of venues."""
    place = {"latitude": 40.72, "longitude": -73.99, "time_zone": "America/New_York", "category": "bar"}
    worth = {"price_tier": 2, "rating": 4.25, "rating_count": 10, "seats": 40, "tables": "2x10,4x5"}
    opened = {"takes_bookings": True, "opening_hours": ",".join(["660-1380"] * 7), "outdoor_seating": False}
    named = {"venue_id": f"v{number:05}", "name": f"Venue {number}", "features": "rooftop,live_music"}
    return common(number, "venue.updated", **named, **place, **worth, **opened)


def act(number: int) -> Row:
    """Somebody looks at a venue."""
    who, where = f"u{number % PEOPLE:07}", f"v{number % VENUES:05}"
    return common(number, "venue.viewed", user_id=who, venue_id=where, session_id=hash_id("session", number // 20))


def encoded(codec: Codec, topic: str, rows: Sequence[Row]) -> list[bytes]:
    """Records as they are on the wire."""
    return list(codec.encode(Outgoing.from_rows(topic, rows)).values)


class Source:
    """Decodes records a few at a time, as the gateway's feed does, each with the wall clock of its sending."""

    def __init__(self, codec: Codec, topic: str, values: Sequence[bytes]) -> None:
        self._codec = codec
        self._topic = topic
        self._values = values
        self._given = 0

    def take(self, count: int, now_us: int) -> Chunk:
        """The next records; raises `IndexError` when there are no more."""
        first, last = self._given, self._given + count
        if last > len(self._values):
            raise IndexError(f"only {len(self._values):,} records were made")
        self._given = last
        numbers = np.arange(first, last)
        decoded = self._codec.decode(self._topic, self._values[first:last])
        if decoded.poison:
            raise RuntimeError(f"{self._topic}: {decoded.poison[0].message}")
        frame = decoded.frame
        partitions, offsets = (numbers % PARTITIONS).astype(np.int32), numbers // PARTITIONS
        return Chunk(self._topic, frame, partitions, offsets, np.full(count, now_us // 1_000, np.int64))

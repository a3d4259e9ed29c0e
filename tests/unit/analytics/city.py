"""Small cities as records: what the simulator would write, row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id
from streamkit.records import Batch, Outgoing

START = 1_700_000_040_000_000
MINUTE = 60_000_000
DAY = 86_400_000_000
CUISINES = ("american", "italian", "mexican", "bar")
MOODS = ("casual", "cosy", "family", "lively")

COMMON: dict[str, str | int] = {
    "run_id": "run",
    "branch": 0,
    "world": "dining",
    "city": "new_york",
    "source": "simulator",
}


def event(event_type: str, number: object, at: int, user: int = 0, **columns: object) -> dict[str, Any]:
    """One record's columns, with everything any event of ``user_actions`` must set."""
    return {
        **COMMON,
        "event_id": hash_id(event_type, str(number)),
        "event_type": event_type,
        "simulation_time": START + at,
        "user_id": f"u{user:07d}",
        "session_id": "s" * 26,
        "venue_id": "v00000",
        "latitude": 40.7,
        "longitude": -73.9,
        "preferred_time": START,
        "visit_id": "w" * 26,
        "recommendation_id": "r" * 26,
        "party_size": 2,
        "rating": 5,
        "duration_seconds": 60,
        "spend_minor": 1_000,
        **columns,
    }


def venue(number: int) -> dict[str, Any]:
    """A venue that serves one of four cuisines."""
    return {
        **COMMON,
        "event_id": hash_id("venue", number),
        "event_type": "venue.updated",
        "simulation_time": START,
        "venue_id": f"v{number:05d}",
        "name": f"Venue {number}",
        "category": "restaurant",
        "cuisine": CUISINES[number % len(CUISINES)],
        "latitude": 40.7,
        "longitude": -73.9,
        "time_zone": "America/New_York",
        "price_tier": 1 + number % 4,
        "rating": 4.0,
        "rating_count": 10,
        "seats": 20,
        "tables": "2x10",
        "takes_bookings": True,
        "opening_hours": "-",
        "outdoor_seating": number % 2 == 0,
        "ambiance": MOODS[number % len(MOODS)],
    }


def tick(at: int, positions: str, number: int = 0) -> dict[str, Any]:
    """A simulator.tick."""
    return {
        **COMMON,
        "event_id": hash_id("tick", at, number),
        "event_type": "simulator.tick",
        "simulation_time": START + at,
        "tick": at // MINUTE,
        "wall_time": START,
        "positions": positions,
        "count": 0,
        "speed_target": 60.0,
        "speed_achieved": 60.0,
        "active_users": 1,
    }


def state_changed(at: int, wall_time: int, branch: int = 0) -> dict[str, Any]:
    """A state.changed of some branch."""
    return {
        **COMMON,
        "branch": branch,
        "event_id": hash_id("state", at, wall_time, branch),
        "event_type": "state.changed",
        "simulation_time": START + at,
        "phase": "running",
        "tick": 0,
        "start_time": START,
        "speed_target": 60.0,
        "speed_achieved": 60.0,
        "population": 10,
        "active_users": 1,
        "wall_time": wall_time,
    }


class Frames:
    """Records as decoded batches, through the real codec, so that every column is there with its type."""

    def __init__(self) -> None:
        self.codec = Codec(Catalogue.load())
        self._next: dict[tuple[str, int], int] = {}

    def batch(self, topic: str, rows: Sequence[Mapping[str, object]], partition: int = 0) -> Batch:
        """The next records of one partition."""
        columns = set(self.codec.decode(topic, []).frame.columns)  # `event` sets those of all topics
        kept = [{name: value for name, value in row.items() if name in columns} for row in rows]
        values = self.codec.encode(Outgoing.from_rows(topic, kept)).values
        decoded = self.codec.decode(topic, values)
        assert not decoded.poison, decoded.poison[0]
        first = self._next.get((topic, partition), 0)
        self._next[topic, partition] = first + len(rows)
        offsets = np.arange(first, first + len(rows), dtype=np.int64)
        return Batch(topic, decoded.frame, np.full(len(rows), partition, dtype=np.int32), offsets)


def rows_of(outputs: Sequence[object], topic: str, event_type: str | None = None) -> list[dict[str, Any]]:
    """Published rows of a topic."""
    rows: list[dict[str, Any]] = []
    for output in outputs:
        assert isinstance(output, Outgoing)
        if output.topic == topic:
            frame = pl.DataFrame(dict(output.columns))
            rows += frame.to_dicts()
    return [row for row in rows if event_type is None or row["event_type"] == event_type]

"""A small city on the in-memory log: publish as the simulator or the gateway, let booking answer, read the topics."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.booking.app import in_memory_processor
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory.log import MemoryLog
from streamkit.positions import print_positions
from streamkit.processor import Processor
from streamkit.records import Outgoing
from tests.unit.gateway import answering

MINUTE = 60_000_000
HOUR = 60 * MINUTE
FRIDAY_10H = 1_780_668_000_000_000
"""Friday 2026-06-05 10:00 in New York, 14:00 UTC."""
EVENING = FRIDAY_10H + 9 * HOUR
"""19:00 in New York."""
ALWAYS_OPEN = ",".join(["660-1440"] * 7)
CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)


def common(event_id: str, event_type: str, time_us: int, source: str = "simulator", branch: int = 0) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "event_type": event_type,
        "run_id": "run",
        "branch": branch,
        "simulation_time": time_us,
        "world": "dining",
        "city": "new_york",
        "source": source,
    }


def venue_row(venue_id: str = "v00001", tables: str = "2x2,4x1", **changes: Any) -> dict[str, Any]:
    return {
        **common(f"row-{venue_id}", "venue.updated", FRIDAY_10H, branch=changes.pop("branch", 0)),
        "venue_id": venue_id,
        "name": "Chez Luna",
        "category": "restaurant",
        "latitude": 40.7,
        "longitude": -74.0,
        "time_zone": "America/New_York",
        "price_tier": 2,
        "rating": 4.0,
        "rating_count": 10,
        "seats": 8,
        "tables": tables,
        "takes_bookings": True,
        "opening_hours": ALWAYS_OPEN,
        "outdoor_seating": False,
        **changes,
    }


def request_row(name: str, at: int = FRIDAY_10H, **changes: Any) -> dict[str, Any]:
    return {
        **common(name, "booking.requested", at, branch=changes.pop("branch", 0)),
        "user_id": "u0000001",
        "venue_id": "v00001",
        "booking_id": name,
        "party_size": 2,
        "start_time": EVENING,
        "created_by": "user",
        **changes,
    }


def cancel_row(name: str, booking_id: str, at: int = FRIDAY_10H + HOUR, **changes: Any) -> dict[str, Any]:
    return {
        **common(name, "booking.cancel_requested", at),
        "user_id": "u0000001",
        "venue_id": "v00001",
        "booking_id": booking_id,
        **changes,
    }


def visit_row(name: str, kind: str, booking_id: str | None, at: int = EVENING, **changes: Any) -> dict[str, Any]:
    return {
        **common(name, kind, at),
        "user_id": "u0000001",
        "venue_id": "v00001",
        "visit_id": "visit",
        "party_size": 2,
        "latitude": 40.7,
        "longitude": -74.0,
        "spend_minor": 4_000,
        "duration_seconds": 3_600,
        "booking_id": booking_id,
        **changes,
    }


def weather_row(name: str, condition: str, at: int = FRIDAY_10H, **changes: Any) -> dict[str, Any]:
    return {
        **common(name, "weather.changed", at),
        "condition": condition,
        "temperature_c": 12.0,
        "precipitation_mm": 0.0,
        "wind_kph": 5.0,
        **changes,
    }


def traffic_row(name: str, delay_minutes: float, at: int = FRIDAY_10H) -> dict[str, Any]:
    return {**common(name, "traffic.changed", at), "condition": "heavy", "delay_minutes": delay_minutes}


def special_event_row(name: str, kind: str, at: int = FRIDAY_10H, **changes: Any) -> dict[str, Any]:
    return {
        **common(name, kind, at),
        "name": "Concert",
        "kind": "concert",
        "latitude": 40.7,
        "longitude": -74.0,
        "radius_km": 1.0,
        "starts_at": EVENING,
        "ends_at": EVENING + 2 * HOUR,
        "crowd": 9_000,
        **changes,
    }


def question_row(name: str, kind: str, at: int = FRIDAY_10H, **parameters: Any) -> dict[str, Any]:
    return {
        **common(name, "request.made", at, "gateway"),
        "request_id": name,
        "subject": str(parameters.get("venue_id", "u0000001")),
        "owner": "booking",
        "kind": kind,
        "parameters": json.dumps(parameters),
        "deadline": 0,
        "wall_time": 0,
    }


class City:
    """Feeds one processor from a log, as the lock-step host does."""

    def __init__(self, processor: Processor | None = None) -> None:
        self.log = MemoryLog(CATALOGUE, CODEC)
        self.processor = processor or in_memory_processor()
        self._read = dict.fromkeys(self.processor.subscriptions, 0)
        self._ordinal = 0

    def publish(self, topic: str, *rows: Mapping[str, Any]) -> "City":
        if rows:
            self.log.append([Outgoing.from_rows(topic, rows)])
        return self

    def settle(self, at_once: int = 1_000_000) -> "City":
        """Feed everything new, so many records at once, until nothing is new."""
        quiet = False
        while not quiet:
            quiet = True
            for topic, start in self._read.items():
                stop = min(self.log.size(topic), start + at_once)
                if stop > start:
                    quiet = False
                    self._read[topic] = stop
                    self.log.append(self.processor.process(self.log.batch(topic, start, stop)))
        return self

    def tick(self, at: int, positions: str | None = None) -> "City":
        """The simulator says that it has come to a moment, and what it has written by then."""
        self._ordinal += 1
        written = ["venues", "environment", "social_interactions", "bookings", "user_actions"]
        ends = print_positions(self.log.ends(written))
        row = {
            **common(f"tick-{self._ordinal}", "simulator.tick", at),
            "tick": self._ordinal,
            "wall_time": 0,
            "positions": ends if positions is None else positions,
            "count": 0,
            "speed_target": 1.0,
            "speed_achieved": 1.0,
            "active_users": 0,
        }
        return self.publish("system_metrics", row).settle()

    def ask(self, kind: str, at: int = FRIDAY_10H, **parameters: Any) -> dict[str, Any]:
        """A question of the gateway and its reply, once everything has settled."""
        self._ordinal += 1
        name = f"question-{self._ordinal}"
        row = question_row(name, kind, at, **parameters)
        self.publish("requests", row).settle()
        replies = [reply for reply in self.rows("replies") if reply["request_id"] == name]
        assert len(replies) == 1, f"{kind} has {len(replies)} replies"
        payload = json.loads(replies[0]["payload"] or "null")
        if replies[0]["status"] == "ok":
            answering.check(kind, payload)
        return {**replies[0], "payload": payload}

    def rows(self, topic: str) -> list[dict[str, Any]]:
        return self.log.read(topic).frame.to_dicts()

    def told(self, booking_id: str) -> list[str]:
        """What the topic tells of a booking, without its requests."""
        kinds = [row["event_type"] for row in self.rows("bookings") if row["booking_id"] == booking_id]
        return [kind.removeprefix("booking.") for kind in kinds if "requested" not in kind]

    def last(self, booking_id: str) -> dict[str, Any]:
        rows: Sequence[dict[str, Any]] = [row for row in self.rows("bookings") if row["booking_id"] == booking_id]
        return rows[-1]

"""A small city on the in-memory log around a real gateway: it publishes, and answers commands and questions."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.gateway.app import Core, compose
from services.gateway.settings import Access, Gateway, GatewaySettings, Live
from services.gateway.state.chunk import Chunk
from services.gateway.state.letters import Letter
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id
from streamkit.memory import MemoryLog
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.records import Outgoing, Tombstones
from tests.unit.gateway.replies import told

RUN = "run-of-the-test"
NOON = 1_717_761_600_000_000
CATALOGUE = Catalogue.load()

Row = Mapping[str, object]
Answer = Callable[[dict[str, Any]], Mapping[str, object] | None]


def settings(**gateway: Any) -> GatewaySettings:
    """Settings of a gateway on a free port that does everything fast."""
    quick = {
        "port": 0,
        "command_deadline_s": 0.5,
        "request_deadline_s": 0.5,
        "live": Live(tick_s=0.01, counters_s=0.1),
        "access": Access(),
        "dashboard": Path("/nonexistent"),
    }
    return GatewaySettings(gateway=Gateway(**{**quick, **gateway}))


class Town:
    """The log, the gateway on it, and what the services of the city answer."""

    def __init__(self, configured: GatewaySettings | None = None, catalogue: Catalogue = CATALOGUE) -> None:
        self.log = MemoryLog(catalogue, Codec(catalogue))
        self.clock = SystemClock()
        self.core: Core = compose(configured or settings(), catalogue, self.publish, self, self.clock)
        self.branch = 1
        self.state: dict[str, Any] = {"phase": "running", "speed_target": 60.0, "scenario": None}
        self.answers: dict[str, Answer] = {}
        self.letters: list[Letter] = []
        self.silent = False
        self.answering = False
        self._read: dict[str, int] = {}
        self._told = 0
        self.core.intake.found("memory")

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        """What the gateway publishes; the city answers at once."""
        positions = self.log.append(outputs)
        for output in outputs:
            if isinstance(output, Outgoing) and not self.silent:
                self._answer(output)
        self.pump()
        return positions

    async def newest(self, topic: str, limit: int) -> Sequence[Letter]:
        """Dead letters of the town."""
        return [letter for letter in self.letters if letter.topic == topic][:limit]

    def say(
        self, topic: str, *rows: Mapping[str, object], source: str = "simulator", branch: int | None = None
    ) -> None:
        """Publish records of the city, common columns filled in, and let the gateway read them."""
        self.write(topic, *rows, source=source, branch=branch)
        self.pump()

    def write(
        self, topic: str, *rows: Mapping[str, object], source: str = "simulator", branch: int | None = None
    ) -> None:
        """Publish records that the gateway has yet to read."""
        full = [{**self._common(source, branch), **row} for row in rows]
        self.log.append([Outgoing.from_rows(topic, full)])

    def bury(self, topic: str, *keys: str) -> None:
        """Publish tombstones."""
        self.log.append([Tombstones(topic, keys)])
        self.pump()

    def tell_state(self, **changed: Any) -> None:
        """Publish the simulator's state."""
        self.state |= changed
        self._told += 1
        numbers = {"tick": self._told, "population": 2, "active_users": 1, "speed_achieved": 59.0}
        row = {**numbers, "start_time": NOON, "wall_time": self.clock.now_us(), **self.state}
        self.say("simulation_control", {"event_type": "state.changed", **row})

    def pump(self) -> None:
        """Let the gateway read whatever is new."""
        for topic in CATALOGUE.topics_read_by("gateway"):
            start, stop = self._read.get(topic, 0), self.log.size(topic)
            if stop > start:
                self._read[topic] = stop
                batch = self.log.batch(topic, start, stop)
                stamps = np.full(len(batch), self.clock.now_us() // 1000, dtype=np.int64)
                self.core.intake.accept(Chunk.of(batch, stamps))

    def populate(self) -> None:
        """Two people who are friends, a venue, and the simulator's first word."""
        self.tell_state()
        self.say("users", person("u0000001", "Ada Reyes", friend_ids="u0000002"), person("u0000002", "Bo Lind"))
        self.say("venues", venue("v00001", "Bar Luce"))
        self.core.intake.caught_up()

    def _common(self, source: str, branch: int | None) -> dict[str, object]:
        self._told += 1
        return {
            "event_id": hash_id("test", self._told),
            "run_id": RUN,
            "branch": self.branch if branch is None else branch,
            "simulation_time": NOON + self._told * 1_000_000,
            "world": "dining",
            "city": "new_york",
            "source": source,
        }

    def _answer(self, output: Outgoing) -> None:
        for row in _rows(output):
            if row["event_type"] == "command.issued":
                self._acknowledge(row)
            elif row["event_type"] == "request.made":
                self._reply(row)

    def _acknowledge(self, row: dict[str, Any]) -> None:
        answer = self.answers.get(row["command"], _accept)(row)
        if answer is not None:
            named = {"command_id": row["command_id"], "command": row["command"], "wall_time": self.clock.now_us()}
            self.say("simulation_control", {"event_type": "ack.given", **named, **answer})

    def _reply(self, row: dict[str, Any]) -> None:
        answer = self.answers.get(row["kind"], _tell if self.answering else _keep_silent)(row)
        if answer is not None:
            named = {"request_id": row["request_id"], "wall_time": self.clock.now_us()}
            self.say("replies", {"event_type": "reply.given", **named, **answer}, source=row["owner"])


def _accept(row: dict[str, Any]) -> Row:
    return {"status": "accepted", "result": told(row)}


def _keep_silent(_: dict[str, Any]) -> None:
    return None


def _tell(row: dict[str, Any]) -> Row:
    return {"status": "ok", "payload": told(row)}


def ok(payload: object) -> Answer:
    """A reply that is fine."""
    return lambda _: {"status": "ok", "payload": json.dumps(payload)}


def person(user_id: str, name: str, **more: object) -> dict[str, object]:
    """A row of users."""
    return {
        "event_type": "user.updated",
        "user_id": user_id,
        "name": name,
        "username": name.lower().replace(" ", "_"),
        "email": f"{user_id}@example.com",
        "persona": "foodie_explorer",
        "is_simulated": True,
        "lifecycle": "active",
        "registered_at": NOON,
        "home_latitude": 40.7,
        "home_longitude": -73.9,
        "price_tier": 2.0,
        "openness": 0.5,
        "group_size": 2.0,
        **more,
    }


def venue(venue_id: str, name: str, **more: object) -> dict[str, object]:
    """A row of venues."""
    return {
        "event_type": "venue.updated",
        "venue_id": venue_id,
        "name": name,
        "category": "bar",
        "latitude": 40.72,
        "longitude": -73.99,
        "time_zone": "America/New_York",
        "price_tier": 2,
        "rating": 4.25,
        "rating_count": 10,
        "seats": 40,
        "tables": "2x10,4x5",
        "takes_bookings": True,
        "opening_hours": ",".join(["660-1380"] * 7),
        "outdoor_seating": False,
        "features": "rooftop,live_music",
        **more,
    }


def viewed(user_id: str = "u0000001", venue_id: str = "v00001") -> dict[str, object]:
    """Someone looks at a venue."""
    return {"event_type": "venue.viewed", "user_id": user_id, "session_id": "s" * 26, "venue_id": venue_id}


def booking(event_type: str, booking_id: str, **more: object) -> dict[str, object]:
    """A record of bookings."""
    base = {"user_id": "u0000001", "venue_id": "v00001", "booking_id": booking_id, "party_size": 2, "start_time": NOON}
    extra: dict[str, object] = {"created_by": "user"}
    if event_type == "booking.confirmed":
        extra = {
            "duration_minutes": 90,
            "tables": "3,4",
            "seats": 4,
            "confirmation_code": "LUNA-7",
            "created_by": "user",
        }
    return {"event_type": event_type, **base, **extra, **more}


def _rows(output: Outgoing) -> list[dict[str, Any]]:
    columns = {name: list(column) for name, column in output.columns.items()}  # type: ignore[arg-type]
    return [{name: values[row] for name, values in columns.items()} for row in range(output.rows)]

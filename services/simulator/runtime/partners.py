"""What other services have said: how far they are, when they were last heard of, and what they answered. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from services.simulator.runtime.admission import SOURCE
from streamkit.positions import Positions, advance, covers

HEARD_SECONDS = 20.0
"""A service that was heard of so lately is there: four heartbeats."""

ANSWERS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Replied:
    """A service's acknowledgement of one of our commands."""

    service: str
    accepted: bool
    reason: str | None
    result: Mapping[str, Any]


@dataclass(slots=True)
class Partners:
    """State of the simulator's knowledge about services. ``needed`` are those without which the city does not go on."""

    needed: tuple[str, ...] = ()
    _reached: dict[str, Positions] = field(default_factory=dict)
    _heard: dict[str, float] = field(default_factory=dict)
    _replied: dict[str, Replied] = field(default_factory=dict)

    def progressed(self, service: str, positions: Positions, now: float) -> None:
        """A service says how far it is; ``now`` is monotonic, in seconds."""
        advance(self._reached.setdefault(service, {}), positions)
        self._heard[service] = now

    def answered(self, control: pl.DataFrame) -> None:
        """Take acknowledgements of services out of control records."""
        acks = control.filter((pl.col("event_type") == "ack.given") & (pl.col("source") != SOURCE))
        rows = acks.select("command_id", "source", "status", "reason", "result").iter_rows()
        for command_id, source, status, reason, result in rows:
            self._replied[command_id] = Replied(source, status == "accepted", reason, _mapping(result))
        while len(self._replied) > ANSWERS_KEPT:
            del self._replied[next(iter(self._replied))]

    def reply(self, command_id: str) -> Replied | None:
        """The answer to a command of ours, if it has come."""
        return self._replied.get(command_id)

    def present(self, among: Iterable[str], now: float) -> tuple[str, ...]:
        """Which services take part: those that are needed, and others that were heard of lately."""
        return tuple(
            name
            for name in among
            if name in self.needed or now - self._heard.get(name, -HEARD_SECONDS - 1) <= HEARD_SECONDS
        )

    def behind(self, ends: Mapping[str, Positions]) -> tuple[str, ...]:
        """Services that have not processed what ``ends`` says, by service.

        Of a service that the city does not need, only topics count of which it has ever said how far it is: what it
        reads beside its consumer group is never told.
        """
        return tuple(name for name, needed in ends.items() if not covers(*self._told(name, needed)))

    def _told(self, name: str, needed: Positions) -> tuple[Positions, Positions]:
        reached = self._reached.get(name, {})
        if name in self.needed:
            return reached, needed
        topics = {topic for topic, _ in reached}
        return reached, {place: end for place, end in needed.items() if place[0] in topics}


def _mapping(text: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

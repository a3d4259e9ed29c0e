"""What a watcher knows: folded from the messages of the gateway's stream, without a clock or a terminal."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.watch.sentences import sentence

KEPT = 200
"""Lines of the feed, and points of a sparkline: more than any terminal shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the feed: simulated time of day, style, words."""

    time: str
    style: str
    words: str


@dataclass(slots=True)
class City:
    """The living city as far as it was told. ``link`` is how the connection is; ``said`` the answer to the last key."""

    url: str
    link: str = "connecting"
    stats: dict[str, Any] = field(default_factory=dict)
    feed: deque[Line] = field(default_factory=lambda: deque(maxlen=KEPT))
    rates: dict[str, deque[float]] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)
    scenarios: tuple[str, ...] = ()
    choosing: bool = False
    said: str = ""
    skipped: int = 0
    telling: tuple[str, int] | None = None

    def take(self, message: Mapping[str, Any]) -> None:
        """Fold one message of the stream; what is not understood is passed over."""
        match message.get("type"):
            case "counters":
                self._counted(message.get("payload") or {})
            case "events":
                self.skipped += int(message.get("skipped") or 0)
                for record in message.get("events") or ():
                    self._happened(record)
            case "resync":
                self.said = "the stream was interrupted; what is shown goes on from now"
            case "error":
                self.said = str(message.get("message", ""))

    @property
    def phase(self) -> str:
        """Phase of the simulation, or a question mark."""
        return str(self.stats.get("phase") or "?")

    @property
    def paused(self) -> bool:
        """Whether the clock stands."""
        return self.phase == "paused"

    @property
    def speed(self) -> float:
        """Target speed, 0 as fast as possible."""
        return float(self.stats.get("speed_target") or 0.0)

    @property
    def holding(self) -> frozenset[str]:
        """Scenarios that hold."""
        return frozenset(name for name in str(self.stats.get("scenario") or "").split(",") if name)

    def _counted(self, stats: Mapping[str, Any]) -> None:
        telling = (str(stats.get("run_id")), int(stats.get("branch") or 0))
        if self.telling not in {None, telling}:
            self.visits.clear()
            self.feed.append(Line("", "bold yellow", f"branch {telling[1]} is told now"))
        self.telling = telling
        self.stats = dict(stats)
        for name in ("events_per_second", "bookings_per_minute", "recommendations_per_second", "active_users"):
            points = self.rates.setdefault(name, deque(maxlen=KEPT))
            points.append(float(stats.get(name) or 0.0))

    def _happened(self, record: Mapping[str, Any]) -> None:
        if record.get("event_type") == "visit.started" and record.get("venue_id"):
            self.visits[str(record.get("venue_name") or record["venue_id"])] += 1
        found = sentence(record)
        if found is not None:
            self.feed.append(Line(str(record.get("simulation_time", ""))[11:16], *found))

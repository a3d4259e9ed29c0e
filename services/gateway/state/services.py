"""Which services live and how far each is behind, from heartbeats, progress and the ends of the partitions."""

from collections import defaultdict
from collections.abc import Mapping

from services.gateway.state.chunk import Chunk
from streamkit.contracts import Catalogue
from streamkit.positions import Positions, advance, parse_positions

SILENT_AFTER_US = 15_000_000
"""A service that has not been heard for this long is not alive: three heartbeats of 5 s."""

_SELF_FEEDING = frozenset({"system_metrics"})
"""Reading a progress record makes a service report progress: lag there never settles and means nothing."""


class Services:
    """Last word of every instance, next offsets of every service, end offsets of every partition.

    ``ends`` and ``beginnings`` come from the broker; ``dead_letters`` count records by the topic they came from.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._reads = {
            name: frozenset(catalogue.topics_read_by(name)) - _SELF_FEEDING
            for name in ("simulator", "recommender", "booking", "analytics")
        }
        self._heard: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._positions: defaultdict[str, Positions] = defaultdict(dict)
        self.ends: Positions = {}
        self.beginnings: Positions = {}
        self.dead_letters: dict[str, int] = {name: 0 for name, topic in catalogue.topics.items() if topic.dlq}

    def apply(self, chunk: Chunk) -> None:
        """Fold records of `system_metrics` of any branch: services outlive branches."""
        wanted = chunk.frame.filter(chunk.frame["event_type"].is_in(["service.heartbeat", "service.progress"]))
        for row in wanted.select("source", "instance", "wall_time", "positions").iter_rows():
            source, instance, wall_time, positions = row
            self._heard[source][instance or ""] = wall_time or 0
            advance(self._positions[source], _positions_of(positions or ""))

    def lag(self) -> dict[str, int]:
        """Records each service has yet to handle."""
        return {name: self._lag_of(name) for name in self._reads}

    def alive(self, now_us: int) -> dict[str, dict[str, object]]:
        """Per service: whether it was heard lately, how long ago, and how many instances."""
        return {name: self._health_of(self._heard.get(name, {}), now_us) for name in self._reads}

    def _lag_of(self, name: str) -> int:
        positions = self._positions[name]
        # what a service has reported says what it reads; before its first word, the catalogue does
        reads = {topic for topic, _ in positions} - _SELF_FEEDING or self._reads[name]
        return sum(
            max(0, end - max(positions.get(place, 0), self.beginnings.get(place, 0)))
            for place, end in self.ends.items()
            if place[0] in reads
        )

    @staticmethod
    def _health_of(heard: Mapping[str, int], now_us: int) -> dict[str, object]:
        if not heard:
            return {"alive": False, "last_heartbeat_seconds": None, "instances": 0}
        ages = [now_us - at for at in heard.values()]
        return {
            "alive": min(ages) < SILENT_AFTER_US,
            "last_heartbeat_seconds": round(max(0, min(ages)) / 1e6, 1),
            "instances": sum(age < SILENT_AFTER_US for age in ages),
        }


def _positions_of(text: str) -> Positions:
    try:
        return parse_positions(text)
    except ValueError:  # a foreign record: it tells nothing of lag, and the gateway writes no dead letters
        return {}

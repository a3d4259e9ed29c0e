"""What the city does by itself as it stands now, and the windows of ground truth."""

from collections.abc import Mapping
from typing import Any

from services.gateway.state.chunk import Chunk

_MOST = 200
"""Trending venues, promotions, special events and truth windows kept: a page shows a few dozen."""


class Surroundings:
    """Newest weather, traffic, holiday; special events and promotions that have not ended; trending venues."""

    def __init__(self) -> None:
        self.weather: Mapping[str, Any] | None = None
        self.traffic: Mapping[str, Any] | None = None
        self.holiday: Mapping[str, Any] | None = None
        self.special_events: dict[str, Mapping[str, Any]] = {}
        self.promotions: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.trending: dict[str, Mapping[str, Any]] = {}

    def apply(self, chunk: Chunk) -> None:
        """Fold records of the `environment` topic."""
        for row in chunk.frame.iter_rows(named=True):
            self._fold(row)

    def _fold(self, row: Mapping[str, Any]) -> None:
        match row["event_type"]:
            case "weather.changed":
                self.weather = row
            case "traffic.changed":
                self.traffic = row
            case "holiday.started":
                self.holiday = row
            case "special_event.scheduled" | "special_event.started":
                _put(self.special_events, row["name"], row)
            case "special_event.ended":
                self.special_events.pop(row["name"], None)
            case "promotion.started":
                _put(self.promotions, (row["venue_id"], row["kind"]), row)
            case "promotion.ended":
                self.promotions.pop((row["venue_id"], row["kind"]), None)
            case "venue.trending":
                _put(self.trending, row["venue_id"], row)


class Truth:
    """Windows in which something is known to have been caused: scenarios, external events, red herrings."""

    def __init__(self) -> None:
        self.windows: dict[str, Mapping[str, Any]] = {}

    def apply(self, chunk: Chunk) -> None:
        """Fold records of the `ground_truth` topic that open or move a window."""
        for row in chunk.frame.iter_rows(named=True):
            if row["starts_at"] is not None and row["cause_id"] is not None:
                _put(self.windows, row["cause_id"], row)


def _put(into: dict[Any, Mapping[str, Any]], key: object, row: Mapping[str, Any]) -> None:
    into.pop(key, None)
    into[key] = row
    if len(into) > _MOST:
        del into[next(iter(into))]

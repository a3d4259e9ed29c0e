"""What the city does by itself as it stands now, and the windows of ground truth."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from services.gateway.state.chunk import Chunk

_MOST = 200
"""Promotions, special events and truth windows kept: a page shows a few dozen."""


class Surroundings:
    """Newest weather, traffic, holiday; special events and promotions that have not ended; trending venues.

    What trends is told by the venues' own rows, newest change last: `venue.trending` says only that a trend rises.
    """

    def __init__(self) -> None:
        self.weather: Mapping[str, Any] | None = None
        self.traffic: Mapping[str, Any] | None = None
        self.holiday: Mapping[str, Any] | None = None
        self.special_events: dict[tuple[str, str | None], Mapping[str, Any]] = {}
        self.promotions: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.trending: dict[str, float] = {}
        self._zone = "UTC"

    def apply(self, chunk: Chunk) -> None:
        """Fold records of the `environment` topic."""
        for row in chunk.frame.iter_rows(named=True):
            self._fold(row)

    def judge(self, chunk: Chunk) -> None:
        """Fold rows of venues: which of them trend, and by whose clock the city's days end."""
        rows = chunk.frame.select("venue_id", pl.col("trending").fill_null(0.0))
        for venue_id, score in rows.iter_rows():
            if score <= 0:
                self.trending.pop(venue_id, None)
            elif self.trending.get(venue_id) != score:
                self.trending.pop(venue_id, None)
                self.trending[venue_id] = score
        if len(chunk):
            self._zone = chunk.frame["time_zone"][0]

    def close(self, venues: Iterable[str]) -> None:
        """Venues are gone."""
        for venue_id in venues:
            self.trending.pop(venue_id, None)

    def holiday_at(self, now: int | None) -> Mapping[str, Any] | None:
        """The holiday of a moment's local day: it ends at midnight, of which no record tells."""
        if self.holiday is None or now is None:
            return self.holiday
        return self.holiday if self._day(now) <= self._day(self.holiday["simulation_time"]) else None

    def _day(self, moment: int) -> date:
        return datetime.fromtimestamp(moment // 1_000_000, ZoneInfo(self._zone)).date()

    def _fold(self, row: Mapping[str, Any]) -> None:
        match row["event_type"]:
            case "weather.changed":
                self.weather = row
            case "traffic.changed":
                self.traffic = row
            case "holiday.started":
                self.holiday = row
            case "special_event.scheduled" | "special_event.started":
                _put(self.special_events, (row["name"], row["venue_id"]), row)
            case "special_event.ended":
                self.special_events.pop((row["name"], row["venue_id"]), None)
            case "promotion.started":
                _put(self.promotions, (row["venue_id"], row["kind"]), row)
            case "promotion.ended":
                self.promotions.pop((row["venue_id"], row["kind"]), None)


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
    """Note the newest; where they are too many, the oldest of a house goes first, as the city's own are few."""
    into.pop(key, None)
    into[key] = row
    if len(into) > _MOST:
        del into[next((name for name, one in into.items() if one["venue_id"] is not None), next(iter(into)))]

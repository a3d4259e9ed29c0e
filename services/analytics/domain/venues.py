"""What of a venue tastes learn from and figures are broken down by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

TASTES = (
    "american",
    "italian",
    "mexican",
    "chinese",
    "japanese",
    "indian",
    "mediterranean",
    "cafe",
    "dessert",
    "bar",
    "healthy",
    "fast_food",
)
"""The ``taste_`` columns of ``preferences``, in order."""

AMBIANCES = ("casual", "cosy", "lively", "romantic", "upscale", "family", "trendy")
"""Moods of places, the ``ambiance_`` columns of ``preferences``, in order."""

_TASTE_INDEX = {taste: index for index, taste in enumerate(TASTES)}
_MOOD_INDEX = {mood: index for index, mood in enumerate(AMBIANCES)}


@dataclass(frozen=True, slots=True)
class Venue:
    """``taste`` and ``mood`` are indices into `TASTES` and `AMBIANCES`, -1 where the venue has none of them."""

    taste: int
    mood: int
    price_tier: int
    outdoor: bool
    name: str
    cuisine: str | None
    category: str
    borough: str | None
    latitude: float
    longitude: float


class VenueDirectory:
    """Latest row of every venue."""

    def __init__(self) -> None:
        self._venues: dict[str, Venue] = {}

    def update(self, frame: pl.DataFrame) -> None:
        """Take rows of the ``venues`` topic."""
        columns = ("price_tier", "outdoor_seating", "name", "cuisine", "category", "borough", "latitude", "longitude")
        for venue_id, ambiance, *row in frame.select("venue_id", "ambiance", *columns).iter_rows():
            mood = _MOOD_INDEX.get(ambiance, -1)
            self._venues[venue_id] = Venue(_TASTE_INDEX.get(row[3], -1), mood, *row)

    def remove(self, venue_ids: Iterable[str]) -> None:
        """Forget venues."""
        for venue_id in venue_ids:
            self._venues.pop(venue_id, None)

    def get(self, venue_id: str) -> Venue | None:
        """The venue, if known."""
        return self._venues.get(venue_id)

    def unknown(self, venue_ids: Iterable[str]) -> set[str]:
        """Those of these venues that are not in the directory."""
        return {venue_id for venue_id in venue_ids if venue_id not in self._venues}

    def served(self) -> Collection[str]:
        """Ids of venues that serve a known taste."""
        return [venue_id for venue_id, venue in self._venues.items() if venue.taste >= 0]

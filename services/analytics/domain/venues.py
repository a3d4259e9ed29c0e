"""What of a venue tastes learn from: its cuisine, price and terrace."""

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

_TASTE_INDEX = {taste: index for index, taste in enumerate(TASTES)}


@dataclass(frozen=True, slots=True)
class Venue:
    """``taste`` is an index into `TASTES`, -1 where the venue serves none of them."""

    taste: int
    price_tier: int
    outdoor: bool
    name: str


class VenueDirectory:
    """Latest row of every venue."""

    def __init__(self) -> None:
        self._venues: dict[str, Venue] = {}

    def update(self, frame: pl.DataFrame) -> None:
        """Take rows of the ``venues`` topic."""
        columns = ("venue_id", "cuisine", "price_tier", "outdoor_seating", "name")
        for venue_id, cuisine, price_tier, outdoor, name in frame.select(columns).iter_rows():
            self._venues[venue_id] = Venue(_TASTE_INDEX.get(cuisine, -1), price_tier, outdoor, name)

    def remove(self, venue_ids: Iterable[str]) -> None:
        """Forget venues."""
        for venue_id in venue_ids:
            self._venues.pop(venue_id, None)

    def get(self, venue_id: str) -> Venue | None:
        """The venue, if known."""
        return self._venues.get(venue_id)

    def knows_all(self, venue_ids: Iterable[str]) -> bool:
        """Whether every one of these venues is known."""
        return all(venue_id in self._venues for venue_id in venue_ids)

    def served(self) -> Collection[str]:
        """Ids of venues that serve a known taste."""
        return [venue_id for venue_id, venue in self._venues.items() if venue.taste >= 0]

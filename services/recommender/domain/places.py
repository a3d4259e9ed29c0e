"""Venues as columns, rebuilt from the latest rows of the compacted topic when one of them changed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.opening import hours_columns

TASTES = (
    "american", "italian", "mexican", "chinese", "japanese", "indian",
    "mediterranean", "cafe", "dessert", "bar", "healthy", "fast_food",
)  # fmt: skip
"""Tastes in the order of the ``taste_`` columns of ``preferences``."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Places:
    """Columns of every venue, shape (venues,)."""

    ids: Sequence[str]
    names: Sequence[str]
    latitude: Floats
    longitude: Floats
    taste: NDArray[np.int64]
    price_tier: Floats
    rating: Floats
    rating_count: Floats
    trending: Floats
    outdoor: NDArray[np.bool_]
    outdoor_only: NDArray[np.bool_]
    hours: NDArray[np.int32]
    time_zone: str


@dataclass
class PlaceDirectory:
    """Latest row of each venue, and what the topics added to it since."""

    rows: dict[str, Mapping[str, object]] = field(default_factory=dict)
    index: dict[str, int] = field(default_factory=dict)
    _columns: Places | None = None

    def put(self, row: Mapping[str, object]) -> None:
        """Take the latest row of a venue."""
        venue_id = str(row["venue_id"])
        self.index.setdefault(venue_id, len(self.index))
        self.rows[venue_id] = row
        self._columns = None

    def remove(self, venue_id: str) -> None:
        """Forget a venue's row; its place among the columns stays, closed for ever."""
        row = self.rows.get(venue_id)
        if row is not None:
            self.put({**row, "opening_hours": ",".join("-" * 7)})

    @property
    def columns(self) -> Places:
        """All venues as columns, in the order in which they were first seen."""
        if self._columns is None:
            self._columns = _columns([self.rows[venue_id] for venue_id in self.index])
        return self._columns


def _columns(rows: Sequence[Mapping[str, object]]) -> Places:
    def floats(name: str) -> Floats:
        return np.array([row[name] or 0.0 for row in rows], dtype=np.float32)

    features = [str(row.get("features") or "").split(",") for row in rows]
    return Places(
        ids=[str(row["venue_id"]) for row in rows],
        names=[str(row["name"]) for row in rows],
        latitude=floats("latitude"),
        longitude=floats("longitude"),
        taste=np.array([TASTES.index(str(row["cuisine"])) if row["cuisine"] in TASTES else -1 for row in rows]),
        price_tier=floats("price_tier"),
        rating=floats("rating"),
        rating_count=floats("rating_count"),
        trending=np.clip(floats("trending"), 0, 1),
        outdoor=np.array([bool(row["outdoor_seating"]) for row in rows], dtype=bool),
        outdoor_only=np.array(["outdoor_only" in names for names in features], dtype=bool),
        hours=hours_columns([str(row["opening_hours"]) for row in rows]),
        time_zone=str(rows[0]["time_zone"]) if rows else "UTC",
    )


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance between two points, in km."""
    phi, phi_to = math.radians(latitude), math.radians(to_latitude)
    a = math.sin((phi_to - phi) / 2) ** 2
    a += math.cos(phi) * math.cos(phi_to) * math.sin(math.radians(to_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(max(a, 0.0), 1.0)))


def haversine_km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Great-circle distance from each point to each other point, in km; shape (points, others)."""
    phi, phi_to = np.radians(latitude)[:, None], np.radians(to_latitude)[None, :]
    half_lat = (phi_to - phi) / 2
    half_lon = (np.radians(to_longitude)[None, :] - np.radians(longitude)[:, None]) / 2
    a = np.sin(half_lat) ** 2 + np.cos(phi) * np.cos(phi_to) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(a, 0, 1))), dtype=np.float32)

"""Venues as columns: the latest rows of the compacted topic and what the other topics added since."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from services.recommender.domain.columns import Array, Columns, Kind
from services.recommender.domain.opening import DAYS, parse_hours

TASTES = (
    "american", "italian", "mexican", "chinese", "japanese", "indian",
    "mediterranean", "cafe", "dessert", "bar", "healthy", "fast_food",
)  # fmt: skip
"""Tastes in the order of the ``taste_`` columns of ``preferences``."""

NO_TASTE = len(TASTES)
"""Code of a venue of no or of another cuisine."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]

AMBIANCES = ("casual", "cosy", "lively", "romantic", "upscale", "family", "trendy")
NO_AMBIANCE = len(AMBIANCES)
CATEGORIES = 32
"""Kinds of venue told apart by the hour they are gone to; further ones share the last."""

KINDS = {
    "latitude": Kind("f4", 0, 0), "longitude": Kind("f4", 0, 0), "point": Kind("f8", 3, 0),
    "taste": Kind("i1", 0, NO_TASTE), "ambiance": Kind("i1", 0, NO_AMBIANCE), "category": Kind("i1", 0, 0),
    "price_tier": Kind("f4", 0, 2), "rating": Kind("f4", 0, 3), "rating_count": Kind("f4", 0, 0),
    "trending": Kind("f4", 0, 0), "seats": Kind("f4", 0, 0), "seats_free": Kind("f4", 0, -1),
    "outdoor": Kind("?", 0, 0), "outdoor_only": Kind("?", 0, 0), "diets": Kind("u1", 0, 0), "open": Kind("?", 0, 0),
    "hours": Kind("i4", DAYS * 2, 0), "discount": Kind("f4", 0, 0), "visitors": Kind("f4", 0, 0),
    "offset": Kind("f4", 0, 0),
}  # fmt: skip


class Places:
    """Every venue, one row each, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.columns = Columns(KINDS)
        self.index: dict[str, int] = {}
        self.ids: list[str] = []
        self.names: list[str] = []
        self.categories: dict[str, int] = {}
        self.time_zone = "UTC"
        self._tree: cKDTree | None = None

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.ids)

    def put(self, row: Mapping[str, object], diets: Sequence[str]) -> None:
        """Take the latest row of a venue; ``diets`` are the restrictions that a feature of that name caters for.

        A venue whose opening hours cannot be read is closed until they can.
        """
        venue_id = str(row["venue_id"])
        try:
            hours = parse_hours(str(row["opening_hours"]))
        except ValueError:
            hours = ((0, 0),) * DAYS
        place = self.index.get(venue_id)
        if place is None:
            place = self.index[venue_id] = self.columns.append()
            self.ids.append(venue_id)
            self.names.append("")
            if place == 0:
                self.time_zone = str(row["time_zone"])
        self.names[place] = str(row["name"])
        columns = self.columns
        for name in ("latitude", "longitude", "price_tier", "rating", "rating_count", "trending", "seats"):
            value = row[name]
            columns[name][place] = float(value) if isinstance(value, int | float) else 0.0
        level, discount = row.get("price_level"), row.get("discount")
        if isinstance(level, int | float):
            columns["price_tier"][place] *= level
        if isinstance(discount, int | float):
            columns["discount"][place] = discount
        features = str(row.get("features") or "").split(",")
        columns["taste"][place] = TASTES.index(str(row["cuisine"])) if row["cuisine"] in TASTES else NO_TASTE
        mood = row.get("ambiance")
        columns["ambiance"][place] = AMBIANCES.index(str(mood)) if mood in AMBIANCES else NO_AMBIANCE
        columns["category"][place] = self._category(str(row["category"]))
        columns["outdoor"][place] = bool(row["outdoor_seating"])
        columns["outdoor_only"][place] = "outdoor_only" in features
        columns["diets"][place] = sum(1 << bit for bit, diet in enumerate(diets) if diet in features)
        columns["hours"][place] = [edge for day in hours for edge in day]
        columns["open"][place] = any(closes > opens for opens, closes in hours)
        point = unit_points(columns["latitude"][place : place + 1], columns["longitude"][place : place + 1])[0]
        if not np.array_equal(point, columns["point"][place]):
            columns["point"][place] = point
            self._tree = None

    def remove(self, venue_id: str) -> None:
        """Forget a venue's row; its place among the columns stays, closed for ever."""
        place = self.index.get(venue_id)
        if place is not None:
            self.columns["hours"][place] = 0
            self.columns["open"][place] = False

    def near(self, latitude: Floats, longitude: Floats, radius_km: float) -> Ints:
        """Rows of the venues within a radius of any of some points, and perhaps a few more, ascending.

        A k-d tree over points on the unit sphere is asked for a ball around all the points.
        """
        if self._tree is None:
            self._tree = cKDTree(self.columns["point"])
        points = unit_points(latitude, longitude)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        spread = float(np.sqrt(((points - middle) ** 2).sum(axis=1)).max())
        reach = 2 * np.sin(min(radius_km / EARTH_RADIUS_KM, np.pi) / 2) + spread
        within = self._tree.query_ball_point(middle, reach * (1 + 1e-6), return_sorted=True)
        return np.array(within, dtype=np.int64)

    def dump(self) -> tuple[dict[str, Array], dict[str, object]]:
        """Columns, and what is no column."""
        rest: dict[str, object] = {
            "ids": self.ids, "names": self.names, "categories": list(self.categories), "time_zone": self.time_zone
        }  # fmt: skip
        return self.columns.dump(), rest

    def load(
        self, saved: Mapping[str, Array], ids: Sequence[str], names: Sequence[str], categories: Sequence[str], zone: str
    ) -> None:
        """Take up what `dump` gave."""
        self.columns.load(saved)
        if not len(self.columns) == len(ids) == len(names):
            raise ValueError("saved venues have more or fewer ids than rows")
        self.ids, self.names, self.time_zone = list(ids), list(names), zone
        self.index = {name: row for row, name in enumerate(self.ids)}
        self.categories = {name: code for code, name in enumerate(categories)}
        self._tree = None

    def _category(self, name: str) -> int:
        return self.categories.setdefault(name, min(len(self.categories), CATEGORIES - 1))


def unit_points(latitude: Floats, longitude: Floats) -> NDArray[np.float64]:
    """Points on the unit sphere, shape (points, 3), of degrees."""
    phi, lam = np.radians(latitude.astype(np.float64)), np.radians(longitude.astype(np.float64))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def distances_km(points: NDArray[np.float64], others: NDArray[np.float64]) -> Floats:
    """Great-circle distances between points of the unit sphere, in km; shape (points, others).

    The square of half the chord is the haversine: hav = |a - b|^2 / 4 and d = 2 R asin(sqrt(hav)). Coordinates are
    taken from a common middle first, so that single precision keeps centimetres; asin is its series up to x^5, right
    to a metre up to 1,500 km.
    """
    middle = points[0] if len(points) else np.zeros(3)
    here, there = (points - middle).astype(np.float32), (others - middle).astype(np.float32)
    hav = np.zeros((len(here), len(there)), dtype=np.float32)
    step = np.empty_like(hav)
    for axis in range(3):
        np.subtract(here[:, axis, None], there[None, :, axis], out=step)
        np.multiply(step, step, out=step)
        hav += step
    hav *= np.float32(0.25)
    np.multiply(hav, np.float32(3 / 40), out=step)
    step += np.float32(1 / 6)
    step *= hav
    step += np.float32(1)
    step *= np.float32(2 * EARTH_RADIUS_KM)
    step *= np.sqrt(hav, out=hav)
    return step

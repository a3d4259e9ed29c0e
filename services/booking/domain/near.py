"""Other houses for who finds no table: of the same kind, near, and about as dear."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from services.booking.domain.policy import NearPolicy
from services.booking.domain.venue import Venue

EARTH_KM = 6371.0
"""Mean radius of the Earth, IUGG."""

Array = npt.NDArray[np.float64]


def distances_km(latitude: float, longitude: float, latitudes: Array, longitudes: Array) -> Array:
    """Great-circle distances from one point to many, by the haversine formula; degrees in, shape of ``latitudes``."""
    one, many = np.radians(latitude), np.radians(latitudes)
    half_north, half_east = (many - one) / 2, np.radians(longitudes - longitude) / 2
    inner = np.sin(half_north) ** 2 + np.cos(one) * np.cos(many) * np.sin(half_east) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(inner, 0.0, 1.0))), dtype=np.float64)


@dataclass(slots=True)
class Neighbourhood:
    """The houses of one telling that take bookings, and for each house that was asked about those like it nearby."""

    houses: list[Venue]
    policy: NearPolicy
    _places: Array
    _tiers: Array
    _found: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Mapping[str, Venue], policy: NearPolicy) -> "Neighbourhood":
        """A neighbourhood of all houses of a directory."""
        houses = [directory[name] for name in sorted(directory) if directory[name].takes_bookings]
        places = np.array([(house.latitude, house.longitude) for house in houses], dtype=np.float64).reshape(-1, 2)
        return cls(houses, policy, places, np.array([house.price_tier for house in houses], dtype=np.float64))

    def like(self, venue: Venue) -> tuple[str, ...]:
        """Ids of up to ``policy.looked_at`` houses of the same category, best first.

        Near is at most ``radius_km``, similar at most ``price_tiers`` apart; another cuisine counts as
        ``other_cuisine_km`` more to walk, each price tier as ``price_tier_km``. Ties by id.
        """
        if venue.venue_id not in self._found:
            self._found[venue.venue_id] = self._look(venue)
        return self._found[venue.venue_id]

    def _look(self, venue: Venue) -> tuple[str, ...]:
        policy = self.policy
        if not self.houses or not venue.category:  # a row of before there were kinds
            return ()
        far = distances_km(venue.latitude, venue.longitude, self._places[:, 0], self._places[:, 1])
        apart = np.abs(self._tiers - venue.price_tier)
        ranked: list[tuple[float, str]] = []
        for row in np.flatnonzero((far <= policy.radius_km) & (apart <= policy.price_tiers)).tolist():
            house = self.houses[row]
            if house.venue_id != venue.venue_id and house.category == venue.category:
                other = policy.other_cuisine_km if house.cuisine != venue.cuisine else 0.0
                ranked.append((float(far[row] + apart[row] * policy.price_tier_km + other), house.venue_id))
        return tuple(name for _, name in sorted(ranked)[: policy.looked_at])

"""H3 cells of where records happened. A cell is computed once for a place: people are mostly where they were before."""

import h3
import numpy as np
from numpy.typing import NDArray

from services.analytics.domain.aggregates.names import Names
from services.analytics.domain.venues import VenueDirectory

RESOLUTION = 9
"""Cells of about 0.1 km²: a few blocks. Coarser ones are made of these where they are asked for."""

COARSE = 5
MOST_CELLS = 20_000
"""Cells of resolution 9 a partition numbers: 2,000 km². What lies elsewhere counts in cells of resolution 5."""

MOST_PLACES = 200_000
"""Places whose cell is remembered: about 20 MB."""


class Positions:
    """Numbers of cells in the numbering of a partition."""

    def __init__(self, venues: VenueDirectory) -> None:
        self._venues = venues
        self._cells: dict[int, str] = {}

    def of_people(
        self, names: Names, latitude: NDArray[np.float32], longitude: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        """Cell of each place, shape (records,)."""
        bits = latitude.view(np.uint32).astype(np.uint64) << np.uint64(32) | longitude.view(np.uint32)
        places, first, back = np.unique(bits, return_index=True, return_inverse=True)
        if len(self._cells) + len(places) > MOST_PLACES:
            self._cells.clear()
        cells = []
        for place, at in zip(places.tolist(), first.tolist(), strict=True):
            cell = self._cells.get(place)
            if cell is None:
                cell = self._cells[place] = _cell(float(latitude[at]), float(longitude[at]))
            cells.append(cell)
        return np.asarray(_numbers(names, cells)[back])

    def of_venues(self, names: Names, venue_ids: list[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Cell of each venue that the directory knows, and which those are."""
        found = [self._venues.get(venue_id) for venue_id in venue_ids]
        known = np.array([venue is not None for venue in found], dtype=np.bool_)
        cells = [_cell(venue.latitude, venue.longitude) for venue in found if venue is not None]
        return _numbers(names, cells), known


def _cell(latitude: float, longitude: float) -> str:
    return str(h3.latlng_to_cell(min(max(latitude, -90.0), 90.0), longitude, RESOLUTION))


def _numbers(names: Names, cells: list[str]) -> NDArray[np.int64]:
    if len(names.order) >= MOST_CELLS:
        known = set(names.order)
        cells = [cell if cell in known else h3.cell_to_parent(cell, COARSE) for cell in cells]
    return names.numbers(cells)

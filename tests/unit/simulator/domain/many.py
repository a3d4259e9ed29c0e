"""So many venues that shares of them are the world's, but for chance."""

from functools import cache

import numpy as np

from services.simulator.domain.draws import Array, Draws
from services.simulator.domain.venues import make_venues
from tests.unit.simulator.domain.neighbours import data


@cache
def many_venues() -> dict[str, Array]:
    """Columns of 60,000 venues."""
    return make_venues(data(), Draws(11), 60_000)


def within(found: float, expected: float, count: int) -> bool:
    """Whether a share of so many is what is expected, but for chance."""
    return bool(abs(found - expected) <= 5 * np.sqrt(expected * (1 - expected) / count) + 1 / count)

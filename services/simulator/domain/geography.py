"""A city is flat: kilometres from degrees and back, with an error below 0.1 % over 50 km."""

import numpy as np

from services.simulator.domain.draws import Array

KM_PER_DEGREE = 111.2
"""Of latitude; of longitude times the cosine of the latitude."""


def kilometres(latitude: Array, longitude: Array, to_latitude: Array | float, to_longitude: Array | float) -> Array:
    """Distances between points in degrees, of the shape that all broadcast to."""
    north = (latitude - to_latitude) * KM_PER_DEGREE
    east = (longitude - to_longitude) * (KM_PER_DEGREE * np.cos(np.radians(to_latitude)))
    return np.asarray(np.sqrt(north * north + east * east))


def moved(latitude: Array, longitude: Array, north: Array, east: Array) -> tuple[Array, Array]:
    """Points in degrees some kilometres north and east of others."""
    return (
        latitude + north / KM_PER_DEGREE,
        longitude + east / (KM_PER_DEGREE * np.cos(np.radians(latitude))),
    )

"""Draws that are a function of what they are for: no generator, no state, the same after every restart."""

import zlib

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_FRACTION = 1.0 / (1 << 53)


def key_of(text: str) -> int:
    """A number that stands for an id (CRC-32)."""
    return zlib.crc32(text.encode())


def uniform(keys: NDArray[np.uint64], purpose: int, counter: int) -> NDArray[np.float64]:
    """One number in [0, 1) for each key, by splitmix64's finaliser (Steele, Lea and Flood 2014); shape (keys,)."""
    with np.errstate(over="ignore"):
        mixed = keys * _GOLDEN + np.uint64(purpose) * _FIRST + np.uint64(counter) * _SECOND
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
        mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * _FRACTION)

"""Histograms of waiting times: bins that grow by a constant factor, so that a quantile is off by 2 % at most.

Bins are counts, so histograms add up whatever the order. After Masson et al., DDSketch, VLDB 2019.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

GROWTH = 1.04
RELATIVE_ERROR = (GROWTH - 1) / (GROWTH + 1)
"""1.96 %: how far the middle of a bin is from its ends."""

_LOG = np.log(GROWTH)


def bins_of(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Bin of each time, shape (times,): 0 under a second, else 1 + ceil(log_GROWTH(seconds))."""
    waited = np.maximum(seconds, 0.0)
    return np.where(waited < 1.0, 0, 1 + np.ceil(np.log(np.maximum(waited, 1.0)) / _LOG)).astype(np.int64)


def value_of(number: int) -> float:
    """Seconds that stand for a bin: 0 for the first, the middle in ratio for the others."""
    return 0.0 if number == 0 else float(2 * GROWTH ** (number - 1) / (GROWTH + 1))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """Seconds below which a share of the counted times lies, None where none were counted."""
    rank = max(int(np.ceil(share * sum(counts.values()))), 1)
    for number in sorted(counts):
        rank -= counts[number]
        if rank <= 0:
            return round(value_of(number), 1)
    return None

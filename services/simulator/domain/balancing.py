"""Tables with given sums that lean as another table does."""

import numpy as np

from services.simulator.domain.draws import Array

_CLOSE = 1e-12
_ROUNDS = 1000


def balance(start: Array, row_sums: Array, column_sums: Array) -> Array:
    """The matrix with these sums that keeps the odds ratios of ``start``, whose rows and columns are not all zero.

    Iterative proportional fitting: Deming, Stephan 1940, Annals of Mathematical Statistics 11(4) 427-444.
    """
    fitted = np.array(start, dtype=np.float64)
    for _ in range(_ROUNDS):
        fitted *= (row_sums / fitted.sum(axis=1))[:, None]
        columns = fitted.sum(axis=0)
        if np.abs(columns - column_sums).max() < _CLOSE:
            break
        fitted *= column_sums / columns
    return fitted

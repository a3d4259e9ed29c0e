"""Many events of many people, one after the other for each, and all people at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def turns(person: NDArray[np.integer]) -> Iterator[NDArray[np.intp]]:
    """Rows of different people: the first of each, then the second of each, and so on; rising within a turn.

    ``person`` is a number for each row, shape (rows,), at least one.
    """
    order = np.argsort(person, kind="stable")
    _, start, count = np.unique(person[order], return_index=True, return_counts=True)
    turn = np.empty(len(person), dtype=np.intp)
    turn[order] = np.arange(len(person)) - np.repeat(start, count)
    by_turn = np.argsort(turn, kind="stable")
    yield from np.split(by_turn, np.searchsorted(turn[by_turn], np.arange(1, count.max())))

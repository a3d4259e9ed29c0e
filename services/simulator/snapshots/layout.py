"""Whether saved columns are those that this version of the city has: other columns are refused, not guessed at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.simulator.snapshots.manifest import SnapshotError

Arrays = Mapping[str, NDArray[np.generic]]


def layout(arrays: Arrays) -> dict[str, str]:
    """Type and row shape of each column; texts of whatever length are one type."""
    return {name: _kind(array) for name, array in arrays.items()}


def check_layout(saved: Arrays, expected: Arrays, name: str) -> None:
    """Refuse columns that differ in name, type or width.

    Raises:
        SnapshotError: The first differences are told.

    """
    had, wanted = layout(saved), layout(expected)
    said = [f"no column {column}" for column in sorted(wanted.keys() - had.keys())]
    said += [f"column {column} is unknown here" for column in sorted(had.keys() - wanted.keys())]
    said += [
        f"{column} is {had[column]}, here {wanted[column]}"
        for column in sorted(had.keys() & wanted.keys())
        if had[column] != wanted[column]
    ]
    if said:
        raise SnapshotError(f"{name} is of another version of the city: {'; '.join(said[:3])}")


def _kind(array: NDArray[Any]) -> str:
    if array.dtype.kind in "SU":
        return f"text{list(array.shape[1:])}"
    return f"{array.dtype}{list(array.shape[1:])}"

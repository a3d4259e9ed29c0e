"""Reading the city's CSV tables of real counts and shares."""

import csv
import math
from pathlib import Path

import numpy as np

from services.simulator.data_refusals import DataError
from services.simulator.domain.draws import Array
from services.simulator.domain.scenarios import WEEKDAYS
from services.simulator.domain.specification import CategoryVisits


def rows(path: Path) -> list[dict[str, str]]:
    """Every row by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def checkins(path: Path) -> dict[str, Array]:
    """Counts of check-ins of each category, shape (24,) by local hour."""
    counts: dict[str, Array] = {}
    for row in rows(path):
        counts.setdefault(row["category"], np.zeros(24))[int(row["hour"])] = float(row["count"])
    return counts


def reservations(path: Path) -> dict[str, Array]:
    """Shares by measure, in the order of the file."""
    shares: dict[str, list[float]] = {}
    for row in rows(path):
        shares.setdefault(row["measure"], []).append(float(row["share"]))
    return {name: np.array(values) for name, values in shares.items()}


def visits_by_hour_of_week(path: Path) -> Array:
    """Shares of visits, shape (7, 24): weekdays from Monday, local hours."""
    shares = np.zeros((len(WEEKDAYS), 24))
    for row in rows(path):
        shares[WEEKDAYS.index(row["weekday"]), int(row["hour"])] = float(row["share"])
    return shares


_OF_A_BOUND = 0.5
"""Part of the least count listed that a kind of venue which is not listed is taken to have: a choice."""


def category_visits(path: Path) -> tuple[CategoryVisits, ...]:
    """Visits to kinds of venues by borough; of a city without the table nothing is known. Raises `DataError`.

    A row has a ``count``, or, of what its source does not list, the count that it stays ``below``.
    """
    if not path.exists():
        return ()
    return tuple(
        CategoryVisits(row["borough"], row["category"], row["cuisine"] or None, _visits(path, line, row))
        for line, row in enumerate(rows(path), 2)
    )


def _visits(path: Path, line: int, row: dict[str, str]) -> float:
    column, factor = ("count", 1.0) if row["count"] else ("below", _OF_A_BOUND)
    try:
        number = float(row[column])
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise DataError(f"{path}:{line}: {column}: {row[column]!r} is no number above 0")
    return factor * number

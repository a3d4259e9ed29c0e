"""Reading the city's CSV tables of real counts and shares."""

import csv
from pathlib import Path

import numpy as np

from services.simulator.domain.draws import Array


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

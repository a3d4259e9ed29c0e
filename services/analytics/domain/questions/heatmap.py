"""``heatmap.get``: where the city is busy, what is older weighing less."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import h3
import numpy as np
from pydantic import Field

from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.domain.aggregates.folding import CELLS
from services.analytics.domain.aggregates.kinds import CELL_KINDS
from services.analytics.domain.aggregates.store import WIDTHS
from services.analytics.domain.branches import BranchState
from services.analytics.domain.questions.asking import Question, now_minute

QUARTER = WIDTHS["quarter"]


class HeatmapQuestion(Question):
    """``heatmap.get``."""

    kind: Literal["activity", "bookings"] = "activity"
    window_minutes: Annotated[int, Field(ge=15, le=1_440)] = 120
    half_life_minutes: Annotated[int, Field(ge=1, le=1_440)] = 30
    resolution: Annotated[int, Field(ge=5, le=9)] = 8
    limit: Annotated[int, Field(ge=1, le=5_000)] = 2_000


def heatmap(state: BranchState, question: HeatmapQuestion) -> Mapping[str, Any]:
    """Weight of every H3 cell, heaviest first, equals by cell."""
    end = now_minute(state)
    first = (end - question.window_minutes) // QUARTER
    weights: dict[str, float] = {}
    counts: Counter[str] = Counter()
    parents: dict[int, str] = {}
    grid = state.aggregates.grid
    kind = CELL_KINDS.index(question.kind)
    for start in state.aggregates.partials.between("quarter", first, -(-end // QUARTER)):
        age = max(0.0, end - (start + 1) * QUARTER)
        weight = 2.0 ** (-age / question.half_life_minutes)
        totals = state.windows.merger.vector(CELLS, grid, "quarter", [start]).reshape(-1, len(CELL_KINDS))[:, kind]
        for number in np.flatnonzero(totals).tolist():
            cell = parents.get(number)
            if cell is None:
                cell = parents[number] = _at(grid.names[number], question.resolution)
            count = int(totals[number])
            counts[cell] += count
            weights[cell] = weights.get(cell, 0.0) + count * weight
    heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[: question.limit]
    return {
        "kind": question.kind,
        "now": end * MINUTE_US,
        "window_minutes": question.window_minutes,
        "half_life_minutes": question.half_life_minutes,
        "resolution": question.resolution,
        "cells": [_cell(cell, weight, counts[cell]) for cell, weight in heaviest],
    }


def _at(cell: str, resolution: int) -> str:
    return h3.cell_to_parent(cell, resolution) if h3.get_resolution(cell) > resolution else cell


def _cell(cell: str, weight: float, count: int) -> Mapping[str, Any]:
    latitude, longitude = h3.cell_to_latlng(cell)
    return {
        "cell": cell,
        "latitude": round(latitude, 6),
        "longitude": round(longitude, 6),
        "weight": round(weight, 6),
        "count": count,
    }

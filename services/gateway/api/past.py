"""Figures of closed windows as series that a chart can draw, with what happened beside."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import Query

from services.gateway.api.answers import simulation as told
from services.gateway.api.context import Context, InContext, Json, answers
from services.gateway.api.resource import Resource
from services.gateway.api.times import moment
from services.gateway.moments import Moment
from services.gateway.state.filters import Filters
from services.gateway.state.times import iso

_CLOSED = Filters(event_types=frozenset({"aggregate.window_closed"}))
router = Resource(prefix="/simulation", tags=["simulation"])


@router.get("/history", responses=answers(told.History, told.HISTORY))
async def get_history(
    context: InContext,
    start: Annotated[Moment | None, Query(description="Simulated time; the oldest held by default")] = None,
    end: Annotated[Moment | None, Query(description="Simulated time; now by default")] = None,
    streams: Annotated[str | None, Query(max_length=2_000, description="Comma-separated; all by default")] = None,
) -> Json:
    """Series of figures by name (`metric` or `metric.dimension.value`), each also as 0-100 of its own range."""
    lowest = 0 if start is None else moment(start, "query.start")
    highest = 2**62 if end is None else moment(end, "query.end")
    wanted = {name.strip() for name in (streams or "").split(",") if name.strip()}
    found, complete = _series(context, lowest, highest, wanted)
    now = context.ledger.city.simulation.simulation_time
    return Json(
        {
            "timeRange": {"start": iso(lowest or None), "end": iso(now if end is None else highest)},
            "streams": {name: _normalised(points) for name, points in sorted(found.items())},
            "events": _events(context, lowest, highest),
            "complete": complete,
        }
    )


def _series(context: Context, lowest: int, highest: int, wanted: set[str]) -> tuple[dict[str, dict[int, float]], bool]:
    """Value by start of window of each stream; of a window told again the newest word counts."""
    page = context.ledger.city.history["system_metrics"].newest(_CLOSED, 2**31)
    found: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for chunk in page.chunks:  # newest first, so the first word of a window that is met is the last one said
        columns = ("metric", "dimension", "dimension_value", "window_start", "value", "count")
        for metric, dimension, of, at, value, count in chunk.frame.select(columns).iter_rows():
            name = ".".join(str(part) for part in (metric, dimension, of) if part)
            if lowest <= at < highest and (not wanted or name in wanted):
                found[name].setdefault(at, float(value if value is not None else count or 0))
    return found, page.complete


def _normalised(points: dict[int, float]) -> list[dict[str, Any]]:
    low, high = min(points.values()), max(points.values())
    return [
        {
            "timestamp": iso(at),
            "value": round(value, 6),
            "normalized": round(100 * (value - low) / (high - low), 2) if high > low else 50.0,
        }
        for at, value in sorted(points.items())
    ]


def _events(context: Context, lowest: int, highest: int) -> list[dict[str, Any]]:
    return [
        {
            "id": cause,
            "timestamp": iso(row["starts_at"]),
            "ends_at": iso(row["ends_at"]),
            "title": row["name"] or row["kind"],
            "kind": row["event_type"],
        }
        for cause, row in context.ledger.city.truth.windows.items()
        if lowest <= row["starts_at"] < highest
    ]

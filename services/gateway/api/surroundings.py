"""What the city does by itself, and what really caused what."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from services.gateway.api.answers import venues as told
from services.gateway.api.context import Context, InContext, Json, answers
from services.gateway.state.times import iso

_TIMES = frozenset({"starts_at", "ends_at"})
router = APIRouter(tags=["surroundings"])


@router.get("/environment", responses=answers(told.Environment, told.ENVIRONMENT))
async def get_environment(context: InContext) -> Json:
    """Weather, traffic, special events, promotions, holiday and trending venues as they stand now.

    A holiday ends at the city's midnight; a venue trends for as long as its own row says so.
    """
    now = context.ledger.city.surroundings
    weather = ("condition", "temperature_c", "precipitation_mm", "wind_kph")
    place = ("latitude", "longitude", "radius_km", "starts_at", "ends_at", "crowd")
    events = [
        {
            **_venue(context, row, ("name", "kind", *place)),
            "phase": row["event_type"].rpartition(".")[2],
        }
        for row in now.special_events.values()
    ]
    return Json(
        {
            "city": context.ledger.city.simulation.city or None,
            "weather": _since(now.weather, weather),
            "traffic": _since(now.traffic, ("condition", "delay_minutes")),
            "holiday": _since(now.holiday_at(context.ledger.city.simulation.simulation_time), ("name", "kind")),
            "special_events": events,
            "promotions": [_venue(context, row, ("kind", "value", "ends_at")) for row in now.promotions.values()],
            "trending": [
                _venue(context, {"venue_id": venue_id, "value": score}, ("value",))
                for venue_id, score in reversed(now.trending.items())
            ],
        }
    )


@router.get("/ground-truth", responses=answers(told.GroundTruth, told.TRUTH))
async def get_ground_truth(context: InContext) -> Json:
    """Windows in which something is known to have been caused, newest first."""
    columns = ("cause_id", "event_type", "kind", "name", "starts_at", "ends_at", "venue_id")
    windows = context.ledger.city.truth.windows.values()
    return Json({"windows": [_pick(row, columns) for row in reversed(windows)]})


def _pick(row: Mapping[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: iso(row[name]) if name in _TIMES else _tidy(row[name]) for name in columns}


def _tidy(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _since(row: Mapping[str, Any] | None, columns: tuple[str, ...]) -> dict[str, Any] | None:
    return None if row is None else {**_pick(row, columns), "since": iso(row["simulation_time"])}


def _venue(context: Context, row: Mapping[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    venue_id = row["venue_id"]
    return {"venue_id": venue_id, "venue_name": context.ledger.venue_name(venue_id), **_pick(row, columns)}

"""Whether the gateway lives, is ready, and what it knows of Kafka, the database and the simulator."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from services.gateway.api.context import Context, InContext, Json
from streamkit import metrics

router = APIRouter(tags=["health"])


@router.get("/livez")
@router.get("/health/live")
async def live() -> Json:
    """The process answers."""
    return Json({"status": "ok"})


@router.get("/readyz")
@router.get("/health/ready")
async def ready(context: InContext) -> Json:
    """Kafka is reached and every topic has been folded to its end."""
    readiness = context.readiness
    parts = {name: {"ok": part.ok, "detail": part.detail} for name, part in readiness.conditions.items()}
    return Json({"status": "ok" if readiness.ready else "starting", "parts": parts}, 200 if readiness.ready else 503)


@router.get("/health")
async def health(context: InContext) -> Json:
    """Details of Kafka, the database and the simulator; 200 also when degraded, because the gateway answers."""
    parts = _parts(context)
    fine = all(part["status"] == "ok" for part in parts.values())
    return Json({"status": "ok" if fine else "degraded", **parts})


@router.get("/metrics", response_class=PlainTextResponse)
async def prometheus() -> Response:
    """Metrics in Prometheus' format."""
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _parts(context: Context) -> dict[str, dict[str, Any]]:
    services = context.ledger.services.alive(context.clock.now_us())
    state = context.ledger.city.simulation
    booking = services["booking"]["alive"]
    return {
        "kafka": {
            "status": "ok" if context.ledger.connected else "down",
            "caught_up": context.ledger.caught_up,
            "cluster": context.ledger.cluster or None,
        },
        "database": {  # the gateway has none; booking does not beat without its own
            "status": "ok" if booking else "unknown",
            "detail": "as the booking service reports",
        },
        "simulator": {
            "status": "ok" if services["simulator"]["alive"] else "down",
            "phase": state.phase,
            "services": services,
        },
    }

"""The web application over a context: routers, sockets, page, errors and the guard around them."""

from fastapi import APIRouter, FastAPI

from services.gateway.api import (
    avatars,
    bookings,
    control,
    groups,
    health,
    journeys,
    metrics,
    people,
    problems,
    recommendations,
    registry,
    simulation,
    streams,
    surroundings,
    venues,
)
from services.gateway.api.context import Context
from services.gateway.guard import Guard
from services.gateway.page import page_router
from services.gateway.sockets import control as control_socket
from services.gateway.sockets import stream as stream_socket

DESCRIPTION = "REST over the topics of a living city. Errors are RFC 9457 problem+json; live channels are in AsyncAPI."


def create_app(context: Context) -> FastAPI:
    """The application; no client is made and nothing is started here."""
    app = FastAPI(title="Luna", version="0.1.0", description=DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.context = context
    problems.install(app)
    api = APIRouter(prefix="/api/v1")
    for resource in (
        simulation.router,
        metrics.router,
        streams.router,
        control.router,
        control.tickets,
        journeys.router,
        people.router,
        venues.router,
        groups.router,
        bookings.router,
        recommendations.router,
        surroundings.router,
    ):
        api.include_router(resource)
    api.include_router(simulation.router, prefix="/admin", include_in_schema=False)
    app.include_router(api)
    app.add_api_route("/api/v1/dlq", metrics.get_dead_letters, tags=["metrics"])
    for plain in (registry.router, avatars.router, health.router, control_socket.router, stream_socket.router):
        app.include_router(plain)
    app.include_router(page_router(context.settings.dashboard))
    app.add_middleware(Guard, gate=context.gate, clock=context.clock, body_bytes=context.settings.access.body_bytes)
    return app

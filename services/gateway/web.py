"""The web application over a context: routers, sockets, page, errors and the guard around them."""

from fastapi import FastAPI

from services.gateway import openapi
from services.gateway.api import (
    avatars,
    bookings,
    control,
    data,
    explanations,
    groups,
    health,
    journeys,
    letters,
    metrics,
    past,
    people,
    problems,
    recommendations,
    registry,
    replays,
    simulation,
    snapshots,
    stored,
    streams,
    surroundings,
    venues,
)
from services.gateway.api.context import Context
from services.gateway.guard import Guard
from services.gateway.page import page_router
from services.gateway.repeats import Repeats
from services.gateway.revalidation import Revalidation
from services.gateway.sockets import control as control_socket
from services.gateway.sockets import stream as stream_socket

DESCRIPTION = "REST over the topics of a living city. Errors are RFC 9457 problem+json; live channels are in AsyncAPI."


def create_app(context: Context) -> FastAPI:
    """The application; no client is made and nothing is started here."""
    app = FastAPI(title="Luna", version="0.1.0", description=DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.context = context
    problems.install(app)
    for resource in (
        simulation.router,
        past.router,
        snapshots.router,
        data.router,
        metrics.router,
        streams.router,
        replays.router,
        stored.router,
        explanations.router,
        letters.router,
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
        app.include_router(resource, prefix="/api/v1")  # each straight away: a router in a router is matched twice
    app.include_router(simulation.router, prefix="/api/v1/admin", include_in_schema=False)
    app.include_router(letters.router, prefix="/api/v1/admin", include_in_schema=False)
    for plain in (registry.router, avatars.router, health.router, control_socket.router, stream_socket.router):
        app.include_router(plain)
    app.include_router(page_router(context.settings.dashboard))
    openapi.install(app)
    app.add_middleware(Revalidation)
    app.add_middleware(Repeats, clock=context.clock)
    app.add_middleware(Guard, gate=context.gate, clock=context.clock, settings=context.settings.access)
    return app

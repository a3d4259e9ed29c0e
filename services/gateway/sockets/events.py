"""Server-sent events over the live hub."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from services.gateway.api.context import Context
from services.gateway.api.problems import ProblemError
from services.gateway.live.client import Client
from services.gateway.live.frames import Frame, Notice
from services.gateway.state.filters import Filters
from services.gateway.state.positions import Vector, print_tokens

HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
"""No proxy may hold events back."""

EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, each with its kind as `event` and JSON as `data`, until somebody goes away",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string", "format": "event-stream"},
                "example": 'event: record\ndata: {"event_type": "venue.viewed", "user_id": "u0000123"}\n\n',
            }
        },
    }
}
"""What such an operation says of its answer."""

Wanted = Mapping[str, tuple[Filters, tuple[str, Vector] | None]]
"""Channels with their filters and, where a client resumes, its position."""


def admit(context: Context) -> None:
    """Raise a 503 where there are as many clients as there may be."""
    if context.hub.full:
        raise ProblemError(503, "too many clients; try again later")


async def stream(context: Context, client: Client, wanted: Wanted) -> AsyncIterator[str]:
    """Events for one client until it or the gateway goes away; its position follows each batch as the id."""
    hub = context.hub
    hub.join(client)
    try:
        if any(position is not None for _, position in wanted.values()):
            await hub.settled()
        vectors = {name: context.ledger.city.history[name].vector() for name in wanted}
        for name, (_, position) in wanted.items():
            if position is not None:
                vectors[name] = position[1]
        for name, (filters, position) in wanted.items():
            hub.subscribe(client, name, filters, position, recent=0)
        ready = Notice("ready", {"channels": sorted(wanted), "position": print_tokens(hub.epoch, vectors)})
        yield f"retry: 2000\n{ready.events}\n"
        while client.closing is None:
            try:
                async with asyncio.timeout(context.settings.live.heartbeat_s):
                    messages = await client.take()
            except TimeoutError:
                yield ": keep-alive\n\n"
                continue
            for message in messages:
                if isinstance(message, Frame):
                    vectors[message.channel] = message.vector
                elif message.kind == "resync":
                    vectors |= {name: context.ledger.city.history[name].vector() for name in message.body["channels"]}
                yield f"{message.events}id: {print_tokens(hub.epoch, vectors)}\n\n"
        yield f"event: closing\ndata: {client.closing.reason}\n\n"
    finally:
        hub.leave(client)

"""One WebSocket: a reader that obeys messages, a writer that empties the client's outbox, and their end."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from services.gateway.access import EXPIRED, Caller, Verdict
from services.gateway.api.context import Context
from services.gateway.live.client import Client
from services.gateway.live.frames import Notice
from services.gateway.sockets.protocol import Budget, Incoming, ProtocolError, parse
from services.gateway.sockets.uvicorn_wire import EXTENSION
from services.gateway.state.times import iso

Obey = Callable[[Incoming], Awaitable[None]]

_FAREWELL_S = 1.0
"""A client that does not read will not read a close frame either."""


def close_code(verdict: Verdict) -> int:
    """Code of the close frame that refuses a caller: 4000 and the HTTP status."""
    return 4_000 + verdict.status


async def serve(socket: WebSocket, context: Context, client: Client, caller: Caller, obey: Obey) -> None:
    """Run a connection until the client leaves or is let go, at the latest when its caller's token ends."""
    if context.hub.full:
        await socket.close(1013, "too many clients; try again later")
        return
    client.write = socket.scope.get("extensions", {}).get(EXTENSION, {}).get("write")
    context.hub.join(client)
    reader = asyncio.create_task(_read(socket, context, client, obey))
    writer = asyncio.create_task(_write(socket, context, client))
    watcher = asyncio.create_task(_wait_closing(client, context, caller))
    try:
        done, _ = await asyncio.wait((reader, writer, watcher), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task is not watcher and task.exception() and not isinstance(task.exception(), _GONE):
                await task
    finally:
        for task in (reader, writer, watcher):
            task.cancel()
        await asyncio.gather(reader, writer, watcher, return_exceptions=True)
        context.hub.leave(client)
        if client.closing is not None:
            with suppress(TimeoutError, *_GONE):
                async with asyncio.timeout(_FAREWELL_S):
                    await socket.close(client.closing.code, client.closing.reason[:120])


async def _read(socket: WebSocket, context: Context, client: Client, obey: Obey) -> None:
    live = context.settings.live
    budget = Budget(live.messages_per_second, context.clock)
    while True:
        frame = await socket.receive()
        if frame["type"] == "websocket.disconnect":
            return
        try:
            if not budget.spend():
                raise ProtocolError("rate_limited", f"at most {live.messages_per_second:g} messages a second")  # noqa: TRY301
            await obey(parse(frame.get("text") or frame.get("bytes"), live.message_bytes))
        except ProtocolError as error:
            client.offer(error.notice())


async def _write(socket: WebSocket, context: Context, client: Client) -> None:
    shared = client.write is not None
    while not client.closed.is_set():
        try:
            async with asyncio.timeout(context.settings.live.heartbeat_s):
                messages = await client.take()
        except TimeoutError:
            messages = [Notice("heartbeat", {"wall_time": iso(context.clock.now_us())})]
        for message in messages:
            if client.closed.is_set():
                return
            if shared:
                await socket.send({"type": "websocket.send", "wire": message.wire})
            else:
                await socket.send_text(message.message.decode())


async def _wait_closing(client: Client, context: Context, caller: Caller) -> None:
    if caller.until_us is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout((caller.until_us - context.clock.now_us()) / 1e6):
                await client.closed.wait()
        expire(client)
    await client.closed.wait()


def expire(client: Client) -> None:
    """Let a client go whose caller's token has ended."""
    client.close(close_code(EXPIRED), EXPIRED.reason)


_GONE = (WebSocketDisconnect, RuntimeError, ConnectionError)
"""How a send on a connection that is gone ends, by who notices first."""

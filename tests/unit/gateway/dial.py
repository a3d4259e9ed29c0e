"""Both sockets of a town's gateway, and what a client of them says and hears."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.unit.gateway.town import Town

Message = dict[str, Any]


def url(town: Town, path: str) -> str:
    return f"ws://127.0.0.1:{town.core.web.port}{path}"


async def until(socket: ClientConnection, wanted: Callable[[Message], bool]) -> Message:
    async with asyncio.timeout(3):
        while True:
            message: Message = json.loads(await socket.recv())
            if wanted(message):
                return message


async def of(socket: ClientConnection, kind: str) -> Message:
    return await until(socket, lambda message: message["type"] == kind)


async def send(socket: ClientConnection, kind: str, **payload: object) -> None:
    await socket.send(json.dumps({"type": kind, "request_id": "r1", "payload": payload}))


@asynccontextmanager
async def control(town: Town, path: str = "/ws/control") -> AsyncIterator[ClientConnection]:
    async with connect(url(town, path)) as socket:
        assert (await of(socket, "state_update"))["payload"]["phase"] == "running"
        yield socket


@asynccontextmanager
async def stream(town: Town) -> AsyncIterator[ClientConnection]:
    async with connect(url(town, "/ws/stream")) as socket:
        await of(socket, "hello")
        yield socket


async def subscribe(socket: ClientConnection, *channels: str, **more: object) -> None:
    await send(socket, "subscribe", channels=list(channels), **more)
    await of(socket, "subscribed")


async def ids(socket: ClientConnection, many: int) -> list[str]:
    found: list[str] = []
    while len(found) < many:
        found += [event["event_id"] for event in (await of(socket, "events"))["events"]]
    return found


async def closing(socket: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as closed:
        await until(socket, lambda _: False)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason

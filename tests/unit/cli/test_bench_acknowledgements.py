"""The bench of commands times each by itself, and takes none for answered that was not."""

import asyncio
import json
import math

from websockets.asyncio.server import ServerConnection, serve

from cli.bench.acknowledgements import ORDERS, Plan, latencies_ms
from services.gateway.commands import SOCKET_COMMANDS

SLOW_S = 0.2


async def _answer(socket: ServerConnection) -> None:
    """The second is refused and the fourth forgotten; the first comes late, after the third."""
    await socket.send(json.dumps({"type": "state_update", "payload": {}}))
    late: list[asyncio.Task[None]] = []
    async for text in socket:
        number = json.loads(text)["request_id"]
        if number == 0:
            late.append(asyncio.create_task(_acknowledge_late(socket, number)))
        elif number == 1:
            await socket.send(json.dumps({"type": "error", "request_id": number, "code": "rejected", "message": "no"}))
        elif number == 2:
            await socket.send(json.dumps({"type": "ack", "request_id": number, "success": True}))


async def _acknowledge_late(socket: ServerConnection, number: int) -> None:
    await asyncio.sleep(SLOW_S)
    await socket.send(json.dumps({"type": "ack", "request_id": number, "success": True}))


async def test_each_command_is_timed_by_itself_and_what_is_not_acknowledged_took_for_ever() -> None:
    async with serve(_answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        plan = Plan(commands=4, every_s=0.01, patience_s=1.0)
        taken = await asyncio.to_thread(latencies_ms, f"http://127.0.0.1:{port}", plan)
    (first, third), (second, fourth) = taken["command to the clock"], taken["command to the city"]
    assert SLOW_S * 1000 <= first < math.inf
    assert third < first
    assert (second, fourth) == (math.inf, math.inf)


def test_what_a_command_says_is_what_the_gateway_takes() -> None:
    for order in ORDERS.values():
        SOCKET_COMMANDS[str(order["type"])].arguments.model_validate(order["payload"])

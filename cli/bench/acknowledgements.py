"""How long a command takes to its acknowledgement, as somebody at the gateway's control socket sees it.

Commands go out at their due times, whether or not those before them are answered: a simulator that is busy for a while
is waited for by all that came meanwhile. What is refused or never answered took for ever.
"""

import asyncio
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Order = Mapping[str, object]

ORDERS: Mapping[str, Order] = {
    "command to the clock": {"type": "set_speed", "payload": {"multiplier": 60}},
    "command to the city": {"type": "spawn_users", "payload": {"count": 1}},
}
"""The clock obeys at once, the city with its next tick, which is told the command as it comes; both go on as before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """So many commands, so far apart: no divisor of a second, the tick at 60x, so every part of a tick is asked in."""

    commands: int = 400
    every_s: float = 0.13
    patience_s: float = 10.0


def latencies_ms(url: str, plan: Plan) -> Mapping[str, Sequence[float]]:
    """Milliseconds of each command, by its kind, in the order they were given; infinite without an acknowledgement."""
    taken = asyncio.run(_measured(url, plan))
    return {kind: taken[first :: len(ORDERS)] for first, kind in enumerate(ORDERS)}


async def _measured(url: str, plan: Plan) -> Sequence[float]:
    taken = [math.inf] * plan.commands
    given = [0.0] * plan.commands
    address = url.rstrip("/").replace("http", "ws", 1) + "/ws/control"
    try:
        async with connect(address, proxy=None, close_timeout=1.0) as socket, asyncio.TaskGroup() as group:
            group.create_task(_hear(socket, plan, given, taken))
            await _give(socket, plan, given)
    except* ConnectionClosed:
        pass  # what is not answered by then never will be
    return taken


async def _give(socket: ClientConnection, plan: Plan, given: list[float]) -> None:
    began = time.monotonic()
    for number, order in enumerate(islice(cycle(ORDERS.values()), plan.commands)):
        await asyncio.sleep(max(0.0, began + number * plan.every_s - time.monotonic()))
        given[number] = time.monotonic()
        await socket.send(json.dumps({**order, "request_id": number}))


async def _hear(socket: ClientConnection, plan: Plan, given: Sequence[float], taken: list[float]) -> None:
    """Until every command is answered, or nobody answers any more."""
    waiting = set(range(plan.commands))
    try:
        async with asyncio.timeout(plan.commands * plan.every_s + plan.patience_s):
            while waiting:
                message = json.loads(await socket.recv())
                heard = time.monotonic()
                number = message.get("request_id")
                if number in waiting:
                    waiting.discard(number)
                    if message["type"] == "ack":
                        taken[number] = (heard - given[number]) * 1000
    except TimeoutError:
        return

"""What the gateway's bench measures, each in a process of its own: the gateway without Kafka, and a bare broadcast.

The gateway gets records as its feed hands them over: decoded a few at a time from their bytes. The bare server
sends frames that were made before.
"""

import asyncio
import resource
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

import psutil
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from cli.bench import gateway_records as made
from services.gateway.app import Core, compose
from services.gateway.live.frames import Frame
from services.gateway.settings import Access, Gateway, GatewaySettings, Live
from services.gateway.state.ledger import Ledger
from services.gateway.state.letters import Letter
from services.gateway.state.records import Records
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.errors import Retryable
from streamkit.lifecycle import Service, run_parts
from streamkit.positions import Positions
from streamkit.processor import Output

STEP_S = 0.02
_SIZE = {"population": made.PEOPLE, "active_users": 100}


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds and resident bytes of a process so far."""

    cpu_s: float
    resident: int


@dataclass(frozen=True, slots=True)
class Publish:
    """An order to a server: so many records a second, for so long."""

    rate: int
    seconds: float


def run_gateway(pipe: Connection, records: int) -> None:
    """A gateway until the pipe says None; sends its port, then its usage after each order."""
    _raise_limit()
    uvloop.run(_gateway(pipe, records))


def run_bare(pipe: Connection, tick_s: float) -> None:
    """A bare broadcast in the same way."""
    _raise_limit()
    uvloop.run(_bare(pipe, tick_s))


async def _gateway(pipe: Connection, records: int) -> None:
    clock, catalogue = SystemClock(), Catalogue.load()
    codec = Codec(catalogue)
    access, live = Access(requests_per_second=1e9), Live(clients=10_000)
    settings = GatewaySettings(gateway=Gateway(port=0, access=access, live=live))
    core = compose(settings, catalogue, _publish_nothing, _NoLetters(), clock)
    _settle(core, codec, clock)
    source = made.Source(codec, made.TOPIC, made.encoded(codec, made.TOPIC, [made.act(n) for n in range(records)]))
    stop = asyncio.Event()
    running = asyncio.create_task(run_parts(Service(core.parts), stop))
    await core.web.started.wait()

    async def publish(order: Publish) -> None:
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        while (passed := loop.time() - began) < order.seconds:
            due = int(passed * order.rate) - sent
            if due:
                core.intake.accept(source.take(due, clock.now_us()))
                sent += due
            await asyncio.sleep(STEP_S)

    await _serve(pipe, core.web.port, publish)
    stop.set()
    await running


async def _bare(pipe: Connection, tick_s: float) -> None:
    clients: set[ServerConnection] = set()

    async def join(client: ServerConnection) -> None:
        clients.add(client)
        await client.wait_closed()
        clients.discard(client)

    async with serve(join, "127.0.0.1", 0, compression=None, ping_interval=None) as server:

        async def publish(order: Publish) -> None:
            loop = asyncio.get_running_loop()
            message = _message(round(order.rate * tick_s))
            due = loop.time()
            until = due + order.seconds
            while loop.time() < until:
                broadcast(clients, message)
                due = max(due + tick_s, loop.time() - tick_s)  # at an even pace, as the gateway does
                await asyncio.sleep(max(due - loop.time(), 0.0))

        await _serve(pipe, server.sockets[0].getsockname()[1], publish)


async def _serve(pipe: Connection, port: int, publish: Callable[[Publish], Awaitable[None]]) -> None:
    process = psutil.Process()
    pipe.send(port)
    while (order := await asyncio.to_thread(pipe.recv)) is not None:
        if isinstance(order, Publish):
            await publish(order)
        times = process.cpu_times()
        pipe.send(Usage(times.user + times.system, process.memory_info().rss))


def _settle(core: Core, codec: Codec, clock: SystemClock) -> None:
    """A city that lives: its state, people and venues."""
    told = {"phase": "running", "tick": 1, "start_time": made.NOON, "wall_time": clock.now_us()}
    state = made.common(0, "state.changed", **told, speed_target=60.0, speed_achieved=60.0, **_SIZE)
    rows: dict[str, Sequence[made.Row]] = {
        "simulation_control": [state],
        "users": [made.person(number) for number in range(made.PEOPLE)],
        "venues": [made.venue(number) for number in range(made.VENUES)],
    }
    core.intake.found("bench")
    for topic, of_topic in rows.items():
        values = made.encoded(codec, topic, of_topic)
        core.intake.accept(made.Source(codec, topic, values).take(len(values), clock.now_us()))
    core.intake.caught_up()


def _message(rows: int) -> str:
    """The text of a frame of so many records, as the gateway makes it."""
    catalogue = Catalogue.load()
    codec = Codec(catalogue)
    records = Records(catalogue, Ledger(catalogue, history=100, bookings=100))
    values = made.encoded(codec, made.TOPIC, [made.act(number) for number in range(rows)])
    chunk = made.Source(codec, made.TOPIC, values).take(rows, SystemClock().now_us())
    return Frame("bench123", made.TOPIC, (1, 2, 3, 4), records.lines(chunk)).message.decode()


async def _publish_nothing(outputs: Sequence[Output]) -> Positions:
    raise Retryable(f"the bench has no Kafka for {len(outputs)} records")


class _NoLetters:
    """There is no Kafka to read dead letters from."""

    async def newest(self, topic: str, limit: int) -> Sequence[Letter]:
        """None can be had."""
        raise Retryable(f"the bench has no Kafka for {limit} letters of {topic}")


def _raise_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))

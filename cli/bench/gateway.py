"""The gateway measured from outside: watching clients beside a bare broadcast of the same frames, and reads.

Both servers are told to send the same frames at the same pace to the same clients: what is compared is the messages a
second that arrive. Clients and server share the machine, so what each costs its server in CPU time stands beside it.
"""

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from cli.bench.gateway_clients import Heard, Open, Read, run_clients
from cli.bench.gateway_servers import Publish, Usage, run_bare, run_gateway
from cli.bench.measure import Measurement
from services.gateway.settings import Live

BROADCAST_BAR, LATENCY_BAR_MS, MEMORY_BAR_KIB, STALLED_BAR, READS_BAR = 0.8, 150.0, 64.0, 1.2, 1_500.0
PATHS = (
    "/api/v1/simulation/state",
    "/api/v1/venues?limit=20",
    "/api/v1/users/u0000042",
    "/api/v1/admin/streams/history/user_actions?limit=20",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it all: clients that watch and that stall, events a second, seconds of each figure."""

    clients: int = 1_000
    stalled: int = 100
    rate: int = 2_000
    seconds: float = 10.0
    readers: int = 16


QUICK = Size(clients=100, stalled=10, seconds=3.0, readers=8)


@dataclass(frozen=True, slots=True)
class Watched:
    """One spell of publishing: what was heard, and the server's CPU seconds."""

    heard: Heard
    cpu_s: float

    @property
    def frames_a_cpu_second(self) -> float:
        """Frames delivered for a second of the server's CPU time."""
        return self.heard.frames / self.cpu_s if self.cpu_s else 0.0


def measure(size: Size | None = None) -> Sequence[Measurement]:
    """Both servers one after the other, with the same clients."""
    return list(_figures(size or Size()))


def _figures(size: Size) -> Iterator[Measurement]:
    with ExitStack() as stack:
        clients = stack.enter_context(process(run_clients))
        with process(run_bare, Live().tick_s) as bare:
            port = bare.recv()
            ask(clients, Open(port, size.clients))
            peer = _spell(bare, clients, size)
            ask(clients, "close")
        server = stack.enter_context(process(run_gateway, round(size.rate * (4 * size.seconds + 30))))
        port = server.recv()
        yield from _reads(server, clients, size, port)
        before = ask(server, "usage").resident
        ask(clients, Open(port, size.clients))
        memory = (ask(server, "usage").resident - before) / size.clients / 1024
        own = _spell(server, clients, size)
        yield from _watching(size, own, peer, memory)
        ask(clients, Open(port, size.stalled, stalled=True))
        beside = _spell(server, clients, size)
        name = f"event → client, p99, while {size.stalled} more clients do not read"
        bar = STALLED_BAR * own.heard.p99_ms
        alone = "p99 without them"
        yield Measurement(name, beside.heard.p99_ms, "ms", alone, own.heard.p99_ms, bar, lower_is_better=True)


def _watching(size: Size, own: Watched, peer: Watched, memory: float) -> Iterator[Measurement]:
    crowd = f"{size.clients:,} clients, {size.rate:,} events/s"
    name, beside = f"messages delivered, {crowd}", "bare websockets broadcast of the same frames"
    bare = peer.heard.frames / size.seconds
    yield Measurement(name, own.heard.frames / size.seconds, "messages/s", beside, bare, BROADCAST_BAR * bare)
    due = size.clients * size.seconds / Live().tick_s
    yield Measurement(
        "of the messages due, delivered", own.heard.frames / due, "share", beside, peer.heard.frames / due
    )
    name, bare = "messages a CPU second of the server", peer.frames_a_cpu_second
    yield Measurement(name, own.frames_a_cpu_second, "messages/s", beside, bare)
    yield Measurement("event → client, p50", own.heard.p50_ms, "ms")
    yield Measurement("event → client, p99", own.heard.p99_ms, "ms", bar=LATENCY_BAR_MS, lower_is_better=True)
    name = "memory of one more watching client"
    yield Measurement(name, memory, "KiB", bar=MEMORY_BAR_KIB, lower_is_better=True)


def _reads(server: Connection, clients: Connection, size: Size, port: int) -> Iterator[Measurement]:
    began: Usage = ask(server, "usage")
    answers: int = ask(clients, Read(port, PATHS, size.readers, size.seconds))
    spent = ask(server, "usage").cpu_s - began.cpu_s
    yield Measurement("REST reads of four kinds, a CPU second of the server", answers / spent, "1/s", bar=READS_BAR)
    yield Measurement("REST reads, by the wall clock", answers / size.seconds, "1/s")


def _spell(server: Connection, clients: Connection, size: Size) -> Watched:
    """Publish for a while, after a moment in which everybody gets going."""
    ask(server, Publish(size.rate, 1.0))
    ask(clients, "tell")
    began: Usage = ask(server, "usage")
    ended: Usage = ask(server, Publish(size.rate, size.seconds))
    return Watched(ask(clients, "tell"), ended.cpu_s - began.cpu_s)


def ask(pipe: Connection, order: object) -> Any:
    """Give a process an order and wait for what it says."""
    pipe.send(order)
    return pipe.recv()


@contextmanager
def process(target: Any, *arguments: object) -> Iterator[Connection]:
    """A process of its own that obeys a pipe; told to end, then waited for."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=target, args=(there, *arguments), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.send(None)
        process.join(30)
        if process.is_alive():
            process.kill()

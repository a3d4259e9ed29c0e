"""Clients of the gateway's bench, a thousand in one process: they read frames as fast as they come and keep little.

A client of a library would cost more than the server it measures; this one reads lengths and the first letters.
"""

import asyncio
import base64
import os
import resource
import socket
import struct
import time
from array import array
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import cast

import numpy as np
import uvloop

from cli.bench.gateway_records import TOPIC

_HEAD = 512
_STAMP, _EVENTS = b'"record_timestamp":', b'{"type":"events"'
_SUBSCRIBE = b'{"type":"subscribe","payload":{"channels":["%s"]}}' % TOPIC.encode()
_LEAVE_COUNTERS = b'{"type":"unsubscribe","payload":{"channels":["counters"]}}'
_AT_ONCE = 50
_SMALL_BUFFER = 4_096
_LONG, _LONGER = 126, 127
_TEXT, _PING, _PONG = 0x81, 0x89, 0x8A


@dataclass(frozen=True, slots=True)
class Open:
    """An order: connect so many; stalled ones never read after they have subscribed."""

    port: int
    count: int
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """An order: ask these paths over and over, by so many connections, for so long."""

    port: int
    paths: tuple[str, ...]
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Frames since the last time asked, and milliseconds from their oldest record to here."""

    frames: int
    p50_ms: float
    p99_ms: float


class Tally:
    """What all clients of the process heard."""

    def __init__(self) -> None:
        self.frames = 0
        self.latencies = array("d")

    def heard(self) -> Heard:
        """And begin anew."""
        sample = np.asarray(self.latencies) if self.latencies else np.zeros(1)
        told = Heard(self.frames, float(np.percentile(sample, 50)), float(np.percentile(sample, 99)))
        self.frames, self.latencies = 0, array("d")
        return told


class Watcher(asyncio.Protocol):
    """One WebSocket client."""

    def __init__(self, tally: Tally, *, stalled: bool) -> None:
        self.ready = asyncio.Event()
        self._tally = tally
        self._stalled = stalled
        self._begun = b""
        self._left = 0
        self._head = b""
        self._kind = 0
        self._upgraded = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        key = base64.b64encode(os.urandom(16))
        asked = (b"Host: 127.0.0.1", b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Version: 13")
        lines = (b"GET /ws/stream HTTP/1.1", *asked, b"Sec-WebSocket-Key: " + key, b"", b"")
        self._transport.write(b"\r\n".join(lines))

    def data_received(self, data: bytes) -> None:
        """Count frames; of each keep only how it begins."""
        if not self._upgraded:
            data = self._upgrade(data)
        at = 0
        while at < len(data):
            if not self._left:
                at = self._begin(data, at)
                continue
            taken = min(self._left, len(data) - at)
            if len(self._head) < _HEAD:
                self._head += data[at : at + min(taken, _HEAD)]
            self._left -= taken
            at += taken
            if not self._left:
                self._end()

    def _upgrade(self, data: bytes) -> bytes:
        self._begun += data
        head, ended, rest = self._begun.partition(b"\r\n\r\n")
        if not ended:
            return b""
        if b" 101 " not in head:
            raise RuntimeError(f"not upgraded: {head[:200]!r}")
        self._upgraded, self._begun = True, b""
        assert self._transport is not None
        self._transport.write(_masked(_LEAVE_COUNTERS) + _masked(_SUBSCRIBE))
        if self._stalled:
            self._transport.pause_reading()
        self.ready.set()
        return rest

    def _begin(self, data: bytes, at: int) -> int:
        """Read a frame's header, which may come in pieces; returns where its payload begins."""
        had = len(self._begun)
        self._begun += data[at : at + 10 - had]
        length = self._begun[1] if len(self._begun) > 1 else _LONGER
        size = {_LONG: 4, _LONGER: 10}.get(length, 2)
        if len(self._begun) < size:
            return len(data)
        if length == _LONG:
            length = struct.unpack("!H", self._begun[2:4])[0]
        elif length == _LONGER:
            length = struct.unpack("!Q", self._begun[2:10])[0]
        self._kind, self._left, self._head, self._begun = self._begun[0], length, b"", b""
        if not length:
            self._end()
        return at + size - had

    def _end(self) -> None:
        if self._kind == _PING:  # who does not answer is let go after forty seconds
            assert self._transport is not None
            self._transport.write(_masked(self._head, _PONG))
        elif self._head.startswith(_EVENTS):
            self._tally.frames += 1
            at = self._head.find(_STAMP)
            if at > 0:
                stamp = int(self._head[at + len(_STAMP) :].split(b",", 1)[0])
                self._tally.latencies.append(time.time() * 1e3 - stamp)  # noqa: TID251 - beside Kafka's timestamps


def run_clients(pipe: Connection) -> None:
    """Obey orders until the pipe says None."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    uvloop.run(_obey(pipe))


async def _obey(pipe: Connection) -> None:
    tally, open_ = Tally(), list[asyncio.BaseTransport]()
    while (order := await asyncio.to_thread(pipe.recv)) is not None:
        match order:
            case Open():
                open_ += await _connect(tally, order)
                pipe.send(len(open_))
            case Read():
                pipe.send(await _read(order))
            case "close":
                for transport in open_:
                    transport.close()
                open_.clear()
                pipe.send(0)
            case _:
                pipe.send(tally.heard())


async def _connect(tally: Tally, order: Open) -> list[asyncio.BaseTransport]:
    loop, slots = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)

    async def one() -> asyncio.BaseTransport:
        async with slots:
            plain = socket.socket()
            if order.stalled:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
            plain.setblocking(False)
            await loop.sock_connect(plain, ("127.0.0.1", order.port))
            transport, watcher = await loop.create_connection(lambda: Watcher(tally, stalled=order.stalled), sock=plain)
            await asyncio.wait_for(watcher.ready.wait(), 60)
            return transport

    return list(await asyncio.gather(*[one() for _ in range(order.count)]))


async def _read(order: Read) -> int:
    """Answers of status 200 that were read whole; raises on any other."""
    until = asyncio.get_running_loop().time() + order.seconds

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", order.port)
        answers = 0
        while asyncio.get_running_loop().time() < until:
            path = order.paths[answers % len(order.paths)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise RuntimeError(f"{path}: {head[:200]!r}")
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            answers += 1
        writer.close()
        return answers

    return sum(await asyncio.gather(*[one() for _ in range(order.connections)]))


def _masked(text: bytes, kind: int = _TEXT) -> bytes:
    """A frame under a mask of zeros, which leaves it as it is."""
    assert len(text) < _LONG
    return struct.pack("!BB", kind, 0x80 | len(text)) + bytes(4) + text

"""The HTTP server as a part of the service: one loop with everything else, stopped by the service's own signal."""

import asyncio
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.gateway.guard import HEADER_BYTES
from services.gateway.live.hub import Hub
from services.gateway.sockets.uvicorn_wire import WireProtocol
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import Fatal

_BACKLOG = 2_048


class _Uvicorn(uvicorn.Server):
    """uvicorn without its signal handlers: the service has its own."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone."""
        yield


def impatient(seconds: float) -> type[H11Protocol]:
    """The HTTP protocol with a limit on the time that the headers of a request take; the library has none."""

    class Impatient(H11Protocol):
        """Closes a connection on which a request has begun and does not get on, or has not begun at all."""

        _late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._late = self.loop.call_later(seconds, transport.close)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            begun = bool(self.conn.trailing_data[0])
            if self.conn.their_state is not h11.IDLE or not begun:
                self._in_time()
            elif self._late is None:
                self._late = self.loop.call_later(seconds, self.transport.close)

        def connection_lost(self, exc: Exception | None) -> None:
            self._in_time()
            super().connection_lost(exc)

        def _in_time(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

    return Impatient


class WebServer:
    """Serves the application; `port` tells which once ``started`` is set."""

    def __init__(self, app: FastAPI, host: str, port: int, *, message_bytes: int, patience_s: float) -> None:
        self.port = port
        self.started = asyncio.Event()
        self._host = host
        config = uvicorn.Config(
            app,
            http=impatient(patience_s),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws=WireProtocol,
            ws_per_message_deflate=False,  # 64 KiB of buffers a client otherwise
            ws_max_size=message_bytes * 4,  # beyond it the library closes with 1009; below, we answer an error
            ws_ping_interval=20,
            ws_ping_timeout=20,
            timeout_graceful_shutdown=2,
            server_header=False,
            h11_max_incomplete_event_size=HEADER_BYTES,
        )
        self._server = _Uvicorn(config)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop.

        Raises:
            Fatal: the port is taken.
        """
        bound = self._bind()
        serving = asyncio.create_task(self._server.serve(sockets=[bound]))
        stopping = asyncio.create_task(stop.wait())
        self.started.set()
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._server.should_exit = True
        await serving

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self.port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise Fatal(f"the gateway cannot listen on {self._host}:{self.port}: {error.strerror}") from error
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        return listener


class Beats:
    """Counts at an even pace, and tells it to watching clients."""

    def __init__(self, hub: Hub, clock: Clock, every_s: float, counters: Callable[[], Mapping[str, object]]) -> None:
        self._hub = hub
        self._clock = clock
        self._every_s = every_s
        self._counters = counters

    async def run(self, stop: asyncio.Event) -> None:
        """Announce until told to stop."""
        while not stop.is_set():
            await sleep_or_stop(self._clock, self._every_s, stop)
            counters = self._counters()
            if any("counters" in client.states for client in self._hub.clients):
                self._hub.announce("counters", counters)

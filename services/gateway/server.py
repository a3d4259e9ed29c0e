"""The HTTP server as a part of the service: one loop with everything else, stopped by the service's own signal."""

import asyncio
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from services.gateway.live.hub import Hub
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import Fatal

_BACKLOG = 2_048


class _Uvicorn(uvicorn.Server):
    """uvicorn without its signal handlers: the service has its own."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone."""
        yield


class WebServer:
    """Serves the application; `port` tells which once ``started`` is set."""

    def __init__(self, app: FastAPI, host: str, port: int, message_bytes: int) -> None:
        self.port = port
        self.started = asyncio.Event()
        self._host = host
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # 64 KiB of buffers a client otherwise
            ws_max_size=message_bytes * 4,  # beyond it the library closes with 1009; below, we answer an error
            ws_ping_interval=20,
            ws_ping_timeout=20,
            timeout_graceful_shutdown=2,
            server_header=False,
            h11_max_incomplete_event_size=32_768,
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
    """Tells counters to watching clients at an even pace."""

    def __init__(self, hub: Hub, clock: Clock, every_s: float, counters: Callable[[], Mapping[str, object]]) -> None:
        self._hub = hub
        self._clock = clock
        self._every_s = every_s
        self._counters = counters

    async def run(self, stop: asyncio.Event) -> None:
        """Announce until told to stop."""
        while not stop.is_set():
            await sleep_or_stop(self._clock, self._every_s, stop)
            if any("counters" in client.states for client in self._hub.clients):
                self._hub.announce("counters", self._counters())

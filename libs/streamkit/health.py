"""Liveness, readiness and metrics over HTTP: `/livez` (no dependencies), `/readyz` (all parts ready), `/metrics`."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import orjson

from streamkit import metrics
from streamkit.errors import Fatal

_READ_LIMIT_S = 5.0
"""A client that does not finish its request line by then is dropped."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether one part is ready, and why not."""

    ok: bool
    detail: str = ""


class Readiness:
    """What must hold before traffic makes sense. A part that was named once must say ok to be ready."""

    def __init__(self, *expected: str) -> None:
        self._conditions = {name: Condition(ok=False, detail="starting") for name in expected}

    def set(self, name: str, ok: bool, detail: str = "") -> None:  # noqa: FBT001 - a part says yes or no
        """State of one part."""
        self._conditions[name] = Condition(ok, detail)

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """State of every part."""
        return dict(self._conditions)

    @property
    def ready(self) -> bool:
        """Whether every part is ready."""
        return all(condition.ok for condition in self._conditions.values())


class HealthServer:
    """A minimal HTTP server for probes and Prometheus. Port 0 takes a free one; `port` tells which."""

    def __init__(self, port: int, readiness: Readiness, host: str = "0.0.0.0") -> None:  # noqa: S104 - probes come from outside the container
        self.port = port
        self._host = host
        self._readiness = readiness
        self.started = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop.

        Raises:
            Fatal: where the port is taken.

        """
        try:
            server = await asyncio.start_server(self._serve, self._host, self.port)
        except OSError as error:
            raise Fatal(f"health server cannot listen on {self._host}:{self.port}: {error.strerror}") from error
        self.port = server.sockets[0].getsockname()[1]
        self.started.set()
        async with server:
            await stop.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_READ_LIMIT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            words = head.split(b"\r\n", 1)[0].split(b" ")
            status, kind, body = self._answer(words[1].decode("latin-1") if len(words) > 1 else "")
            writer.write(
                f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def _answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        match path.split("?", 1)[0]:
            case "/livez":
                return HTTPStatus.OK, "application/json", b'{"status":"ok"}'
            case "/readyz":
                ready = self._readiness.ready
                body = orjson.dumps({"status": "ok" if ready else "starting", "parts": self._readiness.conditions})
                return HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE, "application/json", body
            case "/metrics":
                return HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", metrics.exposition()
            case _:
                return HTTPStatus.NOT_FOUND, "application/json", b'{"status":"not found"}'

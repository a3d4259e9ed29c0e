"""What holds for every request: an id, an origin that is ours, a bounded body, safe headers, a metric."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.access import Gate
from services.gateway.api.problems import response
from streamkit import metrics
from streamkit.clock import Clock
from streamkit.identity import hash_id

_SANE_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

Inner = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyTooLargeError(Exception):
    """More bytes came than a request may have."""


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, gate: Gate, clock: Clock, body_bytes: int) -> None:
        self._app = app
        self._gate = gate
        self._clock = clock
        self._body_bytes = body_bytes
        self._begun = clock.now_us()
        self._served = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._open(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = self._gate.foreign(HTTPConnection(scope))
        if reason is None:
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": reason[:100]})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        request_id = self._name(connection)
        scope.setdefault("state", {})["request_id"] = request_id
        began = self._clock.monotonic()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, connection, request_id)
            await send(message)

        refusal = self._refusal(connection)
        if refusal is not None:
            refused = response(*refusal, connection.url.path, request_id)
            await refused(scope, receive, answer)
        else:
            try:
                await self._app(scope, self._bounded(receive), answer)
            except BodyTooLargeError:
                await response(413, "the body is too large", connection.url.path, request_id)(scope, receive, answer)
        self._count(scope, status, self._clock.monotonic() - began)

    def _refusal(self, connection: HTTPConnection) -> tuple[int, str] | None:
        foreign = self._gate.foreign(connection)
        probing = connection.url.path in {"/livez", "/readyz", "/health", "/metrics"}
        if (
            foreign is not None
            and not probing
            and (connection.scope["method"] not in _SAFE_METHODS or foreign.startswith("host"))
        ):
            return 403, foreign
        length = connection.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._body_bytes:
            return 413, f"a body has at most {self._body_bytes} bytes"
        return None

    def _bounded(self, receive: Receive) -> Receive:
        left = self._body_bytes

        async def bounded() -> MutableMapping[str, Any]:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise BodyTooLargeError
            return message

        return bounded

    def _dress(self, message: Message, connection: HTTPConnection, request_id: str) -> None:
        headers = MutableHeaders(scope=message)
        headers["X-Request-ID"] = request_id
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        if connection.url.path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
        origin = connection.headers.get("origin")
        if origin is not None and self._gate.allows(origin):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Vary"] = "Origin"

    def _name(self, connection: HTTPConnection) -> str:
        given = connection.headers.get("x-request-id", "")
        if _SANE_ID.fullmatch(given):
            return given
        self._served += 1
        return hash_id("http", self._begun, self._served)

    @staticmethod
    def _count(scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        metrics.REQUESTS.labels(scope["method"], route, str(status)).inc()
        metrics.REQUEST_SECONDS.labels(route).observe(seconds)

"""What holds for every request: an id, an origin that is ours, a bounded body, safe headers, a metric."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.access import Gate, Role
from services.gateway.api.problems import response
from services.gateway.limits import Buckets, Rate
from services.gateway.settings import Access
from streamkit import metrics
from streamkit.clock import Clock
from streamkit.identity import hash_id

_SANE_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
PROBES = frozenset({"/livez", "/readyz", "/health", "/health/live", "/health/ready", "/metrics"})
"""For machines that watch the gateway: under any host name, as often as they like."""

_GUARDED = ("/api/", "/registry/", "/avatars/")
"""What needs a role where reading does; the page itself holds nothing of the city."""

_LEAVE = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "authorization, content-type, idempotency-key, last-event-id, x-request-id",
    "Access-Control-Max-Age": "600",
}
HEADER_BYTES = 32_768
"""The library's own limit counts only what has come without being complete."""

_TOO_MANY = 429
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


class BodyTooLargeError(HTTPException):
    """More bytes came than a request may have."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"a body has at most {most} bytes")


class BodyTooSlowError(HTTPException):
    """The body did not come in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(408, f"the body did not come in {seconds:g} s", {"Connection": "close"})


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, gate: Gate, clock: Clock, settings: Access) -> None:
        self._app = app
        self._gate = gate
        self._clock = clock
        self._body_bytes = settings.body_bytes
        self._patience_s = settings.patience_s
        self._buckets = Buckets(Rate(settings.requests_per_second))
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

        refusal = self._refusal(connection) or await self._unread(connection)
        if refusal is not None:
            refused = response(*refusal, connection.url.path, request_id)
            if refusal[0] == _TOO_MANY:
                refused.headers["Retry-After"] = "1"
            await refused(scope, receive, answer)
        elif self._asks_leave(connection):
            await Response(status_code=204, headers=_LEAVE)(scope, receive, answer)
        else:
            await self._app(scope, self._bounded(receive), answer)
        self._count(scope, status, self._clock.monotonic() - began)

    def _refusal(self, connection: HTTPConnection) -> tuple[int, str] | None:
        foreign = self._gate.foreign(connection)
        probing = connection.url.path in PROBES
        if (
            foreign is not None
            and not probing
            and (connection.scope["method"] not in _SAFE_METHODS or foreign.startswith("host"))
        ):
            return 403, foreign
        if sum(len(name) + len(value) for name, value in connection.scope["headers"]) > HEADER_BYTES:
            return 431, f"headers have at most {HEADER_BYTES} bytes"
        length = connection.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._body_bytes:
            return 413, f"a body has at most {self._body_bytes} bytes"
        client = connection.client.host if connection.client else ""
        wait = 0.0 if probing else self._buckets.wait(client, self._clock.monotonic())
        return (_TOO_MANY, f"too many requests; come again in {wait:.2g} s") if wait else None

    def _asks_leave(self, connection: HTTPConnection) -> bool:
        """Whether a browser asks on behalf of a page that the settings allow; others are answered as any OPTIONS."""
        headers = connection.headers
        asked = connection.scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        return asked and self._gate.allows(headers.get("origin", ""))

    async def _unread(self, connection: HTTPConnection) -> tuple[int, str] | None:
        """Why a caller may not even read, where reading needs a role."""
        guarded = self._gate.guards_reading and connection.url.path.startswith(_GUARDED)
        if not guarded or connection.scope["method"] == "OPTIONS":
            return None
        verdict = await self._gate.judge(connection, Role.VIEWER)
        return None if verdict.caller is not None else (verdict.status, verdict.reason)

    def _bounded(self, receive: Receive) -> Receive:
        left = self._body_bytes
        until = asyncio.get_running_loop().time() + self._patience_s
        ended = False

        async def bounded() -> MutableMapping[str, Any]:
            nonlocal left, ended
            if ended:  # what is waited for now is the client's leaving
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlowError(self._patience_s) from None
            ended = not message.get("more_body", False)
            left -= len(message.get("body", b""))
            if left < 0:
                raise BodyTooLargeError(self._body_bytes)
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

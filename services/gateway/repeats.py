"""Idempotency keys: a write that is sent again under the same key is answered by its first answer, not done again.

Kept in this gateway's memory, bounded by number and time. An answer of 5xx is not kept: whoever was asked may not have
heard, and the write may be tried again.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.api.problems import response
from streamkit.clock import Clock

HEADER = "idempotency-key"
_KEEP_S = 600.0
_MOST = 10_000
_LARGEST_KEPT = 262_144
"""Bytes of an answer that is kept; those of writes are a few hundred."""

_SANE = re.compile(r"^[\x21-\x7e]{1,128}$")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SERVER_FAULT = 500


@dataclass(slots=True)
class _Told:
    """What was asked under a key, and its answer once there is one."""

    asked: bytes
    until: float
    done: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[Message] = field(default_factory=list)
    kept: bool = False


class Repeats:
    """A layer of the application inside the guard."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._told: OrderedDict[bytes, _Told] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] not in _WRITES:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        key = connection.headers.get(HEADER)
        if key is None:
            await self._app(scope, receive, send)
        elif _SANE.fullmatch(key) is None:
            await self._refuse(scope, receive, send, "an idempotency key has 1 to 128 printable letters")
        else:
            await self._once(connection, key, receive, send)

    async def _once(self, connection: HTTPConnection, key: str, receive: Receive, send: Send) -> None:
        scope = connection.scope
        try:
            body = await _whole(receive)
        except HTTPException as error:  # too large or too slow: told here, since nothing inside has been reached
            path, request_id = scope["path"], scope.get("state", {}).get("request_id")
            await response(error.status_code, str(error.detail), path, request_id)(scope, receive, send)
            return
        name, asked = _name(connection, key), hashlib.sha256(_target(scope) + body).digest()
        while True:
            told = self._recall(name)
            if told is None:
                break
            if told.asked != asked:
                await self._refuse(scope, receive, send, "this idempotency key was used for another request")
                return
            await told.done.wait()
            if told.kept:
                await _repeat(told, send)
                return
        told = self._told[name] = _Told(asked, self._clock.monotonic() + _KEEP_S)
        await self._first(told, name, scope, _again(body, receive), send)

    async def _first(self, told: _Told, name: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def note(message: Message) -> None:
            nonlocal size
            size += len(message.get("body", b""))
            told.messages.append({**message, "headers": list(message["headers"])} if "headers" in message else message)
            await send(message)

        try:
            await self._app(scope, receive, note)
            told.kept = size <= _LARGEST_KEPT and bool(told.messages) and told.messages[0]["status"] < _SERVER_FAULT
        finally:
            if not told.kept:
                told.messages.clear()
                self._told.pop(name, None)
            told.done.set()

    def _recall(self, name: bytes) -> _Told | None:
        now = self._clock.monotonic()
        while self._told and (len(self._told) > _MOST or next(iter(self._told.values())).until < now):
            self._told.popitem(last=False)
        return self._told.get(name)

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, reason: str) -> None:
        errors = [{"field": f"header.{HEADER}", "message": reason}]
        path, request_id = scope["path"], scope.get("state", {}).get("request_id")
        await response(422, "1 field is not valid", path, request_id, errors=errors)(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _repeat(told: _Told, send: Send) -> None:
    for message in told.messages:
        copy = {**message, "headers": list(message["headers"])} if "headers" in message else message
        if "headers" in copy:
            MutableHeaders(scope=copy)["Idempotency-Replayed"] = "true"
        await send(copy)


def _name(connection: HTTPConnection, key: str) -> bytes:
    who = connection.headers.get("authorization") or (connection.client.host if connection.client else "")
    return hashlib.sha256(f"{who}\n{key}".encode()).digest()


def _target(scope: Scope) -> bytes:
    query: bytes = scope["query_string"]
    return f"{scope['method']} {scope['path']}?".encode() + query + b"\n"

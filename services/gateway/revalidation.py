"""Entity tags: a read whose answer the caller already has is answered 304, without a body (RFC 9110 §8.8.3, §13.1.2).

The tag is made of the answer itself, so nothing has to know what each answer depends on: what is saved is the body on
the wire and its parsing, not the work of making it. Streams and answers in several parts are passed on as they come.
"""

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TAGGED = ("/api/", "/openapi.json")
_OK = 200
_NOT_MODIFIED = 304
_DIGEST_BYTES = 12
_OF_A_BODY = ("content-length", "content-type")
_ASK_AGAIN = "private, no-cache"
"""Kept by the caller alone, and never used without asking whether it still holds."""


class Revalidation:
    """A layer of the application inside the guard, for reads answered as JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(_TAGGED):
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        asked = Headers(scope=scope).getlist("if-none-match")

        async def answer(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_tagged(message):
                held = message
                return
            if held is not None:
                start, held = held, None
                message = _revalidated(start, message, asked)
                await send(start)
            await send(message)

        await self._app(scope, receive, answer)


def _is_tagged(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == _OK and headers.get("content-type", "") == "application/json" and "etag" not in headers


def _revalidated(start: Message, body: Message, asked: list[str]) -> Message:
    """The body to send after ``start``, which gets its tag, or becomes a 304; untouched where more is to come."""
    if body["type"] != "http.response.body" or body.get("more_body", False):
        return body
    start["headers"] = list(start["headers"])
    headers = MutableHeaders(scope=start)
    digest = hashlib.blake2b(body.get("body", b""), digest_size=_DIGEST_BYTES).hexdigest()
    headers["ETag"] = f'W/"{digest}"'
    headers.setdefault("Cache-Control", _ASK_AGAIN)
    if not matches(digest, asked):
        return body
    start["status"] = _NOT_MODIFIED
    for name in _OF_A_BODY:
        del headers[name]
    return {"type": "http.response.body", "body": b""}


def matches(digest: str, asked: list[str]) -> bool:
    """Whether one of the tags of ``If-None-Match`` is this one, compared weakly; ``*`` is any."""
    tags = [tag.strip().removeprefix("W/") for line in asked for tag in line.split(",")]
    return f'"{digest}"' in tags or "*" in tags

"""Messages of clients, checked: one shape for both sockets, and the error that answers whatever is not right."""

from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.gateway.api.problems import InvalidError, fields
from services.gateway.live.frames import Notice
from streamkit.clock import Clock

TALK = ("get_state", "ping")
"""Messages of the control socket that are no commands."""

RequestId = Annotated[str, Field(max_length=64)]


class Incoming(BaseModel):
    """A message of a client."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Annotated[str, Field(max_length=64)]
    request_id: RequestId | int | None = None
    payload: dict[str, Any] = Field(default_factory=dict)


class ProtocolError(Exception):
    """A message that cannot be obeyed; the connection stays."""

    def __init__(
        self, code: str, message: str, *, request_id: str | int | None = None, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request_id = request_id
        self.field = field

    def notice(self) -> Notice:
        """The error as the client hears it."""
        body: dict[str, Any] = {"request_id": self.request_id, "code": self.code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        return Notice("error", body)


def parse(text: str | bytes | None, limit: int) -> Incoming:
    """A message out of a frame; raises `ProtocolError` with the request id, where one can be made out."""
    if text is None or len(text) > limit:
        raise ProtocolError("too_large", f"a message has at most {limit} bytes")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ProtocolError("invalid", f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ProtocolError("invalid", "a message is a JSON object with type, request_id and payload")
    try:
        return Incoming.model_validate(value)
    except ValidationError as error:
        raise refused(error, _request_id(value), "") from error


def refused(error: ValidationError, request_id: str | int | None, prefix: str) -> ProtocolError:
    """The first thing that is wrong with a message, by field."""
    first = fields(error.errors())[0]
    field = f"{prefix}{first['field']}"
    return ProtocolError("invalid", f"{field}: {first['message']}", request_id=request_id, field=field)


def misnamed(error: InvalidError, request_id: str | int | None) -> ProtocolError:
    """A name in a message that nothing has: what the REST API would answer."""
    return ProtocolError("invalid", error.message, request_id=request_id, field=error.field)


def _request_id(value: object) -> str | int | None:
    found = value.get("request_id") if isinstance(value, dict) else None
    return found if isinstance(found, str | int) and len(str(found)) <= 64 else None  # noqa: PLR2004 - as RequestId


class Budget:
    """Messages a client may send: a bucket of twice the rate, refilled at the rate."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._rate = per_second
        self._clock = clock
        self._left = per_second * 2
        self._at = clock.monotonic()

    def spend(self) -> bool:
        """Whether one more is within the budget."""
        now = self._clock.monotonic()
        self._left = min(self._rate * 2, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

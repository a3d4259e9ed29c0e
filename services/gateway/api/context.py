"""What routers and sockets may touch, given to the application once; and the small things they all need."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Path, Response
from starlette.requests import HTTPConnection

from services.gateway.access import Caller, Gate, Role
from services.gateway.adapters.desk import Desk, Reply
from services.gateway.api.problems import ProblemError
from services.gateway.live.hub import Hub
from services.gateway.scenarios import Scenario
from services.gateway.settings import Gateway
from services.gateway.state.ledger import Ledger
from services.gateway.state.letters import Letters
from services.gateway.state.monitor import Monitor
from services.gateway.state.records import Records
from streamkit.clock import Clock
from streamkit.health import Readiness


@dataclass(frozen=True, slots=True)
class Context:
    """The gateway as its routers see it."""

    settings: Gateway
    ledger: Ledger
    records: Records
    monitor: Monitor
    hub: Hub
    desk: Desk
    gate: Gate
    scenarios: Sequence[Scenario]
    readiness: Readiness
    letters: Letters
    clock: Clock


def context_of(connection: HTTPConnection) -> Context:
    """The context of the application that serves this connection."""
    context = connection.app.state.context
    assert isinstance(context, Context)
    return context


def _allowed(role: Role) -> Callable[[HTTPConnection], Awaitable[Caller]]:
    async def judge(connection: HTTPConnection) -> Caller:
        verdict = await context_of(connection).gate.judge(connection, role)
        if verdict.caller is None:
            raise ProblemError(verdict.status, verdict.reason)
        return verdict.caller

    return judge


async def _context(connection: HTTPConnection) -> Context:
    """As `context_of`: what is not async, FastAPI sends to another thread and waits for."""
    return context_of(connection)


InContext = Annotated[Context, Depends(_context)]
Reader = Annotated[Caller, Depends(_allowed(Role.VIEWER))]
Controller = Annotated[Caller, Depends(_allowed(Role.OPERATOR))]
Administrator = Annotated[Caller, Depends(_allowed(Role.ADMIN))]

UserId = Annotated[str, Path(pattern=r"^u\d{7}$", examples=["u0000123"], description="A person")]
VenueId = Annotated[str, Path(pattern=r"^v\d{5}$", examples=["v00012"], description="A venue")]
EventId = Annotated[
    str,
    Path(pattern="^[0-9a-hjkmnp-tv-z]{26}$", examples=["01hzx5w8q2y4n6r8t0v2x4z6b8"], description="A 26-letter id"),
]


class Json(Response):
    """JSON by orjson; times inside are text already."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Bytes of a value."""
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


def answers(shape: object, example: object, *problems: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """OpenAPI answers of a route: shape and example of success, and which problems it may answer with.

    The example is text until the document is whole, because FastAPI strips every null from what it derives.
    """
    content = {"application/json": {"example": orjson.dumps(example).decode()}}
    declared: dict[int | str, dict[str, Any]] = {status: {"description": "Success", "model": shape, "content": content}}
    declared |= {int(code): answer for code, answer in problem_answers(*_ALWAYS, *problems).items()}
    return declared


def problem_answers(*problems: int) -> dict[str, dict[str, Any]]:
    """OpenAPI answers of some problems, by default of those that any request may be answered with."""
    return {
        str(status): {
            "description": _PROBLEMS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted(set(problems) or set(_ALWAYS))
    }


def answered(reply: Reply) -> Any:
    """Payload of a reply; a reply that is not ok becomes a problem."""
    if reply.status == "ok":
        return reply.payload
    status = {"rejected": 409, "not_found": 404}.get(reply.status, 502)
    raise ProblemError(status, reply.reason or reply.status, **_members(reply.payload))


def _members(payload: Any) -> Mapping[str, object]:
    return {"payload": payload} if payload is not None else {}


_ALWAYS = (400, 403, 413, 422, 429)
"""What any request may be answered with, whatever it asks."""

_PROBLEMS = {
    400: "The request cannot be read",
    401: "No valid token",
    403: "Not allowed",
    404: "Not known",
    409: "Refused by the service, with its reason",
    410: "The position belongs to another run or branch",
    413: "The body is too large",
    429: "Too many requests; `Retry-After` says when to come again",
    422: "A value is not valid; `errors` names the field",
    502: "The service that was asked has failed",
    503: "Kafka is away",
    504: "Nobody answered before the deadline; `unanswered` names who",
}

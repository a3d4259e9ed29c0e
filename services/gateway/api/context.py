"""What routers and sockets may touch, given to the application once; and the small things they all need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Path, Response
from starlette.requests import HTTPConnection

from services.gateway.access import Gate
from services.gateway.adapters.desk import Desk, Reply
from services.gateway.api.problems import ProblemError
from services.gateway.live.hub import Hub
from services.gateway.scenarios import Scenario
from services.gateway.settings import Gateway
from services.gateway.state.ledger import Ledger
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
    clock: Clock


def context_of(connection: HTTPConnection) -> Context:
    """The context of the application that serves this connection."""
    context = connection.app.state.context
    assert isinstance(context, Context)
    return context


def controller_of(connection: HTTPConnection) -> str:
    """Name of a caller who may control; refused otherwise."""
    verdict = context_of(connection).gate.judge(connection)
    if verdict.caller is None:
        raise ProblemError(verdict.status, verdict.reason)
    return verdict.caller


InContext = Annotated[Context, Depends(context_of)]
Controller = Annotated[str, Depends(controller_of)]

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


def example(value: object, *problems: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI answers of a route: an example of success, and which problems it may answer with."""
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "Success", "content": {"application/json": {"example": value}}}
    }
    for status in (422, *problems):
        answers[status] = {"description": _PROBLEMS[status], "content": {"application/problem+json": {}}}
    return answers


def answered(reply: Reply) -> Any:
    """Payload of a reply; a reply that is not ok becomes a problem."""
    if reply.status == "ok":
        return reply.payload
    status = {"rejected": 409, "not_found": 404}.get(reply.status, 502)
    raise ProblemError(status, reply.reason or reply.status, **_members(reply.payload))


def _members(payload: Any) -> Mapping[str, object]:
    return {"payload": payload} if payload is not None else {}


_PROBLEMS = {
    401: "No valid token",
    403: "Not allowed",
    404: "Not known",
    409: "Refused by the service, with its reason",
    422: "A value is not valid; `errors` names the field",
    503: "Kafka is away",
    504: "Nobody answered before the deadline; `unanswered` names who",
}

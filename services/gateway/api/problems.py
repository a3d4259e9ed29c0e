"""Errors as RFC 9457 problem+json, each with the request's id and the field it is about."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.gateway.adapters.desk import DisconnectedError, UnansweredError
from streamkit import logs
from streamkit.errors import Retryable


class ProblemError(Exception):
    """A refusal: status, what is wrong in words, and members that a program can read."""

    def __init__(self, status: int, detail: str, **members: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.members = members


class InvalidError(ProblemError):
    """A value that its type allows and its meaning does not."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(422, "1 field is not valid", errors=[{"field": field, "message": message}])
        self.field = field
        self.message = message


def not_found(what: str) -> ProblemError:
    """Nothing of this name is known."""
    return ProblemError(404, f"{what} is not known in the live branch")


def response(status: int, detail: str, path: str, request_id: str | None, **members: object) -> Response:
    """A problem as a response."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": path,
        "request_id": request_id,
        **members,
    }
    return Response(orjson.dumps(body), status, media_type="application/problem+json")


def fields(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Validation errors as field and message."""
    return [{"field": ".".join(map(str, error["loc"])) or "body", "message": str(error["msg"])} for error in errors]


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem."""

    def answer(request: Request, status: int, detail: str, **members: object) -> Response:
        return response(status, detail, request.url.path, getattr(request.state, "request_id", None), **members)

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return answer(request, error.status, error.detail, **error.members)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = fields(error.errors())
        many = f"{len(found)} field{'s are' if len(found) > 1 else ' is'} not valid"
        return answer(request, 422, many, errors=found)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        answered = answer(request, error.status_code, str(error.detail))
        answered.headers.update(error.headers or {})
        return answered

    async def on_unanswered(request: Request, error: Exception) -> Response:
        assert isinstance(error, UnansweredError)
        return answer(request, 504, str(error), unanswered=error.who)

    async def on_disconnected(request: Request, error: Exception) -> Response:
        answered = answer(request, 503, str(error), unavailable="kafka")
        answered.headers["Retry-After"] = "2"
        return answered

    async def on_defect(request: Request, error: Exception) -> Response:
        logs.get_logger().error("request failed", path=request.url.path, exc_info=error)
        return answer(request, 500, "a defect of the gateway; its log has the details")

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(UnansweredError, on_unanswered)
    app.add_exception_handler(DisconnectedError, on_disconnected)
    app.add_exception_handler(Retryable, on_disconnected)
    app.add_exception_handler(Exception, on_defect)

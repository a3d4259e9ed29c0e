"""The OpenAPI document: what FastAPI derives, with the problems that any request may meet, and who may call."""

from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.gateway.api.answers.records import RECORDS
from services.gateway.api.context import problem_answers
from streamkit.codec.plan import Plan
from streamkit.contracts import Catalogue

PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457 problem details; further members belong to the status",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string", "examples": ["1 field is not valid"]},
        "instance": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "unanswered": {"type": "string", "description": "Who did not answer in time"},
    },
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of the settings or of the identity provider; not needed on the same machine in demo mode",
}
_OPEN: list[dict[str, list[str]]] = [{}, {"bearer": []}]
_TYPES = {
    "string": "string", "boolean": "boolean", "int": "integer", "long": "integer", "float": "number", "double": "number"
}  # fmt: skip
_TIME = {"type": "string", "format": "date-time"}
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def install(app: FastAPI) -> None:
    """Make ``app.openapi`` answer with the whole document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # how FastAPI has it extended


def _complete(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    columns = _columns(app.state.context.ledger.catalogue)
    for record in RECORDS:
        own = schemas[record.__name__]["properties"]
        own |= columns | {name: member for name, member in own.items() if name not in columns}
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {"bearer": BEARER}
    for path, operation in _operations(found):
        operation["security"] = _OPEN
        answers = operation["responses"]
        for content in (answer.get("content", {}).get("application/json", {}) for answer in answers.values()):
            if "example" in content:
                content["example"] = orjson.loads(content["example"])
        if path.startswith("/api/"):
            answers.update({key: value for key, value in problem_answers().items() if not _is_ours(answers.get(key))})
        else:
            answers.pop("422", None)
            answers.update(problem_answers(403, 404, 422, 429))
            if path.startswith("/registry/"):  # which answers in the registry's own shape where it has one
                answers["404"]["content"]["application/json"] = {"schema": {"type": "object"}}
                answers["422"]["content"]["application/json"] = {"schema": {"type": "object"}}
    return found


def _columns(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """Schemas of every column that a record of any topic may have, as records are told; the widest of a name counts."""
    topics = catalogue.topics.values()
    found: dict[str, dict[str, Any]] = {}
    for topic in topics:
        documents = {column["name"]: column.get("doc", "") for column in topic.schema["fields"]}
        for field in Plan.of(topic.schema).fields:
            kind = _TIME if field.timestamp else {"type": _TYPES[field.kind]}
            if found.get(field.name, {}).get("type") != "number":
                found[field.name] = {**kind, "description": documents[field.name]}
    found["event_type"] |= {"enum": [name for topic in topics for name in topic.events]}
    found["topic"] = {"type": "string", "enum": [topic.name for topic in topics]}
    return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield path, operation


def _is_ours(answer: dict[str, Any] | None) -> bool:
    return answer is not None and "application/problem+json" in answer.get("content", {})

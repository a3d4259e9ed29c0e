"""What the OpenAPI document says of answers, and whether an answer is so: no member more, none less, each its type."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from services.gateway.web import create_app
from tests.unit.gateway.town import Town

Schema = dict[str, Any]
_TEMPLATE = re.compile(r"\{[^}]+\}")


@cache
def document() -> Schema:
    """The OpenAPI document."""
    return create_app(Town().core.context).openapi()


def successes() -> Iterator[tuple[str, str, str, Schema]]:
    """Method, path, status and content of every success answer of the API that is JSON."""
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if path.startswith("/api/v1/") and status.startswith("2") and content is not None:
                    yield method.upper(), path, status, content


def conform(answer: httpx.Response) -> None:
    """Fail where a success answer of the API is not as the document has it."""
    of_the_api = answer.request.url.path.startswith("/api/v1/") and answer.is_success
    if of_the_api and answer.headers.get("content-type") == "application/json":
        validator(answer.request.method, _plain(answer.request.url.path), answer.status_code).validate(answer.json())


async def check(answer: httpx.Response) -> None:
    """As a hook of a client."""
    if answer.headers.get("content-type") == "application/json":
        await answer.aread()
        conform(answer)


@cache
def validator(method: str, path: str, status: int) -> jsonschema_rs.Validator:
    """Of the answer to a request, or of the operation of a template itself."""
    found = [content for verb, template, code, content in successes()
             if (verb, code) == (method, str(status)) and (template == path or _matches(template, path))]  # fmt: skip
    assert found, f"{method} {path} answers {status}, of which the document says nothing"
    return closed(found[0]["schema"])


def closed(schema: Schema) -> jsonschema_rs.Validator:
    """A validator that takes no member that is not declared, though clients must: whoever adds one declares it."""
    whole = {**schema, "components": {"schemas": _closed(document()["components"]["schemas"])}}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def _closed(value: Any) -> Any:
    if isinstance(value, list):
        return [_closed(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    inside = {name: _closed(inner) for name, inner in value.items()}
    return {"additionalProperties": False, **inside} if isinstance(value.get("properties"), dict) else inside


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(_TEMPLATE.sub("[^/]+", template), path) is not None


def _plain(path: str) -> str:
    """The path that the document has: of those that answer alike it tells one."""
    path = re.sub("^/api/v1/admin/(simulation/(?!snapshot|restore|travel)|dlq)", r"/api/v1/\1", path)
    return "/api/v1/bookings/" if path == "/api/v1/bookings" else path

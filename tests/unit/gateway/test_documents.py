"""The AsyncAPI document and the API page say what the code does."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import yaml
from websockets.asyncio.client import connect

from services.gateway import asyncapi
from services.gateway.commands import SOCKET_COMMANDS
from services.gateway.sockets.protocol import parse
from services.gateway.web import create_app
from streamkit.contracts import schemas_dir
from tests.unit.gateway.town import Town, booking

Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    loaded: Document = yaml.safe_load((schemas_dir() / "asyncapi.yaml").read_text(encoding="utf-8"))
    return loaded


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_of_the_asyncapi_document_leads_somewhere(document: Document) -> None:
    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def test_the_asyncapi_document_names_the_commands_of_the_control_socket(document: Document) -> None:
    sent = {entry["$ref"].rpartition("/")[2] for entry in document["operations"]["steer"]["messages"]}
    assert sent == {*SOCKET_COMMANDS, "get_state", "ping"}


def test_the_asyncapi_document_is_what_the_models_say() -> None:
    assert (schemas_dir() / "asyncapi.yaml").read_text(encoding="utf-8") == asyncapi.text()


def resolved(document: Document, value: Any) -> Any:
    """A schema with what it refers to in its place."""
    if isinstance(value, dict) and "$ref" in value:
        place: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        return resolved(document, place)
    if isinstance(value, dict):
        return {name: resolved(document, inner) for name, inner in value.items()}
    return [resolved(document, inner) for inner in value] if isinstance(value, list) else value


def validator(document: Document, name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(resolved(document, document["components"]["messages"][name]["payload"]))


def test_every_example_of_the_asyncapi_document_is_a_message_that_the_gateway_takes(document: Document) -> None:
    checked = 0
    for name, message in document["components"]["messages"].items():
        for example in message.get("examples", []):
            assert validator(document, name).is_valid(example["payload"]), name
            parse(json.dumps(example["payload"]), 10_000)
            checked += 1
    assert checked >= len(SOCKET_COMMANDS)


async def test_what_the_sockets_say_is_as_the_asyncapi_document_has_it(document: Document, town: Town) -> None:
    town.say("bookings", booking("booking.requested", "0" * 26))
    heard: Document = {}
    for path, sent in (
        ("/ws/stream", {"type": "subscribe", "payload": {"channels": ["bookings"], "recent": 5}}),
        ("/ws/stream", {"type": "unsubscribe", "payload": {"channels": ["bookings"]}}),
        ("/ws/stream", {"type": "subscribe", "payload": {"channels": ["nowhere"]}}),
        ("/ws/control", {"type": "set_speed", "payload": {"multiplier": 5}}),
        ("/ws/control", {"type": "ping", "request_id": 7}),
    ):
        heard |= {message["type"]: message for message in await exchange(town, path, sent)}
    stream = {"hello", "subscribed", "unsubscribed", "events", "error", "counters"}
    assert stream | {"ack", "state_update", "pong"} <= set(heard)
    for name, message in heard.items():
        validator(document, name).validate(message)


async def exchange(town: Town, path: str, sent: Document) -> list[Document]:
    """Everything that is said until a message has its answer, and a ping beside it too."""
    heard: list[Document] = []
    awaited = {"pong", "ack"} if sent["type"] in SOCKET_COMMANDS else {"pong"}
    async with connect(f"ws://127.0.0.1:{town.core.web.port}{path}") as socket, asyncio.timeout(60):
        for message in (sent, {"type": "ping", "request_id": "last"}):
            await socket.send(json.dumps(message))
        while not awaited <= {message["type"] for message in heard}:
            heard.append(json.loads(await socket.recv()))
    return heard


async def test_the_api_page_names_every_documented_path(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "api.md").read_text(encoding="utf-8")
    paths = create_app(Town().core.context).openapi()["paths"]
    missing = [path for path in paths if f"`{path.removeprefix('/api/v1')}`" not in page and f"`{path}`" not in page]
    assert missing == []

"""The AsyncAPI document and the API page say what the code does."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from services.gateway.commands import SOCKET_COMMANDS
from services.gateway.web import create_app
from streamkit.contracts import schemas_dir
from tests.unit.gateway.town import Town

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


async def test_the_api_page_names_every_documented_path(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "api.md").read_text(encoding="utf-8")
    paths = create_app(Town().core.context).openapi()["paths"]
    missing = [path for path in paths if f"`{path.removeprefix('/api/v1')}`" not in page and f"`{path}`" not in page]
    assert missing == []

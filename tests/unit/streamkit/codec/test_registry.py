"""Ids come from a Schema Registry over real HTTP when there is one."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from streamkit.codec import Codec
from streamkit.codec.registry import SchemaRegistry, codec_for, patiently
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal, Retryable
from streamkit.records import Outgoing
from streamkit.settings import ServiceSettings
from tests.unit.streamkit.codec.drawn import complete


class _Registry(ThreadingHTTPServer):
    """The two calls of the Confluent protocol that the client makes, ids from 101."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ids: dict[tuple[str, str], int] = {}
        self.broken: tuple[int, bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: _Registry

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.broken:
            self._answer(*self.server.broken)
            return
        _, _, subject, *versions = self.path.split("/")
        key = (subject, json.loads(body)["schema"])
        if versions:
            self.server.ids.setdefault(key, 101 + len(self.server.ids))
        if key in self.server.ids:
            self._answer(200, json.dumps({"id": self.server.ids[key]}).encode())
        else:
            self._answer(404, b'{"error_code": 40403, "message": "Schema not found"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


@pytest.fixture
def server() -> Iterator[_Registry]:
    with _Registry() as registry:
        thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield registry
        registry.shutdown()
        thread.join()


CATALOGUE = Catalogue.load()
NEWEST = f"users-value/{CATALOGUE.topic('users').version}"


def test_registered_ids_are_found_again_and_stand_in_the_header(server: _Registry) -> None:
    with SchemaRegistry(server.url) as registry:
        registered = registry.register(CATALOGUE)
        assert registry.lookup(CATALOGUE) == registered
        assert registry.register(CATALOGUE) == registered
    assert set(registered) == set(CATALOGUE.schema_ids)
    codec = Codec(CATALOGUE, registered)
    row = complete(CATALOGUE.topic("users"), "user.updated")
    values = codec.encode(Outgoing.from_rows("users", [row])).values
    assert int.from_bytes(values[0][1:5], "big") == registered[NEWEST] > 100
    assert codec.decode("users", values).frame.to_dicts() == [row]


def test_a_schema_that_nobody_registered_is_fatal(server: _Registry) -> None:
    with SchemaRegistry(server.url) as registry, pytest.raises(Fatal, match="Schema not found"):
        registry.lookup(CATALOGUE)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(503, b"", Retryable), (409, b"incompatible", Fatal), (200, b"<html>", Fatal), (200, b"{}", Fatal)],
)
def test_answers_that_are_no_id_are_told_apart(
    server: _Registry, status: int, body: bytes, error: type[Exception]
) -> None:
    server.broken = status, body
    with SchemaRegistry(server.url) as registry, pytest.raises(error):
        registry.register(CATALOGUE)


def test_a_registry_that_is_not_there_is_worth_another_try(server: _Registry) -> None:
    url = server.url
    server.server_close()
    with SchemaRegistry(url) as registry, pytest.raises(Retryable):
        registry.lookup(CATALOGUE)


def test_a_service_writes_the_registrys_ids_and_waits_until_it_listens(server: _Registry) -> None:
    with SchemaRegistry(server.url) as registry:
        registered = registry.register(CATALOGUE)
    settings = ServiceSettings(schema_registry_url=server.url)
    server.broken = 503, b""
    threading.Timer(0.2, setattr, (server, "broken", None)).start()
    row = complete(CATALOGUE.topic("users"), "user.updated")
    value = codec_for(settings, CATALOGUE).encode(Outgoing.from_rows("users", [row])).values[0]
    assert int.from_bytes(value[1:5], "big") == registered[NEWEST]


def test_a_service_without_a_registry_writes_the_committed_ids() -> None:
    row = complete(CATALOGUE.topic("users"), "user.updated")
    codec = codec_for(ServiceSettings(schema_registry_url=None), CATALOGUE)
    value = codec.encode(Outgoing.from_rows("users", [row])).values[0]
    assert int.from_bytes(value[1:5], "big") == CATALOGUE.schema_ids[NEWEST]


def test_patience_with_a_registry_ends(server: _Registry) -> None:
    server.broken = 503, b""
    with SchemaRegistry(server.url) as registry, pytest.raises(Retryable):
        patiently(lambda: registry.lookup(CATALOGUE), seconds=0.1)

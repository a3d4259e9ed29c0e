"""Schema ids from a Confluent-compatible Schema Registry: registered at deploy time, looked up by services.

Services never register: a service that meets a registry without its schema is deployed wrongly and must say so.
"""

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Self

import httpx
import stamina

from streamkit.codec.codec import Codec
from streamkit.contracts import Catalogue, Schema, subject_of
from streamkit.errors import Fatal, Retryable
from streamkit.settings import ServiceSettings

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
TIMEOUT_SECONDS = 10.0
PATIENCE_SECONDS = 90.0
"""A registry on the JVM takes half a minute to listen, on a busy machine more."""


def codec_for(settings: ServiceSettings, catalogue: Catalogue, service: str | None = None) -> Codec:
    """A codec with the ids of the configured registry, which it waits for; the committed ids where there is none.

    Raises `Fatal` if the registry lacks a schema, `Retryable` if it is never reached.
    """
    if not settings.schema_registry_url:
        return Codec(catalogue, service=service)
    with SchemaRegistry(settings.schema_registry_url) as registry:
        return Codec(catalogue, patiently(partial(registry.lookup, catalogue)), service)


def patiently(ask: Callable[[], dict[str, int]], seconds: float = PATIENCE_SECONDS) -> dict[str, int]:
    """What ``ask`` answers, asked again while the registry cannot be reached; raises its last error."""
    for attempt in stamina.retry_context(on=Retryable, attempts=None, timeout=seconds, wait_max=2.0):
        with attempt:
            return ask()
    raise AssertionError("the last attempt returns or raises")


class SchemaRegistry:
    """Client of one registry; a context manager."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def register(self, catalogue: Catalogue) -> dict[str, int]:
        """Register every committed version, oldest first; returns ids by ``<subject>/<version>``.

        Raises `Fatal` if the registry refuses a schema, `Retryable` if it cannot be reached.
        """
        return self._ids(catalogue, "/subjects/{subject}/versions")

    def lookup(self, catalogue: Catalogue) -> dict[str, int]:
        """Ids of every committed version by ``<subject>/<version>``; raises as `register` does."""
        return self._ids(catalogue, "/subjects/{subject}")

    def _ids(self, catalogue: Catalogue, path: str) -> dict[str, int]:
        return {
            f"{subject_of(topic.name)}/{version}": self._post(path.format(subject=subject_of(topic.name)), schema)
            for topic in catalogue.topics.values()
            for version, schema in topic.versions.items()
        }

    def _post(self, path: str, schema: Schema) -> int:
        try:
            answer = self._http.post(path, json={"schema": json.dumps(schema, separators=(",", ":"))})
        except httpx.TransportError as error:
            raise Retryable(f"schema registry {self._http.base_url}: {error}") from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Retryable(f"schema registry {path}: {answer.status_code} {answer.text[:200]}")
        if answer.status_code != HTTPStatus.OK:
            raise Fatal(f"schema registry {path}: {answer.status_code} {answer.text[:200]}")
        return _id_of(path, answer)


def _id_of(path: str, answer: httpx.Response) -> int:
    try:
        content: Any = answer.json()
        return int(content["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise Fatal(f"schema registry {path}: the answer carries no id: {answer.text[:200]}") from error

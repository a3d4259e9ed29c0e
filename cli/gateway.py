"""The gateway's REST API, as the `luna` command uses it."""

from collections.abc import Mapping
from typing import Any

import httpx

API = "/api/v1"


class GatewayError(Exception):
    """The gateway cannot be reached, or refused; the message is for people."""


class Gateway:
    """A client of one gateway."""

    def __init__(self, url: str, token: str | None = None, seconds: float = 15.0) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=seconds, trust_env=False)
        self._url = url

    def get(self, path: str) -> dict[str, Any]:
        """The answer to a question; raises `GatewayError`."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The answer to a command; raises `GatewayError`."""
        return self._ask("POST", path, body)

    def delete(self, path: str) -> dict[str, Any]:
        """What became of what was ended; raises `GatewayError`."""
        return self._ask("DELETE", path, None)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> dict[str, Any]:
        try:
            answer = self._client.request(method, API + path, json=body)
        except httpx.HTTPError as error:
            raise GatewayError(f"{self._url} does not answer: {error}") from error
        try:
            document: dict[str, Any] = answer.json()
        except ValueError:
            document = {"title": answer.text[:200]}
        if answer.is_error:
            raise GatewayError(f"{answer.status_code}: {_reason(document)}")
        return document


def _reason(problem: Mapping[str, Any]) -> str:
    """What a problem says, and of each field that is not valid which and why."""
    said = str(problem.get("detail") or problem.get("title") or "refused")
    fields = [f"{one.get('field')}: {one.get('message')}" for one in problem.get("errors") or ()]
    return f"{said}: {'; '.join(fields)}" if fields else said

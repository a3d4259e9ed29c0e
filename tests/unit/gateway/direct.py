"""A client that calls a town's application without a network: for what the protocol of the wire plays no part in."""

import httpx

from services.gateway.web import create_app
from tests.unit.gateway.declared import check
from tests.unit.gateway.town import Town

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.7"


def direct(town: Town, *, token: str | None = None, address: str = HERE) -> httpx.AsyncClient:
    """A client at an address, with a token or without; its every answer is held against the document."""
    transport = httpx.ASGITransport(create_app(town.core.context), client=(address, 50_000))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    hooks = {"response": [check]}
    base = "http://127.0.0.1"
    return httpx.AsyncClient(transport=transport, base_url=base, headers=headers, timeout=60, event_hooks=hooks)

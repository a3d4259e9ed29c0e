"""Every endpoint of the requirement documents is there, under its own path."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from services.gateway.web import create_app
from tests.unit.gateway.town import Town

_LIST = Path(__file__).parent / "documented_endpoints.txt"
_VALUES = {
    "multiplier": "5",
    "scenario_id": "lunch_rush",
    "channel": "bookings",
    "count": "10",
    "user_id": "u0000001",
    "user_ids": "u0000001,u0000002",
    "booking_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "venue_id": "v00001",
    "snapshot_id": "noon",
}


def documented() -> Iterator[tuple[str, str]]:
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            method, _, path = line.partition(" ")
            yield method, path


@pytest.fixture(scope="module")
def routes() -> list[BaseRoute]:
    """Every route but the page's own, which takes any path."""
    app = create_app(Town().core.context)
    return [route for route in app.routes if not is_page(route)]


def is_page(route: BaseRoute) -> bool:
    within = getattr(getattr(route, "original_router", None), "routes", [])
    return any(getattr(inner, "path", "") == "/{path:path}" for inner in [route, *within])


def matches(routes: list[BaseRoute], method: str, path: str) -> bool:
    kind = "websocket" if method == "WEBSOCKET" else "http"
    scope: Scope = {"type": kind, "method": method, "path": path, "root_path": "", "headers": [], "query_string": b""}
    return any(route.matches(dict(scope))[0] is Match.FULL for route in routes)


@pytest.mark.parametrize(("method", "path"), list(documented()))
def test_a_documented_endpoint_is_there(routes: list[BaseRoute], method: str, path: str) -> None:
    assert matches(routes, method, path.format_map(_VALUES))


def test_an_endpoint_that_nobody_documented_is_not_found_so(routes: list[BaseRoute]) -> None:
    assert not matches(routes, "POST", "/api/v1/admin/simulation/explode")
    assert not matches(routes, "GET", "/api/v1/admin/data/reset")

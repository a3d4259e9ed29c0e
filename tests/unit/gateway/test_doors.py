"""What the gateway serves beside the resources, and who is let in."""

import httpx

from services.gateway.settings import Access
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.town import Town, settings, viewed


async def test_history_pages_backwards_without_repeating(town: Town, api: httpx.AsyncClient) -> None:
    for _ in range(7):
        town.say("user_actions", viewed("u0000001"), viewed("u0000002"))
    seen: list[str] = []
    before: str | None = None
    while True:
        suffix = f"&before={before}" if before else ""
        page = (await api.get(f"/api/v1/admin/streams/history/user_actions?limit=4&user_id=u0000001{suffix}")).json()
        seen += [row["event_id"] for row in page["events"]]
        before = page["before"]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert page["complete"] is True


async def test_history_names_people_and_venues_and_takes_aliases(town: Town, api: httpx.AsyncClient) -> None:
    town.say("user_actions", viewed())
    event = (await api.get("/api/v1/admin/streams/history/user_actions")).json()["events"][0]
    assert (event["user_name"], event["venue_name"]) == ("Ada Reyes", "Bar Luce")
    assert "query" not in event
    assert (await api.get("/api/v1/admin/streams/history/social")).json()["channel"] == "social_interactions"
    everything = (await api.get("/api/v1/admin/streams/history/all")).json()["events"]
    assert "user_actions" in {row["topic"] for row in everything}


async def test_openapi_describes_every_route_with_its_problems(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    assert "/api/v1/simulation/speed" in document["paths"]
    assert "504" in document["paths"]["/api/v1/simulation/speed"]["post"]["responses"]


async def test_without_a_built_page_the_root_says_how_to_build_it(api: httpx.AsyncClient) -> None:
    page = await api.get("/")
    assert page.status_code == 503
    assert "npm run build" in page.text
    assert (await api.get("/api/v1/nothing")).headers["content-type"] == "application/problem+json"


async def test_health_answers_by_every_name(api: httpx.AsyncClient) -> None:
    for path in ("/livez", "/health/live", "/readyz", "/health/ready", "/health"):
        assert (await api.get(path)).status_code == 200, path
    assert "luna_http_requests_total" in (await api.get("/metrics")).text


async def test_an_avatar_is_the_same_each_time_and_another_for_another(api: httpx.AsyncClient) -> None:
    first, again, other = [
        (await api.get(f"/avatars/{user}.svg")).text for user in ("u0000001", "u0000001", "u0000002")
    ]
    assert first == again != other
    assert first.startswith("<svg")


async def test_with_a_token_control_needs_it_and_reading_does_not(open_town: Opener) -> None:
    town = await open_town(settings(access=Access(mode="token", token="secret")))  # type: ignore[arg-type]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{town.core.web.port}") as api:
        assert (await api.get("/api/v1/simulation/state")).status_code == 200
        assert (await api.post("/api/v1/simulation/pause")).status_code == 401
        wrong = await api.post("/api/v1/simulation/pause", headers={"Authorization": "Bearer wrong"})
        assert wrong.status_code == 401
        right = await api.post("/api/v1/simulation/pause", headers={"Authorization": "Bearer secret"})
        assert right.status_code == 200


async def test_a_foreign_page_cannot_control_and_a_foreign_name_cannot_read(api: httpx.AsyncClient) -> None:
    foreign = await api.post("/api/v1/simulation/pause", headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    rebound = await api.get("/api/v1/simulation/state", headers={"Host": "evil.example"})
    assert rebound.status_code == 403


async def test_a_body_over_the_limit_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/v1/simulation/speed", content=b" " * 70_000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_every_answer_has_security_headers_and_the_callers_request_id(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/v1/simulation/state", headers={"X-Request-ID": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    forged = await api.get("/api/v1/simulation/state", headers={"X-Request-ID": "no spaces please"})
    assert forged.headers["x-request-id"] != "no spaces please"

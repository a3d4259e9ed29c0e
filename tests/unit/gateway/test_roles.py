"""Who may do what: each door of the gateway tried by somebody who must not come in, and by somebody who may."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import HTTPConnection

from services.gateway.access import ANYONE, Caller, Gate, Role
from services.gateway.adapters.bearers import JwtBearers
from services.gateway.api.problems import ProblemError
from services.gateway.settings import Access, Oidc
from streamkit.clock import ManualClock
from tests.unit.gateway.direct import ELSEWHERE, direct
from tests.unit.gateway.town import Town, settings

API = "/api/v1"
TOKENS = {"admin": "token-of-admin", "operator": "token-of-operator", "viewer": "token-of-viewer"}
ADA = Caller("ada", Role.OPERATOR)


def guarded(**more: Any) -> Town:
    tokens = {"token": TOKENS["admin"], "operator_token": TOKENS["operator"], "viewer_token": TOKENS["viewer"]}
    access = Access.model_validate({"mode": "token", **tokens, **more})
    town = Town(settings(access=access, command_deadline_s=5, slow_command_deadline_s=5))
    town.populate()
    return town


async def status(town: Town, method: str, path: str, token: str | None, **more: Any) -> int:
    async with direct(town, token=token, address=ELSEWHERE) as api:
        return (await api.request(method, API + path, **more)).status_code


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/simulation/state", {"nobody": 200, "wrong": 200, "viewer": 200, "operator": 200, "admin": 200}),
        ("POST", "/simulation/pause", {"nobody": 401, "wrong": 401, "viewer": 403, "operator": 200, "admin": 200}),
        ("POST", "/simulation/reset", {"nobody": 401, "wrong": 401, "viewer": 403, "operator": 403, "admin": 200}),
        ("POST", "/admin/simulation/reset", {"nobody": 401, "operator": 403, "admin": 200}),
        ("POST", "/simulation/command/reset", {"nobody": 401, "operator": 403, "admin": 200}),
        ("POST", "/admin/data/reset", {"nobody": 401, "operator": 403, "admin": 200}),
        ("POST", "/admin/simulation/restore/noon", {"nobody": 401, "operator": 403, "admin": 200}),
        ("DELETE", "/admin/simulation/snapshots/noon", {"nobody": 401, "operator": 403, "admin": 200}),
        ("POST", "/auth/ticket", {"nobody": 401, "wrong": 401, "viewer": 200, "operator": 200}),
    ],
)
async def test_a_door_opens_for_its_role_and_those_above(method: str, path: str, expected: Mapping[str, int]) -> None:
    town = guarded()
    tokens = {**TOKENS, "nobody": None, "wrong": "no-such-token"}
    found = {who: await status(town, method, path, tokens[who]) for who in expected}
    assert found == dict(expected)


async def test_where_reading_needs_a_role_nothing_of_the_city_is_told_without() -> None:
    town = guarded(reading="viewer")
    closed = ("/simulation/state", "/admin/stats", "/users", "/admin/streams/subscribe/bookings", "/dlq")
    assert {await status(town, "GET", path, None) for path in closed} == {401}
    assert await status(town, "GET", "/simulation/state", TOKENS["viewer"]) == 200
    async with direct(town, address=ELSEWHERE) as api:
        assert (await api.get("/livez")).status_code == 200
        assert (await api.get("/registry/subjects")).status_code == 401
        assert (await api.get(f"{API}/auth")).status_code == 401


async def test_a_ticket_reads_once_and_never_writes() -> None:
    town = guarded(reading="viewer")
    async with direct(town, token=TOKENS["admin"]) as api:
        tickets = [(await api.post(f"{API}/auth/ticket")).json()["ticket"] for _ in range(2)]
    assert await status(town, "GET", f"/simulation/state?ticket={tickets[0]}", None) == 200
    assert await status(town, "GET", f"/simulation/state?ticket={tickets[0]}", None) == 401
    assert await status(town, "POST", f"/simulation/pause?ticket={tickets[1]}", None) == 401


async def test_from_another_machine_the_demo_may_be_looked_at_and_not_touched() -> None:
    town = Town()
    town.populate()
    assert await status(town, "GET", "/simulation/state", None) == 200
    assert await status(town, "POST", "/simulation/pause", None) == 403
    assert await status(town, "POST", "/admin/data/reset", None) == 403


async def test_the_audit_names_who_gave_each_command() -> None:
    town = guarded()
    for who in ("operator", "admin"):
        assert await status(town, "POST", "/simulation/speed", TOKENS[who], json={"multiplier": 60}) == 200
    async with direct(town) as api:
        path = f"{API}/admin/streams/history/simulation_control?event_type=command.issued"
        told = (await api.get(path)).json()["events"]
    assert [(row["issued_by"], row["command"]) for row in told] == [
        ("token:admin", "speed"),
        ("token:operator", "speed"),
    ]
    assert all(json.loads(row["parameters"]) == {"multiplier": 60.0} and row["wall_time"] for row in told)
    assert not any(token in json.dumps(told) for token in TOKENS.values())


async def test_a_path_cannot_lead_out_of_the_page() -> None:
    town = Town()
    async with direct(town) as api:
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc/passwd", "/%00"):
            assert "root:" not in (await api.get(path)).text


async def test_a_foreign_page_is_given_no_leave_to_read() -> None:
    town = Town()
    town.populate()
    async with direct(town) as api:
        answer = await api.get(f"{API}/simulation/state", headers={"Origin": "http://evil.example"})
        asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        preflight = await api.options(f"{API}/simulation/pause", headers=asked)
    assert "access-control-allow-origin" not in answer.headers
    assert preflight.status_code >= 400
    assert "access-control-allow-origin" not in preflight.headers


async def test_a_page_that_the_settings_name_may_read_and_write() -> None:
    town = guarded(origins=["https://ours.example"], reading="viewer")
    asked = {"Origin": "https://ours.example", "Access-Control-Request-Method": "POST"}
    async with direct(town, address=ELSEWHERE) as api:
        leave = await api.options(f"{API}/simulation/pause", headers=asked)
        bearer = {"Origin": "https://ours.example", "Authorization": f"Bearer {TOKENS['operator']}"}
        answer = await api.post(f"{API}/simulation/pause", headers=bearer)
    assert leave.status_code == 204
    assert "authorization" in leave.headers["access-control-allow-headers"]
    assert {leave.headers["access-control-allow-origin"], answer.headers["access-control-allow-origin"]} == {
        asked["Origin"]
    }
    assert answer.status_code == 200


async def test_one_address_may_not_ask_without_end() -> None:
    town = Town(settings(access=Access(requests_per_second=0.01)))
    town.populate()
    async with direct(town) as api:
        codes = [(await api.get(f"{API}/simulation/state")).status_code for _ in range(8)]
        probes = {(await api.get("/livez")).status_code for _ in range(8)}
        refused = await api.get(f"{API}/simulation/state")
    assert codes == [200, *[429] * 7]
    assert (refused.headers["retry-after"], refused.json()["title"]) == ("1", "Too Many Requests")
    assert probes == {200}
    async with direct(town, address=ELSEWHERE) as other:
        assert (await other.get(f"{API}/simulation/state")).status_code == 200


class Provider:
    """An identity provider: its key, the set it publishes, and tokens."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        self.asked = 0
        self.away = False

    def answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return httpx.Response(503) if self.away else httpx.Response(200, json={"keys": [{**public, "kid": "one"}]})

    def token(self, kid: str = "one", **claims: Any) -> str:
        usual = {"sub": "ada", "iss": "https://id.example", "aud": "luna", "exp": 4_000_000_000, "roles": ["operator"]}
        return jwt.encode({**usual, **claims}, self.key, algorithm="RS256", headers={"kid": kid})


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider()


@pytest.fixture
def bearers(provider: Provider) -> JwtBearers:
    provider.asked, provider.away = 0, False
    oidc = Oidc(jwks_url="https://id.example/keys", issuer="https://id.example", audience="luna")
    return JwtBearers(oidc, ManualClock(), httpx.MockTransport(provider.answer))


async def test_a_token_of_the_provider_names_its_bearer_and_role(provider: Provider, bearers: JwtBearers) -> None:
    for roles, role in ((["operator"], Role.OPERATOR), ("viewer admin", Role.ADMIN)):
        caller = (await bearers.caller(provider.token(roles=roles))).caller
        assert caller is not None
        assert (caller.name, caller.role) == ("ada", role)
        assert caller.expired(4_000_000_100_000_000)
        assert not caller.expired(4_000_000_000_000_000)
    assert provider.asked == 1


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": 1_000_000_000}, 401),
        ({"nbf": 3_900_000_000}, 401),
        ({"iss": "https://evil.example"}, 401),
        ({"aud": "another"}, 401),
        ({"roles": []}, 403),
        ({"roles": {"admin": True}}, 403),
        ({"kid": "unknown"}, 401),
    ],
)
async def test_a_token_that_is_not_good_is_refused(
    provider: Provider, bearers: JwtBearers, claims: dict[str, Any], code: int
) -> None:
    assert (await bearers.caller(provider.token())).caller is not None
    verdict = await bearers.caller(provider.token(**claims))
    assert (verdict.caller, verdict.status) == (None, code)


async def test_a_token_signed_by_nobody_or_with_the_public_key_is_refused(
    provider: Provider, bearers: JwtBearers
) -> None:
    claims = {"sub": "eve", "iss": "https://id.example", "aud": "luna", "exp": 4_000_000_000, "roles": ["admin"]}
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "one"})
    secret = jwt.encode(claims, "a" * 64, algorithm="HS256", headers={"kid": "one"})
    other = Provider().token(roles=["admin"])
    for token in (unsigned, secret, other, "not.a.token", "", "x" * 100_000):
        assert (await bearers.caller(token)).caller is None


async def test_made_up_keys_do_not_make_us_ask_the_provider_again_and_again(
    provider: Provider, bearers: JwtBearers
) -> None:
    for number in range(20):
        await bearers.caller(provider.token(kid=f"made-up-{number}"))
    assert provider.asked == 1


async def test_without_the_providers_keys_nobody_is_let_in_and_it_is_said(
    provider: Provider, bearers: JwtBearers
) -> None:
    provider.away = True
    assert (await bearers.caller(provider.token())).status == 503


async def test_a_ticket_ends_by_itself_and_nobody_gets_one_unnamed() -> None:
    clock = ManualClock()
    gate = Gate(Access(mode="token", ticket_s=30), clock)
    with pytest.raises(ProblemError, match="bearer token"):
        gate.issue_ticket(ANYONE)
    fresh, stale = gate.issue_ticket(ADA), gate.issue_ticket(ADA)
    assert (await gate.judge(opening(fresh), Role.OPERATOR)).caller == ADA
    clock.advance(31)
    assert (await gate.judge(opening(stale), Role.OPERATOR)).status == 401


def opening(ticket: str) -> HTTPConnection:
    """A WebSocket that is being opened with a ticket."""
    asked = {"headers": [], "query_string": f"ticket={ticket}".encode(), "client": (ELSEWHERE, 1)}
    return HTTPConnection({"type": "websocket", "path": "/ws/control", **asked})

"""What opens a door is told to nobody: tokens and tickets stand in no log, no answer and no record."""

import json

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.gateway.settings import Access, Oidc
from streamkit import logs
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.dial import of, send, url
from tests.unit.gateway.town import Town, settings

API = "/api/v1"
ADMIN, OPERATOR, WRONG, MADE_UP = "token-of-admin", "token-of-operator", "token-that-is-wrong", "ticket-that-is-made-up"
FOREIGN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJldmUifQ.c2lnbmF0dXJl"


@pytest.fixture
async def guarded(open_town: Opener) -> Town:
    """A gateway that wants tokens, and whose identity provider is away."""
    oidc = Oidc(jwks_url="http://127.0.0.1:9/keys", issuer="https://id.example", audience="luna")
    access = Access.model_validate({"mode": "token", "token": ADMIN, "operator_token": OPERATOR})
    return await open_town(settings(access=access, oidc=oidc))


async def test_neither_tokens_nor_tickets_are_logged_whatever_becomes_of_the_request(
    guarded: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.configure("gateway", "debug")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{guarded.core.web.port}{API}") as api:

        async def ask(method: str, path: str, token: str | None = None) -> httpx.Response:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return await api.request(method, path, headers=headers)

        tickets = [(await ask("POST", "/auth/ticket", ADMIN)).json()["ticket"] for _ in range(3)]
        answers = [
            await ask("POST", "/simulation/pause", ADMIN),
            await ask("POST", "/simulation/reset", OPERATOR),
            await ask("POST", "/simulation/pause", WRONG),
            await ask("POST", "/simulation/pause", FOREIGN),
            await ask("POST", f"/simulation/pause?ticket={MADE_UP}"),
            await ask("GET", f"/nowhere?ticket={tickets[0]}", ADMIN),
        ]
        async with connect(url(guarded, f"/ws/control?ticket={tickets[1]}")) as socket:
            await send(socket, "resume")
            await of(socket, "ack")
        async with connect(url(guarded, f"/ws/control?ticket={MADE_UP}")) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        monkeypatch.setattr(guarded.core.context.monitor, "state", _fail)
        answers.append(await ask("GET", f"/simulation/state?ticket={tickets[2]}", ADMIN))
    assert [answer.status_code for answer in answers] == [200, 403, 401, 503, 401, 404, 500]
    logged = "".join(capsys.readouterr())
    for heard in ("no keys from the identity provider", "request failed"):
        assert heard in logged, "the log is listened to"
    told = logged + "".join(answer.text for answer in answers) + json.dumps(commands(guarded))
    found = [secret for secret in (ADMIN, OPERATOR, WRONG, FOREIGN, MADE_UP, *tickets) if secret in told]
    assert not found


def commands(town: Town) -> list[str]:
    """What stands on the topic of commands, as text."""
    size = town.log.size("simulation_control")
    return [str(row) for row in town.log.batch("simulation_control", 0, size).frame.iter_rows()]


def _fail() -> dict[str, object]:
    raise RuntimeError("a defect")

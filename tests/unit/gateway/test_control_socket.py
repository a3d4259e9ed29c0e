"""The control socket: commands, who may give them and for how long, and what is answered to nonsense."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.gateway.access import Caller, Role
from services.gateway.live.client import Client
from services.gateway.settings import Access, Live
from services.gateway.sockets.control import ControlDesk
from services.gateway.sockets.protocol import Incoming
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.dial import closing, control, of, send, until, url
from tests.unit.gateway.town import Town, settings


def caller(town: Town, seconds: float) -> Caller:
    return Caller("ada", Role.OPERATOR, town.clock.now_us() + int(seconds * 1e6))


async def test_a_command_is_acknowledged_once_the_simulator_has(town: Town) -> None:
    async with control(town) as socket:
        await send(socket, "set_speed", multiplier=5)
        ack = await of(socket, "ack")
    assert (ack["request_id"], ack["success"], ack["payload"]["result"]) == ("r1", True, {"multiplier": 5.0})


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("pause", {}),
        ("set_rate", {"events_per_second": 100}),
        ("set_scenario", {"scenario": "lunch_rush", "action": "stop"}),
        ("spawn_users", {"count": 10}),
        ("adjust_behavior", {"persona": "social_butterfly", "probabilities": {"browse": 0.4}}),
        ("weather", {"condition": "rain", "hours": 3}),
        ("weather", {}),
        ("seed", {"seed": 42, "users": 500}),
        (
            "trigger_event",
            {"event_type": "weather.changed", "channel": "environment", "payload": {"condition": "rain"}},
        ),
    ],
)
async def test_every_command_of_the_protocol_is_acknowledged(town: Town, kind: str, payload: dict[str, object]) -> None:
    async with control(town, "/api/v1/admin/control") as socket:
        await send(socket, kind, **payload)
        assert (await of(socket, "ack"))["success"] is True


async def test_state_is_told_to_everyone_who_controls(town: Town) -> None:
    async with control(town) as one, control(town) as other:
        town.tell_state(phase="paused")
        for socket in (one, other):
            update = await until(socket, lambda message: message.get("payload", {}).get("phase") == "paused")
            assert update["type"] == "state_update"


async def test_a_target_rate_and_its_reason_are_told_to_who_controls(town: Town) -> None:
    async with control(town) as socket:
        town.tell_state(rate_target=500.0, rate_achieved=496.2, reason="waiting for booking")
        update = await until(socket, lambda message: message.get("payload", {}).get("rate_target") == 500)
    assert (update["payload"]["rate_achieved"], update["payload"]["reason"]) == (496.2, "waiting for booking")


async def test_state_is_given_when_asked_for(town: Town) -> None:
    async with control(town) as socket:
        await send(socket, "get_state")
        state = await until(socket, lambda message: message.get("request_id") == "r1")
    assert (state["type"], state["payload"]["population"]) == ("state_update", 2)


@pytest.mark.parametrize(
    ("message", "request_id", "words"),
    [
        ("not json", None, "JSON"),
        ("[]", None, "object"),
        ('{"type":"set_sped","request_id":"r9"}', "r9", "set_speed"),
        ('{"type":"set_speed","request_id":"r9","payload":{"multiplier":-2}}', "r9", "multiplier"),
        ('{"type":"set_speed","request_id":"r9","payload":{"multiplier":1001}}', "r9", "less than or equal to 1000"),
        ('{"type":"adjust_behavior","request_id":"r9","payload":{"probabilities":{"browse":2}}}', "r9", "equal to 1"),
        ('{"type":"set_speed","request_id":"r9","payload":7}', "r9", "payload"),
        ('{"type":"spawn_users","request_id":7,"payload":{"count":1000000}}', 7, "count"),
    ],
)
async def test_a_bad_message_is_answered_and_the_connection_kept(
    town: Town, message: str, request_id: object, words: str
) -> None:
    async with control(town) as socket:
        await socket.send(message)
        error = await of(socket, "error")
        assert (error["request_id"], error["code"]) == (request_id, "invalid")
        assert words in error["message"]
        await send(socket, "ping")
        assert (await of(socket, "pong"))["request_id"] == "r1"


async def test_a_rejected_and_an_unanswered_command_are_errors_with_their_request(town: Town) -> None:
    town.answers["pause"] = lambda _: {"status": "rejected", "reason": "paused already"}
    async with control(town) as socket:
        await send(socket, "pause")
        rejected = await of(socket, "error")
        town.silent = True
        await send(socket, "resume")
        late = await of(socket, "error")
    assert (rejected["code"], rejected["message"], rejected["request_id"]) == ("rejected", "paused already", "r1")
    assert late["code"] == "timeout"


async def test_a_seed_is_an_administrators_and_weather_an_operators(open_town: Opener) -> None:
    tokens = {"token": "of-admin", "operator_token": "of-operator"}
    town = await open_town(settings(access=Access.model_validate({"mode": "token", **tokens})))
    ticket = town.core.context.gate.issue_ticket(Caller("ada", Role.OPERATOR))
    async with control(town, f"/ws/control?ticket={ticket}") as socket:
        await send(socket, "seed", seed=42)
        assert (await of(socket, "error"))["code"] == "forbidden"
        await send(socket, "weather", condition="rain")
        assert (await of(socket, "ack"))["payload"]["result"] == {"condition": "rain", "hours": 3.0, "city": None}


async def test_a_foreign_page_cannot_open_a_socket(town: Town) -> None:
    with pytest.raises(Exception, match=r"403|4403"):
        async with connect(url(town, "/ws/control"), origin="http://evil.example") as socket:  # type: ignore[arg-type]
            await socket.recv()


async def test_a_ticket_opens_one_control_socket_and_no_second(open_town: Opener) -> None:
    town = await open_town(settings(access=Access(mode="token", token="secret")))  # type: ignore[arg-type]
    headers = {"Authorization": "Bearer secret"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{town.core.web.port}", headers=headers) as api:
        ticket = (await api.post("/api/v1/auth/ticket")).json()["ticket"]
    async with control(town, f"/ws/control?ticket={ticket}") as socket:
        await send(socket, "pause")
        await of(socket, "ack")
    async with connect(url(town, f"/ws/control?ticket={ticket}")) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("path", ["/ws/control", "/ws/stream"])
async def test_a_socket_is_closed_with_the_reason_when_the_token_that_opened_it_ends(
    open_town: Opener, path: str
) -> None:
    town = await open_town(settings(access=Access(mode="token", token="secret", reading="viewer")))  # type: ignore[arg-type]
    ticket = town.core.context.gate.issue_ticket(caller(town, 0.5))
    async with connect(url(town, f"{path}?ticket={ticket}")) as socket:
        await send(socket, "ping")
        await of(socket, "pong")
        assert await closing(socket) == (4401, "the token that opened this connection has expired")


async def test_a_command_after_the_end_of_the_token_is_not_given(town: Town) -> None:
    told = town.log.size("simulation_control")
    client = Client("control", limit=10)
    desk = ControlDesk(town.core.context, client, caller(town, -1))
    await desk.obey(Incoming(type="pause"))
    await asyncio.sleep(0)
    await desk.close()
    assert client.closing is not None
    assert client.closing.code == 4401
    assert town.log.size("simulation_control") == told


async def test_too_many_messages_are_refused_and_the_connection_kept(open_town: Opener) -> None:
    town = await open_town(settings(live=Live(tick_s=0.01, messages_per_second=5)))
    async with control(town) as socket:
        for _ in range(12):
            await send(socket, "ping")
        assert (await of(socket, "error"))["code"] == "rate_limited"

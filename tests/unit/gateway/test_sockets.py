import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services.gateway.settings import Access, Live
from streamkit.identity import hash_id
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.town import Town, booking, settings, viewed

Message = dict[str, Any]


def url(town: Town, path: str) -> str:
    return f"ws://127.0.0.1:{town.core.web.port}{path}"


async def until(socket: ClientConnection, wanted: Callable[[Message], bool]) -> Message:
    async with asyncio.timeout(3):
        while True:
            message: Message = json.loads(await socket.recv())
            if wanted(message):
                return message


async def of(socket: ClientConnection, kind: str) -> Message:
    return await until(socket, lambda message: message["type"] == kind)


async def send(socket: ClientConnection, kind: str, **payload: object) -> None:
    await socket.send(json.dumps({"type": kind, "request_id": "r1", "payload": payload}))


@asynccontextmanager
async def control(town: Town, path: str = "/ws/control") -> AsyncIterator[ClientConnection]:
    async with connect(url(town, path)) as socket:
        assert (await of(socket, "state_update"))["payload"]["phase"] == "running"
        yield socket


@asynccontextmanager
async def stream(town: Town) -> AsyncIterator[ClientConnection]:
    async with connect(url(town, "/ws/stream")) as socket:
        await of(socket, "hello")
        yield socket


async def subscribe(socket: ClientConnection, *channels: str, **more: object) -> None:
    await send(socket, "subscribe", channels=list(channels), **more)
    await of(socket, "subscribed")


async def ids(socket: ClientConnection, many: int) -> list[str]:
    found: list[str] = []
    while len(found) < many:
        found += [event["event_id"] for event in (await of(socket, "events"))["events"]]
    return found


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


async def test_records_arrive_in_batches_with_the_position_after_them(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed(), viewed("u0000002"))
        frame = await of(socket, "events")
    assert frame["channel"] == "user_actions"
    assert {event["user_name"] for event in frame["events"]} == {"Ada Reyes", "Bo Lind"}
    assert frame["position"].startswith(f"{town.core.context.hub.epoch}:")


async def test_only_records_that_pass_the_filters_arrive(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", filters={"user_id": "u0000002", "event_types": ["venue.viewed"]})
        town.say("user_actions", viewed("u0000001"), viewed("u0000002"))
        frame = await of(socket, "events")
    assert [event["user_id"] for event in frame["events"]] == ["u0000002"]


async def test_a_client_that_comes_back_gets_exactly_what_it_missed(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed(), viewed("u0000002"))
        seen = await of(socket, "events")
    town.say("user_actions", viewed(), viewed("u0000002"), viewed())
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", positions={"user_actions": seen["position"]})
        missed = await ids(socket, 3)
        town.say("user_actions", viewed())
        missed += await ids(socket, 1)
    known = {event["event_id"] for event in seen["events"]}
    assert len(set(missed)) == 4
    assert known.isdisjoint(missed)


async def test_a_client_that_missed_too_much_is_told_so(open_town: Opener) -> None:
    town = await open_town(settings(history_records=100))
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed())
        position = (await of(socket, "events"))["position"]
    for _ in range(5):
        town.say("user_actions", *[viewed() for _ in range(60)])
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], positions={"user_actions": position})
        resync = await of(socket, "resync")
    assert (resync["reason"], resync["channels"]) == ("gap", ["user_actions"])


async def test_a_position_of_another_telling_is_told_so(town: Town) -> None:
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], positions={"user_actions": "other:0.0.0.0"})
        assert (await of(socket, "resync"))["reason"] == "epoch"


async def test_a_new_branch_makes_watchers_start_over(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.branch = 2
        town.tell_state()
        assert (await of(socket, "resync"))["reason"] == "new_branch"
        town.say("user_actions", viewed())
        assert (await of(socket, "events"))["events"][0]["branch"] == 2


async def test_nothing_of_the_closed_branch_follows_the_resync(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", "bookings")
        town.say("user_actions", viewed(), viewed())
        town.say("bookings", booking("booking.requested", hash_id("b1")))
        town.branch = 2
        town.tell_state()
        town.say("user_actions", viewed("u0000002"))
        first = await until(socket, lambda message: message["type"] in {"resync", "events"})
        assert (first["type"], first["reason"]) == ("resync", "new_branch")
        town.say("bookings", booking("booking.requested", hash_id("b2")))
        told = [event for _ in range(2) for event in (await of(socket, "events"))["events"]]
    assert [(event["topic"], event["branch"]) for event in told] == [("user_actions", 2), ("bookings", 2)]


async def test_recent_records_come_first_when_asked_for(town: Town) -> None:
    town.say("user_actions", *[viewed() for _ in range(5)])
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], recent=3)
        assert len(await ids(socket, 3)) == 3


async def test_counters_come_by_themselves_until_they_are_unsubscribed(town: Town) -> None:
    async with stream(town) as socket:
        first = await of(socket, "counters")
        assert first["payload"]["totals"]["users"] == 2
        await send(socket, "unsubscribe", channels=["counters"])
        await of(socket, "unsubscribed")
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed())
        assert (await of(socket, "events"))["channel"] == "user_actions"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"channels": ["nothing"]}, "payload.channels"),
        ({"channels": []}, "payload.channels"),
        ({"channels": ["bookings"], "filters": {"sample": 0}}, "payload.filters.sample"),
        ({"channels": ["bookings"], "filters": {"event_types": ["booked"]}}, "payload.filters.event_types"),
        ({"channels": ["bookings"], "positions": {"bookings": "x"}}, "payload.positions.bookings"),
    ],
)
async def test_a_bad_subscription_names_its_field(town: Town, payload: dict[str, object], field: str) -> None:
    async with stream(town) as socket:
        await send(socket, "subscribe", **payload)
        error = await of(socket, "error")
        assert (error["field"], error["request_id"]) == (field, "r1")


async def test_a_client_that_does_not_read_is_let_go_and_others_are_not_slowed(open_town: Opener) -> None:
    town = await open_town(settings(live=Live(tick_s=0.01, outbox_records=2_000)))
    async with stream(town) as reading, connect(url(town, "/ws/stream"), max_queue=1, open_timeout=3) as stalled:
        await subscribe(reading, "user_actions")
        await send(stalled, "subscribe", channels=["user_actions"])
        hub = town.core.context.hub
        rounds = 0
        while hub.counts()["stream"] == 2 and rounds < 500:
            town.say("user_actions", *[viewed() for _ in range(200)])
            assert len(await ids(reading, 200)) == 200
            rounds += 1
        assert hub.counts()["stream"] == 1
        with pytest.raises(ConnectionClosed):
            await until(stalled, lambda _: False)


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


async def test_too_many_messages_are_refused_and_the_connection_kept(open_town: Opener) -> None:
    town = await open_town(settings(live=Live(tick_s=0.01, messages_per_second=5)))
    async with control(town) as socket:
        for _ in range(12):
            await send(socket, "ping")
        assert (await of(socket, "error"))["code"] == "rate_limited"

"""Clients that are slow, many, loud or without leave are held to their limits, and are told so."""

import asyncio
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.gateway.limits import Buckets, Rate
from services.gateway.live.pace import Pace
from services.gateway.settings import Access, Live
from streamkit.testing.fakes import eventually
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.dial import control, ids, of, send, stream, subscribe, until, url
from tests.unit.gateway.direct import direct
from tests.unit.gateway.town import Town, settings, viewed


async def raw(town: Town, sent: bytes) -> bytes:
    """All that a client hears that sends this and then nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", town.core.web.port)
    writer.write(sent)
    heard = b""
    with suppress(ConnectionResetError):  # what was sent was not read whole, so the answer may be lost
        async with asyncio.timeout(60):
            while part := await reader.read(65_536):
                heard += part
    writer.close()
    return heard


@pytest.mark.parametrize("sent", [b"", b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
async def test_headers_that_do_not_get_on_end_the_connection(open_town: Opener, sent: bytes) -> None:
    town = await open_town(settings(access=Access(patience_s=0.2)))
    assert await raw(town, sent) == b""


async def test_headers_of_a_second_request_are_not_waited_for_either(open_town: Opener) -> None:
    town = await open_town(settings(access=Access(patience_s=0.2)))
    heard = await raw(town, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /livez HT")
    assert heard.count(b"HTTP/1.1 200") == 1


async def test_a_body_that_does_not_come_is_answered_and_ended(open_town: Opener) -> None:
    town = await open_town(settings(access=Access(patience_s=0.2)))
    head = b"POST /api/v1/simulation/speed HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 20\r\n"
    heard = await raw(town, head + b"Content-Type: application/json\r\n\r\n{")
    assert heard.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in heard


async def test_headers_over_the_limit_are_refused(open_town: Opener) -> None:
    town = await open_town()
    heard = await raw(town, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: " + b"x" * 100_000 + b"\r\n\r\n")
    assert heard[:12] in {b"HTTP/1.1 431", b"HTTP/1.1 400", b""}


async def test_headers_over_the_limit_are_refused_however_they_came(town: Town) -> None:
    async with direct(town) as api:
        answer = await api.get("/livez", headers={"X-Large": "x" * 40_000})
        within = await api.get("/livez", headers={"X-Large": "x" * 4_000})
    assert (answer.status_code, within.status_code) == (431, 200)


async def test_a_stream_is_sent_whole_though_it_lasts_longer_than_a_request_may_take(open_town: Opener) -> None:
    town = await open_town(settings(access=Access(patience_s=0.2), live=Live(tick_s=0.01, heartbeat_s=0.1)))
    reader, writer = await asyncio.open_connection("127.0.0.1", town.core.web.port)
    writer.write(b"GET /api/v1/admin/streams/subscribe/bookings HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    async with asyncio.timeout(60):
        for _ in range(10):
            await reader.readuntil(b": keep-alive")
    writer.close()


async def test_a_client_too_many_is_told_to_come_again(open_town: Opener) -> None:
    town = await open_town(settings(live=Live(clients=1)))
    async with stream(town):
        async with connect(url(town, "/ws/stream")) as second:
            with pytest.raises(ConnectionClosed) as refused:
                await second.recv()
        async with direct(town) as api:
            assert (await api.get("/api/v1/admin/metrics/realtime")).status_code == 503
    assert refused.value.rcvd is not None
    assert refused.value.rcvd.code == 1013


async def test_an_operator_cannot_reset_over_the_socket(open_town: Opener) -> None:
    access = Access.model_validate({"mode": "token", "operator_token": "op", "viewer_token": "look"})
    town = await open_town(settings(access=access))
    headers = {"Authorization": "Bearer op"}
    async with connect(url(town, "/ws/control"), additional_headers=headers) as socket:
        await send(socket, "reset")
        assert (await of(socket, "error"))["code"] == "forbidden"
        await send(socket, "pause")
        assert (await of(socket, "ack"))["success"]
    async with connect(url(town, "/ws/control"), additional_headers={"Authorization": "Bearer look"}) as socket:
        with pytest.raises(ConnectionClosed) as refused:
            await socket.recv()
    assert refused.value.rcvd is not None
    assert refused.value.rcvd.code == 4403


async def test_a_watcher_gets_no_more_than_it_asked_for_and_is_told_what_was_left_out(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", filters={"max_rate": 5})
        town.say("user_actions", *[viewed() for _ in range(20)])
        first = await of(socket, "events")
        for _ in range(3):
            town.say("user_actions", viewed())
        told = len(first["events"]) + first.get("skipped", 0)
        while told < 23:
            frame = await of(socket, "events")
            told += len(frame["events"]) + frame.get("skipped", 0)
    assert (len(first["events"]), first["skipped"], told) == (5, 15, 23)


async def test_frames_are_shared_by_all_who_watch_alike(town: Town) -> None:
    async with stream(town) as one, stream(town) as other:
        for socket in (one, other):
            await subscribe(socket, "user_actions")
        town.say("user_actions", viewed(), viewed())
        assert await ids(one, 2) == await ids(other, 2)
    await eventually(lambda: not town.core.context.hub.clients)


async def test_a_message_that_is_no_text_is_answered_in_its_turn(town: Town) -> None:
    async with control(town) as socket:
        await socket.send(b"\xff\xfe\x00")
        assert (await of(socket, "error"))["code"] == "invalid"
        await socket.send(json.dumps({"type": "ping", "request_id": "after"}))
        await until(socket, lambda message: message.get("request_id") == "after")


@given(st.lists(st.floats(0, 5), max_size=50), st.floats(0.1, 20))
def test_nobody_gets_more_than_the_rate_and_a_moments_worth(steps: list[float], rate: float) -> None:
    buckets, now, let = Buckets(Rate(rate)), 0.0, 0
    for step in steps:
        now += step
        let += buckets.wait("one", now) == 0.0
    assert let <= max(1.0, 2 * rate) + now * rate + 1e-6


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(0, 100)), max_size=50), st.integers(1, 50))
def test_a_pace_lets_through_no_more_than_its_rate(steps: list[tuple[float, int]], rate: int) -> None:
    pace, now, let = Pace.of(rate, 0.0), 0.0, 0
    for step, offered in steps:
        now += step
        taken = min(offered, pace.most(now))
        if taken:
            pace.told(taken)
        let += taken
    assert let <= rate + now * rate + 1e-6

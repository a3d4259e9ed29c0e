"""Server-sent events: resumed after the last event id, told at an even pace."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx

from tests.unit.gateway.town import Town, viewed


async def test_server_sent_events_resume_after_the_last_event_id(town: Town) -> None:
    town.say("user_actions", viewed())
    base = f"http://127.0.0.1:{town.core.web.port}/api/v1/admin/streams"
    async with httpx.AsyncClient() as api:
        async with api.stream("GET", f"{base}/subscribe/user_actions") as answer:
            lines = answer.aiter_lines()
            await anext_line(lines, "event: ready")
            town.say("user_actions", viewed())
            data = await anext_line(lines, 'data: {"topic"')
            last = (await anext_line(lines, "id: ")).removeprefix("id: ")
        first = json.loads(data.removeprefix("data: "))["event_id"]
        town.say("user_actions", viewed("u0000002"))
        async with api.stream("GET", f"{base}/subscribe-all", headers={"Last-Event-ID": last}) as answer:
            data = await anext_line(answer.aiter_lines(), 'data: {"topic":"user_actions"')
    event = json.loads(data.removeprefix("data: "))
    assert event["user_id"] == "u0000002"
    assert event["event_id"] != first


async def test_realtime_metrics_are_told_each_second(town: Town) -> None:
    address = f"http://127.0.0.1:{town.core.web.port}/api/v1/admin/metrics/realtime"
    async with httpx.AsyncClient() as api, api.stream("GET", address) as answer:
        data = await anext_line(answer.aiter_lines(), "data: ")
    assert json.loads(data.removeprefix("data: "))["phase"] == "running"


async def anext_line(lines: AsyncIterator[str], start: str) -> str:
    async with asyncio.timeout(3):
        async for line in lines:
            if line.startswith(start):
                return line
    raise AssertionError(f"no line begins with {start!r}")

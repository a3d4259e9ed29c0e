"""Whatever clients send, the gateway answers as its documents say and goes on."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from websockets.asyncio.client import connect

from services.gateway.settings import Access, Live
from services.gateway.web import create_app
from streamkit.testing.fakes import eventually
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.town import Town, settings

EXAMPLES = 8
"""For each operation; the nightly number is the command line's: `schemathesis run`."""

ENDLESS = r"/subscribe|/metrics/realtime"
"""Streams of events do not end, so their answers cannot be waited for; test_server_sent.py has them."""

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
TOKEN = "of-the-fuzzer"
MALFORMED = 10_000
_KINDS = ("subscribe", "unsubscribe", "ping", "set_speed", "spawn_users", "set_scenario", "travel", "nothing", "")
_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    2**70,
    "",
    "x" * 300,
    [],
    {},
    [[]],
    {"a": {"b": []}},
    "\u0000",
    "\U0001f4a5",
)
_FIELDS = ("channels", "filters", "positions", "recent", "multiplier", "count", "scenario", "to", "payload", "type")
_WHOLE = json.dumps({"type": "subscribe", "payload": {"channels": ["bookings"]}})


def fuzzed() -> Town:
    """A town that answers every question and command at once, and does not count requests."""
    access = Access(mode="token", token=SecretStr(TOKEN), requests_per_second=1e9)
    town = Town(settings(access=access, command_deadline_s=30, request_deadline_s=30))
    town.answering = True
    town.populate()
    return town


schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(fuzzed().core.context)).exclude(path_regex=ENDLESS)


@schema.parametrize()
@hypothesis_settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_its_document_says(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {TOKEN}"})


def malformed(seed: int) -> Iterator[str | bytes]:
    """Messages that are no messages: broken, misshapen, out of range, huge, deep, or of another protocol."""
    dice = np.random.default_rng(seed)

    def pick(values: Sequence[Any]) -> Any:
        return values[int(dice.integers(len(values)))]

    while True:
        match int(dice.integers(7)):
            case 0:
                yield dice.bytes(int(dice.integers(200)))
            case 1:
                yield "".join(map(chr, dice.integers(32, 0x2FF, int(dice.integers(100)))))
            case 2:
                yield json.dumps(pick(_VALUES))
            case 3:
                yield _WHOLE[: int(dice.integers(len(_WHOLE)))]
            case 4:
                yield "[" * int(dice.integers(5_000))
            case 5:
                payload = {pick(_FIELDS): pick(_VALUES) for _ in range(3)}
                yield json.dumps({"type": pick(_KINDS), "request_id": pick(_VALUES), "payload": payload})
            case _:
                channels = [pick(["bookings", "*", "nowhere", "replies", "x" * 100]) for _ in range(4)]
                filters = {pick(["user_id", "sample", "max_rate", "event_types"]): pick(_VALUES)}
                yield json.dumps({"type": "subscribe", "payload": {"channels": channels, "filters": filters}})


async def send_all(url: str, messages: list[str | bytes]) -> str:
    """Send over one connection, reading what comes; the answer to a ping at the end."""
    async with connect(url, max_size=None) as socket:

        async def until_pong() -> str:
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "pong" and message["request_id"] == "last":
                    return str(message["type"])
            return "closed"

        reading = asyncio.create_task(until_pong())
        for message in messages:
            await socket.send(message)
        await socket.send(json.dumps({"type": "ping", "request_id": "last"}))
        return await asyncio.wait_for(reading, 240)


@pytest.mark.timeout(600)
async def test_ten_thousand_malformed_messages_end_nothing(open_town: Opener) -> None:
    live = Live(messages_per_second=1e9, outbox_records=10**9, tick_s=0.01)
    town = await open_town(settings(live=live, access=Access(requests_per_second=1e9)))
    messages = malformed(7)
    for path in ("/ws/stream", "/ws/control"):
        batch = [next(messages) for _ in range(MALFORMED // 2)]
        assert await send_all(f"ws://127.0.0.1:{town.core.web.port}{path}", batch) == "pong"
    await eventually(lambda: not town.core.context.hub.clients)

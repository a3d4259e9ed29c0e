"""`luna watch`: what arrives is folded, drawn within the terminal, and steered by keys."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from cli.main import build
from cli.watch.keys import ESCAPE, Give, Leave, pressed
from cli.watch.model import City
from cli.watch.screen import Screen
from cli.watch.sentences import SENTENCES
from cli.watch.stream import ForbiddenError, messages
from cli.watch.view import render, spark
from streamkit.clock import SystemClock
from streamkit.contracts import Catalogue

STATS: dict[str, Any] = {
    "run_id": "r", "branch": 1, "phase": "running", "city": "new_york", "simulation_time": "2026-06-05T22:15:00Z",
    "speed_target": 60.0, "speed_achieved": 59.4, "population": 2_000, "scenario": "lunch_rush",
    "events_per_second": 41.5, "bookings_per_minute": 12.0, "recommendations_per_second": 3.0, "active_users": 143,
    "conversion": {"sessions": 900, "views": 600, "visits": 80}, "lag": {"booking": 0, "analytics": 12},
    "latency_ms": {"p99": 84.0}, "dlq": {"bookings": 2},
}  # fmt: skip
VISIT = {
    "event_type": "visit.started", "simulation_time": "2026-06-05T22:14:09Z", "user_name": "Ada Reyes",
    "venue_id": "v00012", "venue_name": "Bar Luce",
}  # fmt: skip


def living() -> City:
    city = City("http://127.0.0.1:8000", link="live", scenarios=("lunch_rush", "friday_night"))
    for rate in (10.0, 20.0, 41.5):
        city.take({"type": "counters", "payload": STATS | {"events_per_second": rate}})
    city.take({"type": "events", "channel": "user_actions", "events": [VISIT] * 2, "skipped": 3})
    return city


def drawn(city: City, width: int = 80, height: int = 24) -> list[str]:
    console = Console(width=width, height=height, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(render(city, width, height))
    return captured.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 16), (200, 60)])
def test_everything_fits_the_terminal(width: int, height: int) -> None:
    city = living()
    city.take({"type": "events", "events": [VISIT | {"venue_name": "A very long name " * 20}] * 100})
    lines = drawn(city, width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert any("q quit" in line for line in lines), "the keys are told"


def test_the_screen_tells_phase_speed_scenario_rates_funnel_lag_feed_and_venues() -> None:
    text = "\n".join(drawn(living()))
    for said in (
        "2026-06-05 22:15", "running", "60x", "59x achieved", "lunch_rush", "2,000", "41.5", "sessions", "900",
        "analytics 12", "84.0 ms", "Ada Reyes sits down at Bar Luce", "2 Bar Luce", "3 records were too many",
    ):  # fmt: skip
        assert said in text


def test_a_target_rate_and_what_the_simulator_waits_for_are_told() -> None:
    city = living()
    assert "aims at" not in "\n".join(drawn(city))
    steered = {"rate_target": 500.0, "rate_achieved": 496.2, "reason": "waiting for booking"}
    city.take({"type": "counters", "payload": STATS | steered})
    text = "\n".join(drawn(city))
    assert "aims at 500 events/s, 496 achieved" in text
    assert "waiting for booking" in text


def test_a_terminal_that_is_too_small_says_so() -> None:
    assert "60 x 16 is the least" in drawn(living(), 40, 10)[0]


def test_a_sparkline_goes_from_nothing_to_its_highest() -> None:
    assert spark([0.0, 50.0, 100.0], 10) == "▁▅█"
    assert spark([0.0, 0.0], 10) == "▁▁"
    assert spark(range(100), 4) == "████"


def test_a_new_branch_is_told_and_its_venues_counted_anew() -> None:
    city = living()
    city.take({"type": "counters", "payload": STATS | {"branch": 2}})
    assert not city.visits
    assert city.feed[-1].words == "branch 2 is told now"


@pytest.mark.parametrize(
    ("key", "stats", "command", "parameters"),
    [
        (" ", {}, "pause", {}),
        (" ", {"phase": "paused"}, "resume", {}),
        ("+", {}, "speed", {"multiplier": 120.0}),
        ("+", {"speed_target": 1000.0}, "speed", {"multiplier": 1000.0}),
        ("-", {"speed_target": 1.0}, "speed", {"multiplier": 1.0}),
        ("-", {"speed_target": 0.0}, "speed", {"multiplier": 1000.0}),
        ("m", {}, "speed", {"multiplier": "max"}),
    ],
)
def test_keys_pause_resume_and_change_the_speed(
    key: str, stats: Mapping[str, Any], command: str, parameters: Mapping[str, Any]
) -> None:
    city = living()
    city.take({"type": "counters", "payload": {**STATS, **stats}})
    order = pressed(key, city)
    assert isinstance(order, Give)
    assert (order.command, order.parameters) == (command, parameters)


def test_a_scenario_is_chosen_from_a_list_and_stopped_if_it_holds() -> None:
    city = living()
    assert pressed("1", city) is None, "a digit alone means nothing"
    assert pressed("s", city) is None
    assert "1 lunch_rush · holds" in "\n".join(drawn(city))
    stop = pressed("1", city)
    assert isinstance(stop, Give)
    assert stop.parameters == {"scenario": "lunch_rush", "action": "stop"}
    pressed("s", city)
    start = pressed("2", city)
    assert isinstance(start, Give)
    assert start.parameters == {"scenario": "friday_night", "action": "start"}
    pressed("s", city)
    pressed(ESCAPE, city)
    assert not city.choosing
    assert pressed("9", city) is None


def test_q_leaves_and_an_arrow_key_means_nothing() -> None:
    assert isinstance(pressed("q", living()), Leave)
    screen = Screen("http://127.0.0.1:1", None, Console())
    screen.typed("\x1b[A")
    assert screen.city.said == ""


def test_every_event_with_a_sentence_is_in_the_contract() -> None:
    known = {name for topic in Catalogue.load().topics.values() for name in topic.events}
    assert set(SENTENCES) <= known


async def test_the_stream_is_followed_again_after_the_gateway_was_away() -> None:
    async def one_message(socket: ServerConnection) -> None:
        wanted = json.loads(await socket.recv())
        await socket.send(json.dumps({"type": "subscribed", "payload": wanted["payload"]}))

    links: list[str] = []
    async with serve(one_message, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        stream = messages(f"http://127.0.0.1:{port}", None, links.append)
        told = [await asyncio.wait_for(anext(stream), 30) for _ in range(2)]
        await stream.aclose()  # type: ignore[attr-defined]
    assert "bookings" in told[0]["payload"]["channels"]
    assert [link.partition(":")[0] for link in links] == ["live", "lost", "live"]


async def test_who_leaves_does_not_wait_for_what_is_still_on_its_way() -> None:
    stop = asyncio.Event()

    async def flood(socket: ServerConnection) -> None:
        text = json.dumps({"type": "events", "payload": "x" * 100_000})
        while not stop.is_set():
            await socket.send(text)  # until the client's window is full; then it stands, deaf to a farewell
            await asyncio.sleep(0)

    async with serve(flood, "127.0.0.1", 0, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        stream = messages(f"http://127.0.0.1:{port}", None, lambda _: None)
        await anext(stream)
        await asyncio.sleep(0.3)
        began = SystemClock().monotonic()
        await stream.aclose()  # type: ignore[attr-defined]
        assert SystemClock().monotonic() - began < 5, "seconds"
        stop.set()


async def test_a_wrong_token_ends_the_watching_and_is_told() -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        allowed = request.headers.get("Authorization") == "Bearer right"
        return None if allowed else connection.respond(401, "no\n")

    async def nothing(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(nothing, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(ForbiddenError, match="refuses this token"):
            await asyncio.wait_for(anext(messages(f"http://127.0.0.1:{port}", "wrong", lambda _: None)), 30)


def test_without_a_terminal_the_command_says_what_to_use_instead() -> None:
    result = CliRunner().invoke(build(), ["watch", "--url", "http://127.0.0.1:1"])
    assert result.exit_code == 1
    assert "luna watch needs a terminal" in result.output

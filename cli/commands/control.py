"""`luna control`: steer a running city through its gateway, and print the acknowledgement."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console

from cli.ending import fail
from cli.gateway import Gateway, GatewayError

Url = Annotated[str, typer.Option(help="Address of the gateway", envvar="LUNA_URL")]
Token = Annotated[str | None, typer.Option(help="Bearer token, where the gateway asks for one", envvar="LUNA_TOKEN")]

LOCAL = "http://127.0.0.1:8000"
PATIENCE = 15.0
"""Seconds that an answer may take."""


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Steer a running city.", no_args_is_help=True)
    for word in ("pause", "resume", "stop", "reset"):
        group.command(word, help=f"Tell the simulation: {word}.")(_plain(word))
    for command in (start, seed, speed, rate, scenario, spawn, trigger, behavior, weather, imperfections, state):
        group.command()(command)
    app.add_typer(group, name="control")


def start(
    population: Annotated[int | None, typer.Option(help="People when the city opens")] = None,
    active_percentage: Annotated[float | None, typer.Option(help="Share of them who ever act")] = None,
    maximum_active_users: Annotated[int | None, typer.Option(help="Most people who ever act")] = None,
    start_time: Annotated[str | None, typer.Option(help="Simulated start, ISO 8601 with a time zone")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same city")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Begin anew, on a branch never used before."""
    given = {"population": population, "active_percentage": active_percentage, "seed": seed}
    given |= {"maximum_active_users": maximum_active_users}
    give(url, token, "start", given | {"start_time": start_time})


def seed(
    number: Annotated[int, typer.Argument(help="The same number, the same data")],
    users: Annotated[int | None, typer.Option(help="People")] = None,
    venues: Annotated[int | None, typer.Option(help="Venues")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Make people, venues and friendships anew out of a seed."""
    give(url, token, "seed", {"seed": number, "users": users, "venues": venues})


def speed(
    multiplier: Annotated[str, typer.Argument(help="a number, or max")], url: Url = LOCAL, token: Token = None
) -> None:
    """Simulated seconds a second."""
    give(url, token, "speed", {"multiplier": "max" if multiplier == "max" else _number(multiplier)})


def rate(
    events_per_second: Annotated[str, typer.Argument(help="a number, or none")], url: Url = LOCAL, token: Token = None
) -> None:
    """Events a second to aim at."""
    value = None if events_per_second == "none" else _number(events_per_second)
    _ask(url, token, "POST", "/simulation/command/rate", {"events_per_second": value})


def scenario(
    name: str,
    *,
    stop: Annotated[bool, typer.Option(help="Let it settle")] = False,
    intensity: Annotated[float | None, typer.Option(help="How strong, 1 is as written")] = None,
    hold_minutes: Annotated[float | None, typer.Option(help="How long it holds")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Start a scenario, or let it settle."""
    given = {"scenario": name, "action": "stop" if stop else "start"}
    give(url, token, "scenario", {**given, "intensity": intensity, "hold_minutes": hold_minutes})


def spawn(
    count: int,
    *,
    befriend: Annotated[bool, typer.Option(help="With friends from the start")] = False,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Let new people join."""
    give(url, token, "spawn", {"count": count, "befriend": befriend})


def trigger(
    event_type: str,
    payload: Annotated[list[str] | None, typer.Argument(help="COLUMN=VALUE …; a value is JSON or a word")] = None,
    channel: Annotated[str | None, typer.Option(help="Topic; that of the event where it is not said")] = None,
    user: Annotated[str | None, typer.Option(help="Who acts, such as u0000123")] = None,
    venue: Annotated[str | None, typer.Option(help="Where, such as v00012")] = None,
    at: Annotated[str | None, typer.Option(help="Simulated time, ISO 8601 with a time zone; now without")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Make an event happen, now or at a time to come."""
    columns = {name: _value(value) for name, value in map(_pair, payload or [])}
    given = {"event_type": event_type, "channel": channel, "user_id": user, "venue_id": venue, "simulation_time": at}
    give(url, token, "trigger", {**given, "payload": columns})


def behavior(
    shares: Annotated[list[str], typer.Argument(help="ACTION=SHARE …, shares from 0 to 1")],
    persona: Annotated[str | None, typer.Option(help="Of this persona only")] = None,
    scenario: Annotated[str | None, typer.Option(help="While this scenario holds")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Change the shares of actions: of everybody, of one persona, or while a scenario holds."""
    probabilities = {action: _number(share) for action, share in map(_pair, shares)}
    everybody = persona is None and scenario is None
    given = {"action_probabilities": probabilities, "persona": persona, "scenario": scenario, "global": everybody}
    give(url, token, "behavior", given)


def weather(
    condition: Annotated[str, typer.Argument(help="clear, rain, snow, …; own lets the city's own hold again")],
    hours: Annotated[float, typer.Option(help="How long it holds")] = 3.0,
    city: Annotated[str | None, typer.Option(help="City; the only one where it is not said")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Order the weather."""
    give(url, token, "weather", {"condition": None if condition == "own" else condition, "hours": hours, "city": city})


def imperfections(
    rules: Annotated[list[str] | None, typer.Argument(help="TOPIC:KIND:RATE[:MINUTES] …; none ends them")] = None,
    file: Annotated[Path | None, typer.Option(help="YAML file with a list of rules", exists=True)] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Let records go wrong on purpose: late, duplicate, drop, reorder, corrupt."""
    listed = yaml.safe_load(file.read_text(encoding="utf-8")) if file else []
    give(url, token, "imperfections", {"rules": [*(listed or []), *map(_rule, rules or [])]})


def state(url: Url = LOCAL, token: Token = None) -> None:
    """Print the state of the simulation."""
    _ask(url, token, "GET", "/simulation/state", None)


def give(
    url: str, token: str | None, command: str, given: Mapping[str, object] | None = None, seconds: float = PATIENCE
) -> None:
    """Give a command with what was said of it; its acknowledgement as JSON, exit code 1 where it was refused."""
    said = {name: value for name, value in (given or {}).items() if value is not None}
    _ask(url, token, "POST", f"/simulation/command/{command}", said, seconds)


def _plain(word: str) -> Callable[..., None]:
    return _Plain(word).command


class _Plain:
    def __init__(self, word: str) -> None:
        self._word = word

    def command(self, url: Url = LOCAL, token: Token = None) -> None:
        give(url, token, self._word)


def _ask(
    url: str, token: str | None, method: str, path: str, body: Mapping[str, object] | None, seconds: float = PATIENCE
) -> None:
    console = Console()
    with closing(Gateway(url, token, seconds)) as gateway:
        try:
            console.print_json(data=gateway.get(path) if method == "GET" else gateway.post(path, body))
        except GatewayError as error:
            fail(error)


def _rule(text: str) -> dict[str, object]:
    topic, kind, share, *minutes = [*text.split(":"), "", ""][:4]
    rule: dict[str, object] = {"topic": topic, "kind": kind, "rate": _number(share)}
    return rule | ({"delay_minutes": _number(minutes[0])} if minutes and minutes[0] else {})


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} is not NAME=VALUE")
    return name, value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number") from None

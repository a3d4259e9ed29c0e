"""`luna control`: steer a running city through its gateway, and print the acknowledgement."""

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from cli.gateway import Gateway, GatewayError

Url = Annotated[str, typer.Option(help="Address of the gateway", envvar="LUNA_URL")]
Token = Annotated[str | None, typer.Option(help="Bearer token, where the gateway asks for one", envvar="LUNA_TOKEN")]

LOCAL = "http://127.0.0.1:8000"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Steer a running city.", no_args_is_help=True)
    for word in ("start", "pause", "resume", "stop", "reset"):
        group.command(word, help=f"Tell the simulation: {word}.")(_plain(word))
    for command in (speed, rate, scenario, spawn, trigger, behavior, state):
        group.command()(command)
    app.add_typer(group, name="control")


def speed(
    multiplier: Annotated[str, typer.Argument(help="a number, or max")], url: Url = LOCAL, token: Token = None
) -> None:
    """Simulated seconds a second."""
    value: float | str = "max" if multiplier == "max" else _number(multiplier)
    give(url, token, "/simulation/speed", {"multiplier": value})


def rate(
    events_per_second: Annotated[str, typer.Argument(help="a number, or none")], url: Url = LOCAL, token: Token = None
) -> None:
    """Events a second to aim at."""
    value = None if events_per_second == "none" else _number(events_per_second)
    give(url, token, "/simulation/rate", {"events_per_second": value})


def scenario(
    name: str,
    *,
    stop: Annotated[bool, typer.Option(help="Let it settle")] = False,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Start a scenario, or let it settle."""
    give(url, token, "/simulation/scenario", {"scenario": name, "action": "stop" if stop else "start"})


def spawn(
    count: int,
    *,
    befriend: Annotated[bool, typer.Option(help="With friends from the start")] = False,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Let new people join."""
    give(url, token, f"/admin/control/users/spawn/{count}", {"befriend": befriend})


def trigger(event_type: str, channel: str = "environment", url: Url = LOCAL, token: Token = None) -> None:
    """Make an event of the environment happen."""
    give(url, token, "/admin/control/events/trigger", {"event_type": event_type, "channel": channel})


def behavior(
    weights: Annotated[list[str], typer.Argument(help="ACTION=WEIGHT …")],
    persona: Annotated[str | None, typer.Option(help="Of this persona only")] = None,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Change the weights of actions."""
    pairs = [word.partition("=") for word in weights]
    probabilities = {action: _number(weight) for action, _, weight in pairs}
    body = {"action_probabilities": probabilities, "persona": persona, "global": persona is None}
    give(url, token, "/admin/control/behavior/adjust", body)


def state(url: Url = LOCAL, token: Token = None) -> None:
    """Print the state of the simulation."""
    _ask(url, token, "GET", "/simulation/state", None)


def give(url: str, token: str | None, path: str, body: Mapping[str, object] | None = None) -> None:
    """Send a command; its acknowledgement as JSON, exit code 1 where it was refused."""
    _ask(url, token, "POST", path, body)


def _plain(word: str) -> Callable[..., None]:
    return _Plain(word).command


class _Plain:
    def __init__(self, word: str) -> None:
        self._word = word

    def command(self, url: Url = LOCAL, token: Token = None) -> None:
        give(url, token, f"/simulation/{self._word}")


def _ask(url: str, token: str | None, method: str, path: str, body: Mapping[str, object] | None) -> None:
    console = Console()
    with closing(Gateway(url, token)) as gateway:
        try:
            console.print_json(data=gateway.get(path) if method == "GET" else gateway.post(path, body))
        except GatewayError as error:
            console.print(str(error), style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1) from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number") from None

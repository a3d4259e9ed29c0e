"""`luna watch`: the living city in a terminal, and keys to steer it."""

import asyncio

import typer
from rich.console import Console

from cli.commands.control import LOCAL, Token, Url
from cli.ending import fail
from cli.gateway import GatewayError
from cli.watch.screen import Screen
from cli.watch.stream import ForbiddenError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("watch")(watch)


def watch(url: Url = LOCAL, token: Token = None) -> None:
    """Watch the living city: rates, funnel, venues, feed. Space pauses, + and - change the speed, s lists scenarios."""
    console = Console()
    if not console.is_terminal:
        fail("luna watch needs a terminal; `luna status` prints the figures once, `luna tail TOPIC` prints records")
    try:
        asyncio.run(Screen(url, token, console).run())
    except KeyboardInterrupt:
        return
    except GatewayError as error:
        fail(f"{error}\nIs a city running? `make demo` starts one; --url and --token say which, and who you are")
    except ForbiddenError as error:
        fail(f"{error}; give one with --token or LUNA_TOKEN")

"""`luna status`: what the gateway knows of the city and its services."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import figures
from cli.commands.control import LOCAL, Token, Url
from cli.ending import fail
from cli.gateway import Gateway, GatewayError
from cli.up.demo import print_summary
from cli.up.summary import summarise


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(url: Url = LOCAL, token: Token = None, json: Annotated[Path | None, typer.Option("--json")] = None) -> None:
    """Print the figures of a running city; exit code 1 where something does not live."""
    console = Console()
    with closing(Gateway(url, token)) as gateway:
        try:
            summary = summarise(gateway.get("/admin/stats"), {}, [])
        except GatewayError as error:
            fail(error)
    print_summary(console, summary)
    figures.write(json, summary.printable())
    if summary.failures():
        fail("; ".join(summary.failures()))

"""`luna run SERVICE`: one service in this process, its settings from the environment."""

import runpy
from typing import Annotated

import typer

from cli.up.services import RANKS


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(service: Annotated[str, typer.Argument(help=", ".join(RANKS))]) -> None:
    """Run one service here; its exit code is this command's."""
    if service not in RANKS:
        raise typer.BadParameter(f"no service {service!r}; there are {', '.join(RANKS)}")
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)

"""`luna snapshot`: save a living city under a name, go on from it or to a moment, and look through what was saved."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.commands.control import LOCAL, Token, Url, give
from services.simulator.snapshots.files import DIRECTORY, SnapshotFiles
from services.simulator.snapshots.manifest import SnapshotError

DataDir = Annotated[Path, typer.Option(help="Where the city keeps its state", envvar="LUNA_DATA_DIR")]

STATE = Path(".luna")
_MEBIBYTE = 1 << 20
PATIENCE = 90.0
"""Seconds that services may take to come together and to save or load."""


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Save a living city, go back to it, look through what was saved.", no_args_is_help=True)
    group.command("list")(list_all)
    for command in (save, restore, travel, show, delete):
        group.command()(command)
    app.add_typer(group, name="snapshot")


def save(
    name: str,
    description: Annotated[str, typer.Option(help="What it is of, in words")] = "",
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Save the living city between two ticks, with all services."""
    give(url, token, "snapshot.create", {"name": name, "description": description}, PATIENCE)


def restore(snapshot: Annotated[str, typer.Argument(help="Name or id")], url: Url = LOCAL, token: Token = None) -> None:
    """Let the living city go on from a snapshot, on a branch of its own."""
    give(url, token, "snapshot.restore", {"snapshot": snapshot}, PATIENCE)


def travel(
    to: Annotated[str, typer.Argument(help="Simulated time, ISO 8601 with a time zone")],
    *,
    pause: Annotated[bool, typer.Option(help="Let the clock stand on arrival")] = False,
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Go to a moment: back on a branch that begins at the nearest snapshot, or ahead as fast as possible."""
    give(url, token, "travel", {"to": to, "pause": pause}, PATIENCE)


def list_all(data_dir: DataDir = STATE) -> None:
    """Every snapshot here."""
    files = SnapshotFiles(data_dir / DIRECTORY)
    table = Table("name", "simulated time", "people", "branch", "MiB", "description")
    for one in files.all():
        size = f"{files.size(one.name) / _MEBIBYTE:.1f}"
        table.add_row(one.name, _when(one.simulation_time), str(one.population), str(one.branch), size, one.description)
    Console().print(table)


def show(name: str, data_dir: DataDir = STATE) -> None:
    """What a snapshot says of itself, once every check sum is known to be right."""
    try:
        manifest = SnapshotFiles(data_dir / DIRECTORY).load(name).manifest
    except SnapshotError as error:
        raise _refused(error) from error
    Console().print_json(manifest.printed())


def delete(name: str, data_dir: DataDir = STATE) -> None:
    """Remove a snapshot."""
    try:
        SnapshotFiles(data_dir / DIRECTORY).delete(name)
    except SnapshotError as error:
        raise _refused(error) from error
    Console().print(f"deleted {name}", markup=False)


def _refused(error: SnapshotError) -> typer.Exit:
    Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)


def _when(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M")

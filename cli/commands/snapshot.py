"""`luna snapshot`: save a living city under a name, and look through what was saved here."""

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


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Save a city under a name, and look through what was saved.", no_args_is_help=True)
    group.command("list")(list_all)
    for command in (save, show, delete):
        group.command()(command)
    app.add_typer(group, name="snapshot")


def save(
    name: str,
    description: Annotated[str, typer.Option(help="What it is of, in words")] = "",
    url: Url = LOCAL,
    token: Token = None,
) -> None:
    """Save the living city between two ticks."""
    give(url, token, "snapshot", {"name": name, "description": description})


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

"""How a command ends that cannot go on: one line on stderr, and an exit code that a script can tell apart."""

from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console

from services.simulator.data_files import DataError, data_of, with_own
from services.simulator.domain.city import CityConfig
from services.simulator.domain.specification import CityData

WRONG = 2
"""Exit code of what was asked wrongly."""


def fail(reason: object) -> NoReturn:
    """End with exit code 1: the world around the command is at fault."""
    Console(stderr=True).print(str(reason), style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def refuse(command: str, reason: object, code: int = WRONG) -> NoReturn:
    """End with ``code``: what was asked of the command cannot be done as asked."""
    Console(stderr=True).print(f"{command}: {reason}", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def city_data(command: str, city: str = CityConfig.city, own: Path | None = None) -> CityData:
    """The data of a city, with somebody's files in place of its own, or the end of the command."""
    try:
        return data_of(with_own(CityConfig(city=city), own))
    except DataError as error:
        refuse(command, error)

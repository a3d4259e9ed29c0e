"""Figures that a command prints for people, written for programs too."""

import json
from pathlib import Path

from rich.console import Console

FILE_WIDTH = 160
"""Columns where no terminal says how many it has."""


def wide_console() -> Console:
    """The terminal, or room enough for a wide table in a file or a pipe."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=FILE_WIDTH)


def write(path: Path | None, figures: object) -> None:
    """Write ``figures`` as JSON where a path was given."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2, default=str) + "\n", encoding="utf-8")

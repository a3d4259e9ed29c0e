"""Figures that a command prints for people, written for programs too."""

import json
from pathlib import Path


def write(path: Path | None, figures: object) -> None:
    """Write ``figures`` as JSON where a path was given."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2, default=str) + "\n", encoding="utf-8")

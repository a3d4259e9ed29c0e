"""Where branches come from: what each began with, and the way from a saved state to a moment of the past.

A branch's directory keeps its journal and this note. The way to a moment is the last snapshot of the branch before it,
else what the branch itself began with, else the same question to its parent; then the branch's journal.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from services.simulator.adapters.journal import sync_directory
from services.simulator.snapshots.manifest import Manifest, SnapshotError
from services.simulator.telling import directory_of
from streamkit.errors import Retryable

FILE = "lineage.json"


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a branch began with: a snapshot by name, at its tick, of a parent; without one, the opening of a city."""

    tick: int = 0
    snapshot: str | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to a moment: a snapshot (None: the opening), and whose journal is told again from its tick on."""

    snapshot: str | None
    tick: int
    branch: int


def write(directory: Path, lineage: Lineage) -> None:
    """Note durably what a branch begins with.

    Raises:
        Retryable: The disk refuses it.

    """
    beside = directory / f"{FILE}.part"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(lineage), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(directory / FILE)
        sync_directory(directory)
    except OSError as error:
        raise Retryable(f"{directory / FILE}: {error.strerror}") from error


def read(directory: Path, branch: int) -> Lineage:
    """What a branch began with.

    Raises:
        SnapshotError: Its directory is gone or damaged.

    """
    try:
        return Lineage(**json.loads((directory / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SnapshotError(f"branch {branch} is not on this disk any more; restore a snapshot instead") from None
    except (OSError, ValueError, TypeError) as error:
        raise SnapshotError(f"{directory / FILE} cannot be read: {error}") from error


def way_to(tick: int, branch: int, root: Path, run_id: str, saved: Sequence[Manifest]) -> Way:
    """The way to a tick of a branch or of its ancestors.

    Raises:
        SnapshotError: What it would begin with is gone.

    """
    while True:
        lineage = read(directory_of(root, run_id, branch), branch)
        mine = [one for one in saved if (one.run_id, one.branch) == (run_id, branch) and one.services]
        before = [one for one in mine if one.tick <= tick]
        if before:
            nearest = max(before, key=lambda one: one.tick)
            return Way(nearest.name, nearest.tick, branch)
        if lineage.tick <= tick:
            return Way(lineage.snapshot, lineage.tick, branch)
        if lineage.parent is None:
            raise SnapshotError("nothing was told of that time")
        branch = lineage.parent

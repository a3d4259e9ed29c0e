"""What a snapshot says of itself, in JSON beside its columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from streamkit.identity import hash_id

FORMAT = 1
"""Raised when the meaning of a manifest or of a file changes."""


class SnapshotError(Exception):
    """A snapshot that cannot be saved, found, trusted or used; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A snapshot at a tick boundary: ``tick`` is the next to compute, ``simulation_time`` its start, µs UTC.

    ``config`` is the city's whole configuration. ``inputs`` and ``ends`` are positions after the last record admitted
    and published, as text; ``journaled`` is how many records the branch's journal held, ``journal_end`` its length in
    bytes. ``parts`` maps the name of a file to its SHA-256. ``services`` is for the states that other services save
    under the same id; ``notes`` for whatever a host needs to go on.
    """

    name: str
    description: str
    run_id: str
    branch: int
    world: str
    city: str
    seed: int
    config: Mapping[str, object]
    tick: int
    simulation_time: int
    population: int
    inputs: str = ""
    ends: str = ""
    journaled: int = 0
    journal_end: int = 0
    parts: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, object] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def snapshot_id(self) -> str:
        """Name of this snapshot among all of all runs; the same state under the same name has the same."""
        return hash_id("snapshot", self.run_id, self.branch, self.tick, self.name)

    def printed(self) -> str:
        """The manifest as JSON."""
        return json.dumps({"snapshot_id": self.snapshot_id, **asdict(self)}, indent=2, sort_keys=True) + "\n"


def read(text: str, where: str) -> Manifest:
    """A manifest out of its JSON; ``where`` is told in errors.

    Raises:
        SnapshotError: It is damaged, or of a format that this version does not know.

    """
    try:
        values = json.loads(text)
        known = values.pop("format")
        said = values.pop("snapshot_id")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{where} is damaged: {error!r}") from error
    if known != FORMAT:
        raise SnapshotError(f"{where} has format {known}; this version reads format {FORMAT}")
    try:
        manifest = Manifest(**values, format=known)
    except TypeError as error:
        raise SnapshotError(f"{where} is damaged: {error}") from error
    if manifest.snapshot_id != said:
        raise SnapshotError(f"{where} is damaged: it names {said} and is {manifest.snapshot_id}")
    return manifest


def check_same(manifest: Manifest, seed: int, config: Mapping[str, object]) -> None:
    """Refuse a snapshot of another city.

    Raises:
        SnapshotError: Seed or configuration differ; every difference is told.

    """
    wanted, had = {"seed": seed, **config}, {"seed": manifest.seed, **manifest.config}
    differing = [
        f"{name} is {had.get(name)!r} there and {wanted.get(name)!r} here"
        for name in sorted(wanted.keys() | had.keys())
        if wanted.get(name) != had.get(name)
    ]
    if differing:
        raise SnapshotError(f"snapshot {manifest.name} is of another city: {'; '.join(differing)}")

"""A city's state into a snapshot and out of it: what a host without journal or topics needs."""

from collections.abc import Mapping
from dataclasses import asdict

from services.simulator.domain.city import City, Identity
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.layout import Arrays, check_layout
from services.simulator.snapshots.manifest import Manifest, SnapshotError, check_same

CITY = "city"
"""Name of the part that holds the city's columns."""


def save(
    files: SnapshotFiles,
    city: City,
    identity: Identity,
    seed: int,
    name: str,
    description: str = "",
    parts: Mapping[str, Arrays] | None = None,
    notes: Mapping[str, object] | None = None,
) -> Manifest:
    """Save a city between two ticks; ``parts`` and ``notes`` are what its host needs beside.

    Raises:
        SnapshotError: The name is taken or none, or the disk refuses it.

    """
    manifest = Manifest(
        name=name,
        description=description,
        run_id=identity.run_id,
        branch=identity.branch,
        world=identity.world,
        city=identity.city,
        seed=seed,
        config=asdict(city.config),
        tick=city.tick,
        simulation_time=city.time_us,
        population=city.population,
        notes=notes or {},
    )
    return files.save(manifest, {CITY: city.save(), **(parts or {})})


def load(files: SnapshotFiles, city: City, seed: int, name: str) -> tuple[Manifest, Mapping[str, Arrays]]:
    """Bring a city of the same seed and configuration to a snapshot's state; its manifest and the host's parts.

    Raises:
        SnapshotError: There is none of the name, it cannot be trusted, or it is of another city or version.

    """
    found = files.load(name)
    check_same(found.manifest, seed, asdict(city.config))
    if CITY not in found.parts:
        raise SnapshotError(f"snapshot {name} has no part {CITY}")
    check_layout(found.parts[CITY], city.save(), f"snapshot {name}")
    city.load(found.parts[CITY])
    return found.manifest, {part: arrays for part, arrays in found.parts.items() if part != CITY}

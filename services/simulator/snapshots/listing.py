"""Snapshots as commands answer them: plain values of bounded number."""

from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.manifest import Manifest
from services.simulator.telling import iso

MOST = 100
"""Snapshots of one answer: an acknowledgement is one record."""


def described(manifest: Manifest, size: int) -> dict[str, object]:
    """What people are told of a snapshot; ``size`` is in bytes."""
    return {
        "snapshot_id": manifest.snapshot_id,
        "name": manifest.name,
        "description": manifest.description,
        "tick": manifest.tick,
        "simulation_time": iso(manifest.simulation_time),
        "bytes": size,
        "services": sorted(manifest.services),
    }


def listed(files: SnapshotFiles, needed: tuple[str, ...]) -> dict[str, object]:
    """The newest snapshots by simulated time, and how many there are; ``needed``: services without which none loads."""
    found = sorted(files.all(), key=lambda one: (one.simulation_time, one.name), reverse=True)
    told = []
    for one in found[:MOST]:
        missing = [service for service in needed if service not in one.services]
        told.append(
            described(one, files.size(one.name))
            | {
                "run_id": one.run_id,
                "branch": one.branch,
                "population": one.population,
                "restorable": not missing,
                "reason": f"has no state of {', '.join(missing)}" if missing else None,
            }
        )
    return {"snapshots": told, "total": len(found)}

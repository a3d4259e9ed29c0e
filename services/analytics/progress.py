"""What the service says of how far it is: offsets consumed whose outputs the broker has."""

from collections.abc import Mapping
from typing import Any

from services.analytics.domain.branches import BranchState
from services.analytics.domain.emitting import SOURCE
from streamkit.identity import hash_id
from streamkit.positions import print_positions


def progress_row(
    live: BranchState, instance: str, wall_time: int, applied: Mapping[tuple[str, int], int]
) -> tuple[str, dict[str, Any]]:
    """``service.progress`` of the live branch, with its topic."""
    positions = print_positions(applied)
    scope, at = live.scope, live.place
    return "system_metrics", {
        "event_id": hash_id(scope.run_id, scope.branch, SOURCE, "service.progress", instance, positions),
        "event_type": "service.progress",
        "run_id": scope.run_id,
        "branch": scope.branch,
        "simulation_time": at.simulation_time,
        "world": at.world,
        "city": at.city,
        "source": SOURCE,
        "instance": instance,
        "wall_time": wall_time,
        "positions": positions,
    }

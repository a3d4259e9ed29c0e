"""Funnel stage and milestones of each person, folded from the `journeys` topic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.gateway.state.chunk import Chunk


@dataclass(slots=True)
class Journey:
    """How far a person has come; milestones in the order they were reached, each once."""

    stage: str | None = None
    milestones: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class Journeys:
    """Journeys by user id."""

    def __init__(self) -> None:
        self._journeys: dict[str, Journey] = {}

    def apply(self, chunk: Chunk) -> None:
        """Fold records of the topic; a repeated milestone keeps its first time."""
        columns = ["event_type", "user_id", "simulation_time", "milestone", "stage", "venue_id"]
        for row in chunk.frame.select(columns).iter_rows(named=True):
            journey = self._journeys.setdefault(row["user_id"], Journey())
            if row["event_type"] == "funnel.stage_changed":
                journey.stage = row["stage"]
            elif row["milestone"] is not None:
                journey.milestones.setdefault(row["milestone"], row)

    def of(self, user_id: str) -> Journey:
        """Journey of a person, empty when nothing is known."""
        return self._journeys.get(user_id, Journey())

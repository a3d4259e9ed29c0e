"""What the topics remember of earlier processes: read once at a start, to decide whether and where to go on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from services.simulator.runtime.admission import SOURCE
from services.simulator.runtime.notices import Published
from streamkit.positions import Positions, advance, parse_positions


@dataclass(slots=True)
class Past:
    """The ends of system_metrics and simulation_control. ``next`` are the positions after what was read."""

    metrics: pl.DataFrame
    control: pl.DataFrame
    next: Positions = field(default_factory=dict)

    def highest_branch(self, run_id: str) -> int | None:
        """Highest branch of a run that a simulator has ever spoken of, as far as the topics go back."""
        found = [
            frame.filter((pl.col("run_id") == run_id) & (pl.col("source") == SOURCE))["branch"].max()
            for frame in (self.metrics, self.control)
        ]
        numbers = [int(number) for number in found if isinstance(number, int)]
        return max(numbers, default=None)

    def last_tick(self, run_id: str, branch: int) -> Published | None:
        """The last tick of a branch that is on the broker as a whole."""
        ticks = self.metrics.filter(
            (pl.col("run_id") == run_id) & (pl.col("branch") == branch) & (pl.col("event_type") == "simulator.tick")
        )
        if ticks.is_empty():
            return None
        row = ticks.sort("tick").tail(1).row(0, named=True)
        return Published(
            row["tick"],
            row["simulation_time"],
            parse_positions(row["positions"]),
            int(row["count"] or 0),
            int(row["value"] or 0),
        )

    def last_state(self, run_id: str, branch: int) -> Mapping[str, object] | None:
        """The last state of a branch as it was said."""
        states = self.control.filter(
            (pl.col("run_id") == run_id) & (pl.col("branch") == branch) & (pl.col("event_type") == "state.changed")
        )
        return None if states.is_empty() else states.sort("wall_time").tail(1).row(0, named=True)

    def answered(self) -> set[str]:
        """Commands that have their acknowledgement from a simulator."""
        acks = self.control.filter((pl.col("event_type") == "ack.given") & (pl.col("source") == SOURCE))
        return set(acks["command_id"].drop_nulls().to_list())

    def progress(self) -> dict[str, Positions]:
        """How far each service has said to be."""
        return progress(self.metrics)


def progress(metrics: pl.DataFrame) -> dict[str, Positions]:
    """Positions of each service out of its ``service.progress`` records, all instances together."""
    said = metrics.filter(pl.col("event_type") == "service.progress").select("source", "positions")
    reached: dict[str, Positions] = {}
    rows: Iterable[tuple[str, str | None]] = said.iter_rows()
    for source, positions in rows:
        advance(reached.setdefault(source, {}), parse_positions(positions or ""))
    return reached

"""What the simulator says of itself: phase, clock, speed, population, scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.gateway.state.times import iso


@dataclass(frozen=True, slots=True)
class Simulation:
    """State of one branch; times in microseconds. ``phase`` is unknown until the simulator has spoken.

    ``rate_target`` is none where the speed decides; ``reason`` says for whom or what the simulator waits.
    """

    run_id: str = ""
    branch: int = 0
    phase: str = "unknown"
    tick: int | None = None
    simulation_time: int | None = None
    start_time: int | None = None
    speed_target: float | None = None
    speed_achieved: float | None = None
    rate_target: float | None = None
    rate_achieved: float | None = None
    reason: str | None = None
    population: int | None = None
    active_users: int | None = None
    scenarios: Mapping[str, str] = field(default_factory=dict)
    world: str = "dining"
    city: str = ""
    wall_time: int | None = None
    live_since: int | None = None

    def told(self, row: Mapping[str, Any]) -> "Simulation":
        """After a record of simulation_control."""
        if row["event_type"] == "state.changed":
            return self._changed(row)
        if row["event_type"].startswith("scenario.") and row["scenario"]:
            scenarios = {**self.scenarios, row["scenario"]: row["scenario_phase"] or "holding"}
            if row["event_type"] == "scenario.settled":
                del scenarios[row["scenario"]]
            return replace(self, scenarios=scenarios)
        return self

    def ticked(self, row: Mapping[str, Any]) -> "Simulation":
        """After a simulator.tick of system_metrics: the clock between two changes of state."""
        if self.tick is not None and row["tick"] is not None and row["tick"] < self.tick:
            return self
        return replace(
            self,
            tick=row["tick"],
            simulation_time=max(row["simulation_time"], self.simulation_time or 0),
            speed_achieved=row["speed_achieved"],
            active_users=row["active_users"],
        )

    def printable(self) -> dict[str, object]:
        """JSON of the state."""
        scenarios = [{"name": name, "phase": phase} for name, phase in sorted(self.scenarios.items())]
        return {
            "run_id": self.run_id or None,
            "branch": self.branch if self.run_id else None,
            "phase": self.phase,
            "tick": self.tick,
            "simulation_time": iso(self.simulation_time),
            "start_time": iso(self.start_time),
            "speed_target": self.speed_target,
            "speed_achieved": self.speed_achieved,
            "rate_target": self.rate_target,
            "rate_achieved": self.rate_achieved,
            "reason": self.reason,
            "population": self.population,
            "active_users": self.active_users,
            "scenarios": scenarios,
            "scenario": ",".join(sorted(self.scenarios)) or None,
            "world": self.world,
            "city": self.city or None,
        }

    def _changed(self, row: Mapping[str, Any]) -> "Simulation":
        named = [name for name in (row["scenario"] or "").split(",") if name]
        live_since = self.live_since
        if row["phase"] in {"running", "paused"} and live_since is None:
            live_since = row["wall_time"]
        return replace(
            self,
            run_id=row["run_id"],
            branch=row["branch"],
            phase=row["phase"],
            tick=row["tick"],
            simulation_time=row["simulation_time"],
            start_time=row["start_time"],
            speed_target=row["speed_target"],
            speed_achieved=row["speed_achieved"],
            rate_target=row["rate_target"],
            rate_achieved=row["rate_achieved"],
            reason=row["reason"],
            population=row["population"],
            active_users=row["active_users"],
            scenarios={name: self.scenarios.get(name, "holding") for name in named},
            world=row["world"],
            city=row["city"],
            wall_time=row["wall_time"],
            live_since=live_since,
        )

"""Records of the topic simulation_control, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "simulation_control"
KEY: Final = "run_id"

COMMAND_ISSUED: Final = "command.issued"
ACK_GIVEN: Final = "ack.given"
STATE_CHANGED: Final = "state.changed"
SCENARIO_STARTED: Final = "scenario.started"
SCENARIO_HOLDING: Final = "scenario.holding"
SCENARIO_SETTLING: Final = "scenario.settling"
SCENARIO_SETTLED: Final = "scenario.settled"
SNAPSHOT_CREATED: Final = "snapshot.created"

COLUMNS: Final = (
    "event_id",
    "event_type",
    "run_id",
    "branch",
    "simulation_time",
    "world",
    "city",
    "user_id",
    "source",
    "correlation_id",
    "cause_id",
    "command_id",
    "command",
    "target",
    "parameters",
    "issued_by",
    "wall_time",
    "status",
    "reason",
    "effective_time",
    "result",
    "phase",
    "tick",
    "start_time",
    "speed_target",
    "speed_achieved",
    "population",
    "active_users",
    "scenario",
    "scenario_phase",
    "snapshot_id",
    "rate_target",
    "rate_achieved",
)


class SimulationControlRow(TypedDict):
    """Commands, their acknowledgements, and the state of the simulation.

    Times are microseconds since 1970 UTC.
    """

    event_id: str
    event_type: str
    run_id: str
    branch: int
    simulation_time: int
    world: str
    city: str
    user_id: str | None
    source: str
    correlation_id: str | None
    cause_id: str | None
    command_id: str | None
    command: str | None
    target: str | None
    parameters: str | None
    issued_by: str | None
    wall_time: int | None
    status: str | None
    reason: str | None
    effective_time: int | None
    result: str | None
    phase: str | None
    tick: int | None
    start_time: int | None
    speed_target: float | None
    speed_achieved: float | None
    population: int | None
    active_users: int | None
    scenario: str | None
    scenario_phase: str | None
    snapshot_id: str | None
    rate_target: float | None
    rate_achieved: float | None

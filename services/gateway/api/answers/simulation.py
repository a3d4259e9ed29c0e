"""State of the simulation, acknowledgements of commands, series for charts."""

from typing import Any, Literal

from services.gateway.api.answers.answer import Answer, Time

Phase = Literal["unknown", "starting", "backfill", "running", "paused", "stopped"]
ScenarioPhase = Literal["ramping", "holding", "settling", "settled"]


class HeldScenario(Answer):
    """A scenario that holds."""

    name: str
    phase: ScenarioPhase


class Pace(Answer):
    """Clock, pace and people; null is what the simulator has not said yet."""

    phase: Phase
    simulation_time: Time | None
    speed_target: float | None
    """Simulated seconds a second asked for; 0 is as fast as possible."""
    speed_achieved: float | None
    rate_target: float | None
    """Events a second aimed at; null where the speed decides."""
    rate_achieved: float | None
    """Events a second that the simulator published."""
    reason: str | None
    """For whom or what the simulator waits, or where it travels."""
    population: int | None
    active_users: int | None
    scenario: str | None
    """Names of the scenarios that hold, with commas."""


class SimulationState(Pace):
    """What the simulator says of itself, and whether that is current."""

    run_id: str | None
    branch: int | None
    tick: int | None
    start_time: Time | None
    scenarios: list[HeldScenario]
    world: str
    city: str | None
    time_zone: str | None
    """Of the city's clock, as its venues say it."""
    caught_up: bool
    """Whether the gateway has read every topic to its end."""
    connected: bool
    """Whether Kafka answers."""
    wall_time: Time


class Brief(Pace):
    """Rates and clock."""

    events_per_second: float
    bookings_per_minute: float
    recommendations_per_second: float


class Scenario(Answer):
    """A scenario that can be started."""

    id: str
    title: str
    description: str
    world: str
    phase: ScenarioPhase | None
    """Null where it does not hold."""


class Scenarios(Answer):
    """Every scenario."""

    scenarios: list[Scenario]


class Acknowledgement(Answer):
    """What the simulator says to a command."""

    command_id: str
    command: str
    status: Literal["accepted", "rejected"]
    by: str
    reason: str | None
    effective_time: Time | None
    result: dict[str, Any] | None
    """Members depend on the command: docs/simulation.md lists them."""
    latency_ms: float


class TimeRange(Answer):
    """Ends of a range of simulated time; null where it is open or nothing is known yet."""

    start: Time | None
    end: Time | None


class Point(Answer):
    """A figure of one closed window."""

    timestamp: Time
    value: float
    normalized: float
    """0 to 100 of the range of its own series."""


class TruthMark(Answer):
    """Something that is known to have happened."""

    id: str
    timestamp: Time
    ends_at: Time | None
    title: str | None
    kind: str


class History(Answer):
    """Series by name (`metric` or `metric.dimension.value`)."""

    timeRange: TimeRange  # noqa: N815 - the name that readers know
    streams: dict[str, list[Point]]
    events: list[TruthMark]
    complete: bool
    """Whether all that was asked for is still held."""


_PACE = {
    "phase": "running",
    "simulation_time": "2024-06-07T18:01:00.000000Z",
    "speed_target": 60.0,
    "speed_achieved": 59.7,
    "rate_target": None,
    "rate_achieved": 41.5,
    "reason": None,
    "population": 2000,
    "active_users": 143,
    "scenario": "lunch_rush",
}
STATE = {
    "run_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "branch": 3,
    "tick": 2881,
    "start_time": "2024-06-05T18:00:00.000000Z",
    "scenarios": [{"name": "lunch_rush", "phase": "holding"}],
    "world": "dining",
    "city": "new_york",
    "time_zone": "America/New_York",
    "caught_up": True,
    "connected": True,
    "wall_time": "2026-01-01T12:00:00.000000Z",
    **_PACE,
}
BRIEF = {**_PACE, "events_per_second": 41.5, "bookings_per_minute": 12.4, "recommendations_per_second": 3.2}
SCENARIOS = {
    "scenarios": [
        {
            "id": "lunch_rush",
            "title": "Lunch rush",
            "description": "Offices empty at noon; restaurants and cafes fill, tables run short.",
            "world": "dining",
            "phase": None,
        }
    ]
}
ACK = {
    "command_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "command": "speed",
    "status": "accepted",
    "by": "simulator",
    "reason": None,
    "effective_time": "2024-06-07T18:01:00.000000Z",
    "result": {"multiplier": 120.0},
    "latency_ms": 84.1,
}
HISTORY = {
    "timeRange": {"start": "2024-06-07T17:00:00.000000Z", "end": "2024-06-07T18:00:00.000000Z"},
    "streams": {"events": [{"timestamp": "2024-06-07T17:00:00.000000Z", "value": 812.0, "normalized": 52.0}]},
    "events": [
        {
            "id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
            "timestamp": "2024-06-07T17:30:00.000000Z",
            "ends_at": None,
            "title": "lunch_rush",
            "kind": "truth.scenario_window",
        }
    ],
    "complete": True,
}

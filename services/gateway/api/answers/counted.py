"""Figures that the gateway counts itself."""

from services.gateway.api.answers.answer import Answer, Time
from services.gateway.api.answers.simulation import BRIEF, STATE, Brief, HeldScenario, SimulationState


class ServiceHealth(Answer):
    """Whether a service was heard lately."""

    alive: bool
    last_heartbeat_seconds: float | None
    instances: int


class Latency(Answer):
    """Milliseconds from a record's timestamp to its fan-out."""

    p50: float | None
    p99: float | None
    count: int


class Stats(SimulationState, Brief):
    """Everything the gateway counts, of the live branch."""

    events: dict[str, dict[str, int]]
    """How many of each event type, by topic."""
    totals: dict[str, int]
    topic_rates: dict[str, float]
    """Records a second, by topic."""
    conversion: dict[str, int]
    """Steps of the funnel, the first first."""
    dlq: dict[str, int]
    """Dead letters, by the topic they came from."""
    lag: dict[str, int]
    """Records that each service has yet to handle."""
    services: dict[str, ServiceHealth]
    latency_ms: Latency
    clients: dict[str, int]
    """Who listens, by kind of connection."""


class Sample(Answer):
    """What was counted in one second."""

    wall_time: Time
    simulation_time: Time | None
    events_per_second: float
    bookings_per_minute: float
    recommendations_per_second: float
    active_users: int | None
    population: int | None
    scenarios: list[HeldScenario]
    topic_rates: dict[str, float]
    conversion: dict[str, int]
    dlq: dict[str, int]
    lag: dict[str, int]
    latency_ms: Latency


class Course(Answer):
    """How the figures of the live branch went in the last minutes, oldest first."""

    run_id: str | None
    branch: int | None
    samples: list[Sample]


STATS = {
    **STATE,
    **BRIEF,
    "events": {"bookings": {"booking.confirmed": 640}},
    "totals": {"events": 812_000, "users": 2000, "venues": 120},
    "topic_rates": {"bookings": 0.2},
    "conversion": {"sessions": 9120, "views": 40_112, "bookings_confirmed": 640},
    "dlq": {"bookings": 0},
    "lag": {"booking": 3},
    "services": {"booking": {"alive": True, "last_heartbeat_seconds": 1.2, "instances": 1}},
    "latency_ms": {"p50": 41.0, "p99": 120.5, "count": 4812},
    "clients": {"stream": 2, "control": 1, "sse": 0},
}
COURSE = {
    "run_id": STATE["run_id"],
    "branch": STATE["branch"],
    "samples": [{name: STATS[name] for name in Sample.model_fields}],
}

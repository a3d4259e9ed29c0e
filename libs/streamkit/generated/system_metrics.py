"""Records of the topic system_metrics, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "system_metrics"
KEY: Final = "source"

SERVICE_HEARTBEAT: Final = "service.heartbeat"
SERVICE_PROGRESS: Final = "service.progress"
SIMULATOR_TICK: Final = "simulator.tick"
AGGREGATE_WINDOW_CLOSED: Final = "aggregate.window_closed"
ANOMALY_DETECTED: Final = "anomaly.detected"
NOTIFICATION_DISPATCHED: Final = "notification.dispatched"
ACCEPTANCE_MEASURED: Final = "acceptance.measured"

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
    "instance",
    "wall_time",
    "tick",
    "positions",
    "metric",
    "dimension",
    "dimension_value",
    "window_start",
    "window_end",
    "version",
    "count",
    "value",
    "score",
    "speed_target",
    "speed_achieved",
    "active_users",
    "booking_id",
    "text",
)


class SystemMetricsRow(TypedDict):
    """What the services measure of themselves and of the city.

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
    instance: str | None
    wall_time: int | None
    tick: int | None
    positions: str | None
    metric: str | None
    dimension: str | None
    dimension_value: str | None
    window_start: int | None
    window_end: int | None
    version: int | None
    count: int | None
    value: float | None
    score: float | None
    speed_target: float | None
    speed_achieved: float | None
    active_users: int | None
    booking_id: str | None
    text: str | None

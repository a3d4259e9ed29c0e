"""Records of the topic requests, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "requests"
KEY: Final = "subject"

REQUEST_MADE: Final = "request.made"

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
    "request_id",
    "subject",
    "owner",
    "kind",
    "parameters",
    "deadline",
    "wall_time",
)


class RequestsRow(TypedDict):
    """Questions from the gateway to the service that owns the answer.

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
    request_id: str
    subject: str
    owner: str
    kind: str
    parameters: str | None
    deadline: int
    wall_time: int

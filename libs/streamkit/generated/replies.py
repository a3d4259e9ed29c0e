"""Records of the topic replies, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "replies"
KEY: Final = "request_id"

REPLY_GIVEN: Final = "reply.given"

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
    "status",
    "reason",
    "payload",
    "wall_time",
)


class RepliesRow(TypedDict):
    """Answers to requests.

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
    status: str
    reason: str | None
    payload: str | None
    wall_time: int

"""Records of the topic replay, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "replay"
KEY: Final = "replay_id"

RECORD_REPLAYED: Final = "record.replayed"

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
    "replay_id",
    "replayed_topic",
    "replayed_event_id",
    "position",
    "payload",
)


class ReplayRow(TypedDict):
    """Records told again for people who watch.

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
    replay_id: str
    replayed_topic: str
    replayed_event_id: str | None
    position: int
    payload: str | None

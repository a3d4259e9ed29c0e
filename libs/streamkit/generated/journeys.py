"""Records of the topic journeys, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "journeys"
KEY: Final = "user_id"

MILESTONE_REACHED: Final = "milestone.reached"
FUNNEL_STAGE_CHANGED: Final = "funnel.stage_changed"

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
    "milestone",
    "stage",
    "previous_stage",
    "since_previous_seconds",
    "venue_id",
)


class JourneysRow(TypedDict):
    """Milestones and funnel stage of each person.

    Times are microseconds since 1970 UTC.
    """

    event_id: str
    event_type: str
    run_id: str
    branch: int
    simulation_time: int
    world: str
    city: str
    user_id: str
    source: str
    correlation_id: str | None
    cause_id: str | None
    milestone: str | None
    stage: str | None
    previous_stage: str | None
    since_previous_seconds: int | None
    venue_id: str | None

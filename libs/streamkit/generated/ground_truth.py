"""Records of the topic ground_truth, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "ground_truth"
KEY: Final = "cause_id"

TRUTH_SCENARIO_WINDOW: Final = "truth.scenario_window"
TRUTH_EXTERNAL_EVENT: Final = "truth.external_event"
TRUTH_RED_HERRING: Final = "truth.red_herring"
TRUTH_SUPPRESSED: Final = "truth.suppressed"
TRUTH_IMPERFECTION: Final = "truth.imperfection"

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
    "kind",
    "name",
    "starts_at",
    "ends_at",
    "subject_event_type",
    "subject_event_id",
    "subject_topic",
    "venue_id",
    "parameters",
)


class GroundTruthRow(TypedDict):
    """What really caused what, for people who train detectors; no service of the city reads it.

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
    kind: str | None
    name: str | None
    starts_at: int | None
    ends_at: int | None
    subject_event_type: str | None
    subject_event_id: str | None
    subject_topic: str | None
    venue_id: str | None
    parameters: str | None

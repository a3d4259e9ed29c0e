"""Records of the topic recommendations, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "recommendations"
KEY: Final = "user_id"

RECOMMENDATION_GENERATED: Final = "recommendation.generated"
COMPATIBILITY_CALCULATED: Final = "compatibility.calculated"

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
    "list_id",
    "rank",
    "item_kind",
    "venue_id",
    "other_user_id",
    "score",
    "distance_km",
    "reason_1",
    "reason_2",
    "reason_3",
    "taste_similarity",
    "mutual_friends",
    "trigger",
    "model_version",
    "candidates_considered",
)


class RecommendationsRow(TypedDict):
    """What the recommender proposes, one record an item of a list.

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
    list_id: str | None
    rank: int | None
    item_kind: str | None
    venue_id: str | None
    other_user_id: str | None
    score: float
    distance_km: float | None
    reason_1: str | None
    reason_2: str | None
    reason_3: str | None
    taste_similarity: float | None
    mutual_friends: int | None
    trigger: str | None
    model_version: str | None
    candidates_considered: int | None

"""What the recommender proposes."""

from typing import Literal

from services.gateway.api.answers.answer import Absent, Answer
from services.gateway.api.answers.records import RECORD, CityRecord


class LatestRecommendations(Answer):
    """What was recommended to a person last, newest first."""

    user_id: str
    recommendations: list[CityRecord]


class _Proposal(Answer):
    rank: int
    name: str
    score: float
    distance_km: float
    candidates_considered: int
    reason_1: str | Absent = None
    """The strongest of at most three."""
    reason_2: str | Absent = None
    reason_3: str | Absent = None


class VenuePick(_Proposal):
    """A venue for a person."""

    item_kind: Literal["venue"]
    venue_id: str
    taste_similarity: float
    mutual_friends: int
    """Friends who were there."""
    model_version: str


class PersonMatch(_Proposal):
    """Somebody to get on with."""

    item_kind: Literal["person"]
    other_user_id: str
    taste_similarity: float
    mutual_friends: int
    activity_match: float
    openness: float


class GroupPick(_Proposal):
    """A venue for several people."""

    item_kind: Literal["venue"]
    venue_id: str
    member_scores: dict[str, float]
    model_version: str


class InterestTaken(Answer):
    """The event that says so."""

    event_id: str


_PICK = {
    "rank": 1,
    "name": "Bar Luce",
    "score": 0.83,
    "distance_km": 1.2,
    "candidates_considered": 64,
    "reason_1": "You like Italian",
}
LATEST = {
    "user_id": "u0000123",
    "recommendations": [
        {**RECORD, "topic": "recommendations", "event_type": "recommendation.generated", "source": "recommender"}
    ],
}
VENUE_PICKS = [
    {
        **_PICK,
        "item_kind": "venue",
        "venue_id": "v00012",
        "taste_similarity": 0.77,
        "mutual_friends": 2,
        "model_version": "2024-06",
    }
]
PERSON_MATCHES = [
    {
        **_PICK,
        "name": "Bo Lind",
        "reason_1": "2 friends in common",
        "item_kind": "person",
        "other_user_id": "u0000456",
        "taste_similarity": 0.77,
        "mutual_friends": 2,
        "activity_match": 0.6,
        "openness": 0.5,
    }
]
GROUP_PICKS = [
    {
        **_PICK,
        "item_kind": "venue",
        "venue_id": "v00012",
        "member_scores": {"u0000001": 0.9, "u0000002": 0.76},
        "reason_1": "Mean 0.83, least happy 0.76",
        "reason_2": "1.2 km from the middle of the group",
        "reason_3": "Within the smallest purse (tier 2)",
        "model_version": "2024-06",
    }
]
INTEREST = {"event_id": "01hzx5w8q2y4n6r8t0v2x4z6b8"}

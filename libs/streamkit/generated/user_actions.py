"""Records of the topic user_actions, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "user_actions"
KEY: Final = "user_id"

USER_REGISTERED: Final = "user.registered"
PROFILE_COMPLETED: Final = "profile.completed"
SESSION_STARTED: Final = "session.started"
SESSION_ENDED: Final = "session.ended"
VENUE_BROWSED: Final = "venue.browsed"
VENUE_VIEWED: Final = "venue.viewed"
SEARCH_PERFORMED: Final = "search.performed"
VENUE_SAVED: Final = "venue.saved"
VENUE_LIKED: Final = "venue.liked"
FRIENDS_CHECKED: Final = "friends.checked"
INTEREST_EXPRESSED: Final = "interest.expressed"
RECOMMENDATION_ACCEPTED: Final = "recommendation.accepted"
RECOMMENDATION_IGNORED: Final = "recommendation.ignored"
VISIT_STARTED: Final = "visit.started"
VISIT_ENDED: Final = "visit.ended"
REVIEW_SUBMITTED: Final = "review.submitted"
USER_BECAME_REGULAR: Final = "user.became_regular"
ROUTINE_FORMED: Final = "routine.formed"
USER_DORMANT: Final = "user.dormant"
USER_RETURNED: Final = "user.returned"
USER_CHURNED: Final = "user.churned"

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
    "session_id",
    "latitude",
    "longitude",
    "venue_id",
    "query",
    "preferred_time",
    "party_size",
    "recommendation_id",
    "booking_id",
    "visit_id",
    "rating",
    "spend_minor",
    "duration_seconds",
)


class UserActionsRow(TypedDict):
    """What people do in the app and at the tables.

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
    session_id: str | None
    latitude: float | None
    longitude: float | None
    venue_id: str | None
    query: str | None
    preferred_time: int | None
    party_size: int | None
    recommendation_id: str | None
    booking_id: str | None
    visit_id: str | None
    rating: int | None
    spend_minor: int | None
    duration_seconds: int | None

"""Records of the topic users, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "users"
KEY: Final = "user_id"

USER_UPDATED: Final = "user.updated"

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
    "name",
    "username",
    "email",
    "avatar_url",
    "persona",
    "is_simulated",
    "lifecycle",
    "registered_at",
    "borough",
    "home_latitude",
    "home_longitude",
    "work_latitude",
    "work_longitude",
    "price_tier",
    "openness",
    "group_size",
    "favourite_ambiance",
    "dietary",
    "friend_ids",
)


class UsersRow(TypedDict):
    """Latest row of each person.

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
    name: str
    username: str
    email: str
    avatar_url: str | None
    persona: str
    is_simulated: bool
    lifecycle: str
    registered_at: int
    borough: str | None
    home_latitude: float
    home_longitude: float
    work_latitude: float | None
    work_longitude: float | None
    price_tier: float
    openness: float
    group_size: float
    favourite_ambiance: str | None
    dietary: str | None
    friend_ids: str | None

"""Records of the topic social_interactions, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "social_interactions"
KEY: Final = "user_id"

FRIEND_REQUESTED: Final = "friend.requested"
FRIEND_ACCEPTED: Final = "friend.accepted"
INVITE_SENT: Final = "invite.sent"
INVITE_ACCEPTED: Final = "invite.accepted"
INVITE_DECLINED: Final = "invite.declined"
INVITE_EXPIRED: Final = "invite.expired"
GROUP_FORMED: Final = "group.formed"
GROUP_DISBANDED: Final = "group.disbanded"

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
    "other_user_id",
    "invite_id",
    "group_id",
    "member_ids",
    "venue_id",
    "planned_time",
    "party_size",
    "compatibility",
    "latency_seconds",
)


class SocialInteractionsRow(TypedDict):
    """Friendships, invitations and groups.

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
    other_user_id: str | None
    invite_id: str | None
    group_id: str | None
    member_ids: str | None
    venue_id: str | None
    planned_time: int | None
    party_size: int | None
    compatibility: float | None
    latency_seconds: int | None

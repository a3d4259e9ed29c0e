"""People, their tastes, and whom they know."""

from services.gateway.api.answers.answer import Answer, Time


class User(Answer):
    """A person in a list."""

    user_id: str
    name: str
    username: str
    avatar_url: str
    persona: str
    is_simulated: bool
    lifecycle: str
    registered_at: Time
    borough: str | None
    home_latitude: float
    home_longitude: float
    price_tier: float
    openness: float
    group_size: float
    dietary: str | None
    friend_count: int


class Users(Answer):
    """A page of people by id."""

    users: list[User]
    next_cursor: str | None
    total: int


class Preferences(Answer):
    """What a person likes, as learned so far: tastes from 0 to 1, by name."""

    tastes: dict[str, float]
    price_tier: float
    outdoor: float
    version: int
    reason: str | None
    """Of the last change."""
    shift: float | None
    """Size of the last change."""


class UserDetail(User):
    """One person."""

    email: str
    work_latitude: float | None
    work_longitude: float | None
    friend_ids: list[str]
    preferences: Preferences | None


class Friend(Answer):
    """Somebody's friend; null is what is not known of who has left."""

    user_id: str
    name: str | None
    persona: str | None


class Friends(Answer):
    """Friends of one person."""

    user_id: str
    friends: list[Friend]


class Personas(Answer):
    """Ids of everyone, by persona."""

    personas: dict[str, list[str]]


class GraphNode(Answer):
    """A person of the social graph."""

    user_id: str
    name: str
    persona: str
    borough: str | None
    friend_count: int


class SocialGraph(Answer):
    """Friendships as pairs of ids, and how often the two of each pair have dealt with each other."""

    nodes: list[GraphNode]
    edges: list[tuple[str, str]]
    interactions: list[int]


USER = {
    "user_id": "u0000123",
    "name": "Ada Reyes",
    "username": "ada_reyes",
    "avatar_url": "/avatars/u0000123.svg",
    "persona": "foodie_explorer",
    "is_simulated": True,
    "lifecycle": "active",
    "registered_at": "2024-06-05T18:00:00.000000Z",
    "borough": "Brooklyn",
    "home_latitude": 40.68,
    "home_longitude": -73.97,
    "price_tier": 2.1,
    "openness": 0.62,
    "group_size": 2.8,
    "dietary": None,
    "friend_count": 1,
}
USERS = {"users": [USER], "next_cursor": "u0000123", "total": 2000}
DETAIL = {
    **USER,
    "email": "u0000123@example.com",
    "work_latitude": None,
    "work_longitude": None,
    "friend_ids": ["u0000456"],
    "preferences": {
        "tastes": {"italian": 0.71, "japanese": 0.44},
        "price_tier": 2.1,
        "outdoor": 0.5,
        "version": 12,
        "reason": "visit",
        "shift": 0.0123,
    },
}
FRIENDS = {"user_id": "u0000123", "friends": [{"user_id": "u0000456", "name": "Bo Lind", "persona": "night_owl"}]}
PERSONAS = {"personas": {"foodie_explorer": ["u0000123"]}}
GRAPH = {
    "nodes": [
        {"user_id": "u0000001", "name": "Ada Reyes", "persona": "night_owl", "borough": None, "friend_count": 1},
        {"user_id": "u0000002", "name": "Bo Lind", "persona": "night_owl", "borough": "Queens", "friend_count": 1},
    ],
    "edges": [["u0000001", "u0000002"]],
    "interactions": [7],
}

"""Running the city: snapshots, replays, channels, dead letters, and who one is."""

from typing import Literal

from pydantic import Field

from services.gateway.api.answers.answer import Answer, Time
from services.gateway.api.answers.records import RECORD, CityRecord
from services.gateway.api.answers.simulation import ACK, Acknowledgement


class SavedSnapshot(Answer):
    """A moment of the city that was saved."""

    snapshot_id: str
    name: str
    description: str
    tick: int
    simulation_time: Time
    bytes: int
    services: list[str]


class ListedSnapshot(SavedSnapshot):
    """A snapshot, and whether it can be returned to."""

    run_id: str
    branch: int
    population: int
    restorable: bool
    reason: str | None
    """Why not."""


class Snapshots(Answer):
    """The newest snapshots by simulated time, and how many there are."""

    snapshots: list[ListedSnapshot]
    total: int


class SnapshotAcknowledgement(Acknowledgement):
    """What the simulator says once everything is saved."""

    result: SavedSnapshot  # type: ignore[assignment]  # narrower


class RunningReplay(Answer):
    """A replay, and how far it is."""

    replay_id: str
    status: Literal["running", "finished", "stopped", "failed"]
    topics: list[str]
    from_: Time = Field(alias="from")
    to: Time
    speed: float | Literal["max"]
    """Simulated seconds a second."""
    event_types: list[str] | None
    user_id: str | None
    venue_id: str | None
    told: int
    at: Time | None
    reason: str | None


class Replays(Answer):
    """Replays, newest first."""

    replays: list[RunningReplay]


class Channel(Answer):
    """A channel: a topic that people may watch."""

    name: str
    aliases: list[str]
    purpose: str
    event_types: list[str]
    position: str
    held: int
    """Records in the gateway's memory."""


class Channels(Answer):
    """Every channel."""

    channels: list[Channel]


class ChannelPage(Answer):
    """Records of a channel, newest first."""

    channel: str
    events: list[CityRecord]
    position: str | None
    """Of the newest; null on `all`."""
    before: str | None
    """Leads to older ones; null where there are none."""
    complete: bool
    """Whether every record that matches is still held or here."""


class LetterCount(Answer):
    """How many."""

    records: int


class LetterCounts(Answer):
    """Dead letters by the topic they came from."""

    topics: dict[str, LetterCount]
    total: int


class LetterSource(Answer):
    """Where the original stands; -1 where no header says."""

    topic: str
    partition: int
    offset: int


class DeadLetter(Answer):
    """A record that a service could not read."""

    partition: int
    offset: int
    timestamp: Time
    error: str
    reason: str
    group: str
    source: LetterSource
    key: str | None
    value_bytes: int | None
    value: str | None
    """Base64 of the first 4 KiB."""


class DeadLetters(Answer):
    """The newest dead letters of a topic."""

    topic: str
    letters: list[DeadLetter]
    total: int


class Identity(Answer):
    """How the gateway is guarded, and who the caller is."""

    mode: Literal["demo", "token"]
    reading: Literal["viewer", "anyone"]
    authenticated: bool
    """Whether the caller may control."""
    name: str | None
    role: Literal["viewer", "operator", "admin"] | None


class Ticket(Answer):
    """Opens one WebSocket or stream: `?ticket=…`."""

    ticket: str
    expires_in_seconds: float


_NOON = "2024-06-07T16:00:00.000000Z"
SAVED = {
    "snapshot_id": "before-lunch",
    "name": "before-lunch",
    "description": "an ordinary morning",
    "tick": 2881,
    "simulation_time": "2024-06-07T18:01:00.000000Z",
    "bytes": 1_204_224,
    "services": ["simulator", "booking", "recommender", "analytics"],
}
SNAPSHOTS = {
    "snapshots": [
        {
            **SAVED,
            "run_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
            "branch": 3,
            "population": 2000,
            "restorable": True,
            "reason": None,
        }
    ],
    "total": 1,
}
SNAPSHOT_ACK = {**ACK, "command": "snapshot.create", "result": SAVED}
REPLAY = {
    "replay_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "status": "running",
    "topics": ["bookings"],
    "from": _NOON,
    "to": "2024-06-07T18:00:00.000000Z",
    "speed": 60.0,
    "event_types": None,
    "user_id": None,
    "venue_id": None,
    "told": 0,
    "at": None,
    "reason": None,
}
REPLAYS = {"replays": [REPLAY]}
CHANNELS = {
    "channels": [
        {
            "name": "bookings",
            "aliases": [],
            "purpose": "Reservations and what becomes of them",
            "event_types": ["booking.requested", "booking.confirmed"],
            "position": "k3x9m2q7:1.2.3.4",
            "held": 812,
        }
    ]
}
CHANNEL_PAGE = {
    "channel": "bookings",
    "events": [RECORD],
    "position": "k3x9m2q7:1.2.3.4",
    "before": None,
    "complete": True,
}
LETTER_COUNTS = {"topics": {"bookings": {"records": 0}}, "total": 0}
LETTERS = {
    "topic": "bookings",
    "letters": [
        {
            "partition": 2,
            "offset": 17,
            "timestamp": "2024-06-07T18:01:00.000000Z",
            "error": "UnknownSchema",
            "reason": "no schema has the id 4711",
            "group": "luna-analytics",
            "source": {"topic": "bookings", "partition": 2, "offset": 4711},
            "key": "v00012",
            "value_bytes": 9,
            "value": "AAAAEmcAAAAA",
        }
    ],
    "total": 1,
}
IDENTITY = {"mode": "demo", "reading": "anyone", "authenticated": True, "name": "demo", "role": "admin"}
TICKET = {"ticket": "3q2-7wAAf0…", "expires_in_seconds": 30.0}

"""Records of topics as the API tells them. Their columns are those of the contracts: the document adds them."""

from typing import Literal

from services.gateway.api.answers.answer import Absent, Answer, Time


class CityRecord(Answer):
    """A record of any topic, with its columns that are not null and the names of its people and its venue."""

    topic: str
    partition: int
    offset: int
    record_timestamp: int | Absent = None
    """Kafka's, in milliseconds; the event store does not keep it."""
    schema_id: int | Absent = None
    """In the registry, that the record was written by."""
    event_id: str
    event_type: str
    simulation_time: Time
    run_id: str | Absent = None
    branch: int | Absent = None
    world: str | Absent = None
    city: str | Absent = None
    source: str | Absent = None
    user_name: str | Absent = None
    other_user_name: str | Absent = None
    venue_name: str | Absent = None
    unreadable: str | Absent = None
    """Why the event store cannot read the bytes it keeps: such a record has hardly any other column."""


class StoryRecord(CityRecord):
    """A record of a story: how far it is from the event that was asked about, and how it was found."""

    depth: int
    """Steps: below 0 what led to the event, above 0 what came of it."""
    relation: Literal["asked", "led_to_it", "came_of_it", "same_booking"]


class JourneyRecord(CityRecord):
    """A record of a person's life."""

    part: Literal["action", "social", "booking", "recommendation", "milestone", "taste", "received"]


RECORDS = (CityRecord, StoryRecord, JourneyRecord)

RECORD = {
    "topic": "bookings",
    "partition": 2,
    "offset": 4711,
    "record_timestamp": 1_767_268_800_000,
    "schema_id": 12,
    "event_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "event_type": "booking.confirmed",
    "run_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "branch": 3,
    "simulation_time": "2024-06-07T18:01:00.000000Z",
    "world": "dining",
    "city": "new_york",
    "source": "booking",
    "user_id": "u0000123",
    "user_name": "Ada Reyes",
    "venue_id": "v00012",
    "venue_name": "Bar Luce",
    "booking_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "party_size": 2,
}
STORED = {name: value for name, value in RECORD.items() if name != "record_timestamp"}

"""A small city in which everything is as it must be, record by record; tests break one thing at a time."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.laws.reading import Reading, Record
from tests.laws.wire import KEYED_BY, TOPICS, murmur2

NOON = dt.datetime(2026, 6, 5, 16, tzinfo=dt.UTC)
"""A Friday, 12:00 in New York."""

OPEN_AT_DAY = ",".join(f"{11 * 60}-{23 * 60}" for _ in range(7))
COMMON: Mapping[str, Any] = {
    "run_id": "run", "branch": 1, "world": "dining", "city": "new_york", "correlation_id": None, "cause_id": None,
}  # fmt: skip


def told(topic: str, event_type: str, event_id: str, minute: float, **columns: Any) -> Record:
    """One record, ``minute`` after noon, on the partition that its key belongs to."""
    kinds = TOPICS["topics"][topic]["events"][event_type]
    producer = kinds["producer"] if isinstance(kinds["producer"], str) else kinds["producer"][0]
    moment = NOON + dt.timedelta(minutes=minute)
    value: dict[str, Any] = {
        name: None for event in TOPICS["topics"][topic]["events"].values() for name in event["sets"]
    }
    value |= dict.fromkeys(kinds["sets"], "-")
    value |= {**COMMON, "event_id": event_id, "event_type": event_type, "simulation_time": moment, "source": producer}
    value |= {"user_id": "u0000001", "session_id": None, "booking_id": None} | columns
    key = str(value[KEYED_BY[topic]]).encode()
    return Record(topic, (murmur2(key) & 0x7FFFFFFF) % TOPICS["partitions"], 0, key, value, repr(value).encode())


def story() -> dict[str, Record]:
    """A visit with a friend, from the session that began it to the review, by name."""
    ada, ben, place = "u0000001", "u0000002", "v00001"
    booking: dict[str, Any] = {"user_id": ada, "venue_id": place, "booking_id": "b1", "party_size": 2}
    table: dict[str, Any] = {
        "start_time": NOON + dt.timedelta(hours=2), "duration_minutes": 90, "tables": "1", "seats": 2,
    }  # fmt: skip
    other: dict[str, Any] = {"user_id": ben, "venue_id": place, "booking_id": "b2", "party_size": 2}
    item = {"user_id": ada, "venue_id": place}
    visit = {"user_id": ada, "venue_id": place, "visit_id": "visit"}
    records = {
        "venue": told(
            "venues", "venue.updated", "venue", 0, venue_id=place, seats=4, tables="2,2",
            opening_hours=OPEN_AT_DAY, time_zone="America/New_York",
        ),
        "window": told("ground_truth", "truth.scenario_window", "window", 0, cause_id="cause"),
        "session": told("user_actions", "session.started", "s1", 1, session_id="s1"),
        "view": told("user_actions", "venue.viewed", "view", 2, session_id="s1", venue_id=place, cause_id="cause"),
        "item": told("recommendations", "recommendation.generated", "item", 1, **item),
        "accepted": told(
            "user_actions", "recommendation.accepted", "accepted", 3, session_id="s1", recommendation_id="item"
        ),
        "invite": told(
            "social_interactions", "invite.sent", "invite", 4, user_id=ada, other_user_id=ben, invite_id="invite"
        ),
        "answer": told(
            "social_interactions", "invite.accepted", "answer", 5, user_id=ben, other_user_id=ada, invite_id="invite"
        ),
        "request": told("bookings", "booking.requested", "b1", 6, **booking),
        "confirmed": told("bookings", "booking.confirmed", "c1", 6, **booking, **table, confirmation_code="LUNA"),
        "other request": told("bookings", "booking.requested", "b2", 7, **other),
        "other confirmed": told(
            "bookings", "booking.confirmed", "c2", 7, **other, **{**table, "tables": "2"}, confirmation_code="TERN"
        ),
        "visit": told("user_actions", "visit.started", "visit", 120, **visit, booking_id="b1", party_size=2),
        "left": told("user_actions", "visit.ended", "left", 200, **visit),
        "review": told("user_actions", "review.submitted", "review", 300, **visit, session_id="s1", rating=5),
    }  # fmt: skip
    return {name: replace(record, offset=offset) for offset, (name, record) in enumerate(records.items())}


Change = Callable[[dict[str, Record]], None]


def without(name: str) -> Change:
    """The story without one record."""

    def change(records: dict[str, Record]) -> None:
        del records[name]

    return change


def altered(name: str, **columns: Any) -> Change:
    """The story with other values in one record."""

    def change(records: dict[str, Record]) -> None:
        value = {**records[name].value, **columns}
        records[name] = replace(records[name], value=value, raw=repr(value).encode())

    return change


def moved(name: str, minute: float) -> Change:
    """The story with one record at another time."""
    return altered(name, simulation_time=NOON + dt.timedelta(minutes=minute))


def again(name: str, event_id: str, **columns: Any) -> Change:
    """The story with one record told once more, at the end, under another id."""

    def change(records: dict[str, Record]) -> None:
        value = {**records[name].value, **columns, "event_id": event_id}
        records[event_id] = replace(records[name], value=value, raw=repr(value).encode(), offset=len(records))

    return change


def elsewhere(name: str, **fields: Any) -> Change:
    """The story with one record as it is, but under another key or on another partition."""

    def change(records: dict[str, Record]) -> None:
        records[name] = replace(records[name], **fields)

    return change


def reading(*changes: Change) -> Reading:
    """What an outside consumer has of the changed story."""
    records = story()
    for change in changes:
        change(records)
    return Reading.of(records.values())

"""Small cities, written by hand, for the recommender's tests."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import polars as pl

from services.recommender.data_files import load_weights
from services.recommender.domain.places import TASTES
from services.recommender.handlers import Recommender
from services.recommender.snapshots import SnapshotStore
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

FRIDAY_18H_US = 1_780_696_800_000_000
"""Friday 2026-06-05 18:00 in New York, 22:00 UTC, in µs."""

MINUTE_US = 60_000_000

Row: TypeAlias = dict[str, object]

OPTIONAL: Mapping[str, object] = {
    "correlation_id": None, "cause_id": None, "venue_id": None, "session_id": None, "recommendation_id": None,
    "latitude": None, "longitude": None, "preferred_time": None, "value": None, "condition": None,
    "delay_minutes": None, "wall_time": None, "rating": None, "other_user_id": None, "member_ids": None,
    "start_time": None, "seats": None, "party_size": None, "booking_id": None, "name": None, "radius_km": None,
    "starts_at": None, "ends_at": None, "target": None, "parameters": None, "snapshot_id": None, "command": None,
    "command_id": None,
}  # fmt: skip


def record(event_type: str, user_id: str | None = None, *, minute: int = 0, branch: int = 0, **columns: object) -> Row:
    """A record with its common columns."""
    return {
        **OPTIONAL,
        "event_id": f"{event_type}/{user_id}/{minute}/{sorted(columns.items())}",
        "event_type": event_type,
        "run_id": "run",
        "branch": branch,
        "simulation_time": FRIDAY_18H_US + minute * MINUTE_US,
        "world": "dining",
        "city": "new_york",
        "user_id": user_id,
        "source": "simulator",
        **columns,
    }


def batch(topic: str, *rows: Mapping[str, object], removed: Sequence[str] = ()) -> Batch:
    """A decoded batch of those rows."""
    names = dict.fromkeys(name for row in rows for name in row)
    frame = pl.DataFrame({name: pl.Series(name, [row.get(name) for row in rows], strict=False) for name in names})
    return Batch(topic, frame, np.zeros(len(rows), np.int32), np.arange(len(rows), dtype=np.int64), removed)


def venue(venue_id: str, *, cuisine: str = "italian", branch: int = 0, **columns: object) -> Row:
    """A venue in the middle of town, open every evening."""
    return {
        **record("venue.updated", branch=branch),
        "venue_id": venue_id, "name": f"Chez {venue_id}", "category": "restaurant", "cuisine": cuisine,
        "latitude": 40.75, "longitude": -73.99, "time_zone": "America/New_York", "price_tier": 2, "rating": 4.0,
        "rating_count": 20, "seats": 40, "tables": "4x10", "takes_bookings": True,
        "opening_hours": ",".join(["660-1380"] * 7), "outdoor_seating": False, "ambiance": "casual",
        "features": None, "trending": 0.0, **columns,
    }  # fmt: skip


def user(user_id: str, *, friends: Sequence[str] = (), branch: int = 0, **columns: object) -> Row:
    """A person who lives in the middle of town."""
    return {
        **record("user.updated", user_id, branch=branch),
        "name": f"Name {user_id}", "username": user_id, "email": f"{user_id}@example.com",
        "persona": "social_butterfly",
        "lifecycle": "active", "home_latitude": 40.75, "home_longitude": -73.99, "price_tier": 2.0, "openness": 0.5,
        "dietary": None, "friend_ids": ",".join(friends), **columns,
    }  # fmt: skip


def preferences(user_id: str, **tastes: float) -> Row:
    """Learned tastes, 0.5 where not named."""
    return {
        **record("preference.updated", user_id),
        **{f"taste_{taste}": tastes.get(taste, 0.5) for taste in TASTES},
        "price_tier": 2.0, "outdoor": 0.5,
    }  # fmt: skip


def session(user_id: str, *, minute: int = 10, branch: int = 0) -> Row:
    """Someone opens the app in the middle of town."""
    return record("session.started", user_id, minute=minute, branch=branch, latitude=40.75, longitude=-73.99)


def recommender(
    wall_us: int = 0, snapshots: SnapshotStore | None = None, *, rerank: bool = True, **limits: float
) -> Recommender:
    """The real recommender with the shipped weights, but for the limits named."""
    shipped = load_weights()
    changed = shipped.limits.model_copy(update={"explore_share": 0.0, **limits})
    weights = shipped.model_copy(update={"limits": changed})
    return Recommender(weights, lambda: wall_us, snapshots, rerank=rerank)


def ask(kind: str, parameters: object, *, owner: str = "recommender", deadline: int = 10) -> Row:
    """A question of the gateway."""
    text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    return record(
        "request.made", None, request_id="r1", subject="u1", owner=owner, kind=kind, parameters=text, deadline=deadline
    )


def command(name: str, *, branch: int = 0, target: str = "recommender", **parameters: object) -> Row:
    """A command on simulation_control."""
    return record(
        "command.issued", None, branch=branch, command=name, command_id=f"c-{name}-{branch}", target=target,
        parameters=json.dumps(parameters), wall_time=1,
    )  # fmt: skip


def items(outputs: Sequence[Output], topic: str = "recommendations") -> list[dict[str, object]]:
    """Rows published on a topic; null columns are left out."""
    rows: list[dict[str, object]] = []
    for output in outputs:
        if isinstance(output, Outgoing) and output.topic == topic:
            columns = {name: column for name, column in output.columns.items() if isinstance(column, pl.Series)}
            published = pl.DataFrame(columns).to_dicts()
            rows += [{name: value for name, value in row.items() if value is not None} for row in published]
    return rows

"""Figures that analytics answers."""

from typing import Literal

from pydantic import Field

from services.gateway.api.answers.answer import Absent, Answer, Time


class Wait(Answer):
    """How many waited, and how long in simulated seconds, to 2 %."""

    count: int
    median: float | None
    p90: float | None


class Waits(Answer):
    """Times until an answer."""

    invites: Wait
    bookings: Wait


class Figures(Answer):
    """Figures of a stretch of simulated time. Null is what cannot be divided or added up; absent, what nobody kept."""

    events: int | None
    active_users: int | None = None
    sessions: int | None = None
    invites: int | None = None
    bookings: int | None = None
    bookings_confirmed: int | None = None
    interests: int | None = None
    visits: int | None = None
    reviews: int | None = None
    recommendations: int | None = None
    conversion: float | None = None
    acceptance: float | None = None
    recommendations_per_second: float | None = None
    by_topic: dict[str, int] | None = None
    by_type: dict[str, int] | None = None
    by_persona: dict[str, int] | None = None
    by_category: dict[str, int] | None = None
    by_borough: dict[str, int] | None = None
    events_per_second: float | None = None
    engagement: float | None = None
    registered_users: int | None = None
    average_group_size: float | None = None
    response_seconds: Waits | None = None


class Bucket(Figures, extra="allow"):
    """Figures of one bucket. One of the event store also has the metrics that were published when it was closed."""

    start: Time
    end: Time
    closed: bool
    source: Literal["store"] | Absent = None


class Aggregate(Answer):
    """Figures by bucket. Where `complete` is false those before `figures_from` are missing, and `reason` says why."""

    group_by: Literal["minute", "hour", "day"]
    from_: Time = Field(alias="from")
    to: Time
    filters: dict[str, str]
    buckets: list[Bucket]
    total: Figures
    complete: bool
    figures_from: Time
    reason: str | None


class Social(Answer):
    """The social graph in figures."""

    users: int
    friendships: int
    density: float | None


class Recent(Figures):
    """The city now."""

    window_minutes: int
    now: Time
    closed_until: Time
    lag_seconds: float | None
    """Simulated, between the last tick and what is folded."""
    speed_target: float | None
    speed_achieved: float | None
    wall_events_per_second: float | None
    social: Social


class FunnelStep(Answer):
    """How many come so far, and how long it takes them."""

    step: str
    users: int
    events: int
    conversion: float | None
    continued: float | None
    """Share of the people of the step before; null at the first."""
    median_seconds: float | None
    p90_seconds: float | None


class Funnel(Answer):
    """Steps, the first first."""

    from_: Time = Field(alias="from")
    to: Time
    steps: list[FunnelStep]


class Ranked(Answer):
    """One of the most frequent."""

    id: str
    name: str | None
    """Of a venue; null where it is not known, and of everything else."""
    count: int


class Top(Answer):
    """The most frequent of a kind, most first."""

    what: str
    by: str
    from_: Time = Field(alias="from")
    to: Time
    items: list[Ranked]


class Cell(Answer):
    """A cell of the map, its middle, and how busy it is."""

    cell: str
    latitude: float
    longitude: float
    weight: float
    count: int


class Heatmap(Answer):
    """Cells, heaviest first."""

    kind: Literal["activity", "bookings"]
    now: Time
    window_minutes: int
    half_life_minutes: int
    resolution: int
    cells: list[Cell]


_RANGE = {"from": "2024-06-07T18:00:00.000000Z", "to": "2024-06-07T19:00:00.000000Z"}
_WAIT = {"count": 12, "median": 95.2, "p90": 410.0}
FIGURES = {
    "events": 812,
    "active_users": 63,
    "sessions": 70,
    "invites": 21,
    "bookings": 4,
    "bookings_confirmed": 3,
    "interests": 31,
    "visits": 18,
    "reviews": 2,
    "recommendations": 120,
    "conversion": 0.129032,
    "acceptance": 0.4,
    "recommendations_per_second": 2.0,
    "by_topic": {"user_actions": 700, "bookings": 112},
    "by_type": {"venue.viewed": 700, "booking.requested": 112},
    "events_per_second": 13.533333,
    "engagement": 0.0315,
    "registered_users": 2000,
    "average_group_size": 3.4,
    "response_seconds": {"invites": _WAIT, "bookings": _WAIT},
}
RECENT = {
    **FIGURES,
    "window_minutes": 60,
    "now": "2024-06-07T18:01:00.000000Z",
    "closed_until": "2024-06-07T17:58:00.000000Z",
    "lag_seconds": 60.0,
    "speed_target": 60.0,
    "speed_achieved": 59.7,
    "wall_events_per_second": 41.5,
    "social": {"users": 2000, "friendships": 9_112, "density": 0.00455828},
}
AGGREGATE = {
    "group_by": "hour",
    **_RANGE,
    "filters": {},
    "buckets": [{"start": _RANGE["from"], "end": _RANGE["to"], "closed": True, **FIGURES}],
    "total": FIGURES,
    "complete": True,
    "figures_from": _RANGE["from"],
    "reason": None,
}
FUNNEL = {
    **_RANGE,
    "steps": [
        {
            "step": "interest",
            "users": 61,
            "events": 90,
            "conversion": 0.31,
            "continued": 0.29,
            "median_seconds": 412.0,
            "p90_seconds": 2_400.5,
        }
    ],
}
TOP = {"what": "venues", "by": "visits", **_RANGE, "items": [{"id": "v00012", "name": "Bar Luce", "count": 40}]}
HEATMAP = {
    "kind": "activity",
    "now": "2024-06-07T18:01:00.000000Z",
    "window_minutes": 120,
    "half_life_minutes": 30,
    "resolution": 8,
    "cells": [{"cell": "882a1072b5fffff", "latitude": 40.72, "longitude": -73.99, "weight": 12.5, "count": 31}],
}

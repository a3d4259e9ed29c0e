"""Venues, their surroundings, and whether there is a table."""

from typing import Literal

from services.gateway.api.answers.answer import Answer, Time


class Venue(Answer):
    """A place to go to."""

    venue_id: str
    name: str
    category: str
    cuisine: str | None
    borough: str | None
    latitude: float
    longitude: float
    time_zone: str
    price_tier: int
    rating: float
    rating_count: int
    seats: int
    tables: str
    """Sizes and numbers of tables: `2x10,4x5`."""
    takes_bookings: bool
    opening_hours: str
    """Minutes of the day, Monday first: `660-1380,…`; `-` is closed."""
    outdoor_seating: bool
    ambiance: str | None
    features: list[str]
    trending: float | None
    price_level: float | None
    happy_hours: str | None
    """As `opening_hours`."""
    happy_hour_discount: float | None
    promotion: str | None
    discount: float | None
    promotion_ends_at: Time | None


class Venues(Answer):
    """A page of venues by id."""

    venues: list[Venue]
    next_cursor: str | None
    total: int


class Availability(Answer):
    """Whether a party can sit down."""

    venue_id: str
    available: bool
    slots_remaining: int
    wait_time_minutes: int | None
    """Null where no table becomes free within four hours."""
    reason: str | None
    """Why not."""
    deposit_minor: int | None
    """In minor units of the city's currency."""
    alternatives: list[str]
    """Other times, and other places."""


class Weather(Answer):
    """Weather, since when."""

    condition: str
    temperature_c: float
    precipitation_mm: float
    wind_kph: float
    since: Time


class Traffic(Answer):
    """Traffic, since when."""

    condition: str
    delay_minutes: float
    since: Time


class Holiday(Answer):
    """A holiday until the city's midnight."""

    name: str
    kind: str
    since: Time


class SpecialEvent(Answer):
    """Something that draws a crowd; of a single house, if ``venue_id`` is set."""

    venue_id: str | None
    venue_name: str | None
    name: str
    kind: str
    latitude: float
    longitude: float
    radius_km: float
    starts_at: Time
    ends_at: Time
    crowd: int
    phase: Literal["scheduled", "started"]


class Promotion(Answer):
    """An offer of a venue."""

    venue_id: str
    venue_name: str | None
    kind: str
    value: float
    ends_at: Time


class Trend(Answer):
    """A venue that trends."""

    venue_id: str
    venue_name: str | None
    value: float


class Environment(Answer):
    """What the city does by itself now."""

    city: str | None
    weather: Weather | None
    traffic: Traffic | None
    holiday: Holiday | None
    special_events: list[SpecialEvent]
    promotions: list[Promotion]
    trending: list[Trend]


class TruthWindow(Answer):
    """A window in which something is known to have been caused; it lasts while `ends_at` is null."""

    cause_id: str
    event_type: str
    kind: str | None
    name: str | None
    starts_at: Time
    ends_at: Time | None
    venue_id: str | None


class GroundTruth(Answer):
    """Windows, newest first."""

    windows: list[TruthWindow]


VENUE = {
    "venue_id": "v00012",
    "name": "Bar Luce",
    "category": "bar",
    "cuisine": None,
    "borough": "Manhattan",
    "latitude": 40.72,
    "longitude": -73.99,
    "time_zone": "America/New_York",
    "price_tier": 2,
    "rating": 4.25,
    "rating_count": 10,
    "seats": 40,
    "tables": "2x10,4x5",
    "takes_bookings": True,
    "opening_hours": "660-1380,660-1380,660-1380,660-1380,660-1380,660-1380,-",
    "outdoor_seating": False,
    "ambiance": "lively",
    "features": ["rooftop", "live_music"],
    "trending": None,
    "price_level": None,
    "happy_hours": None,
    "happy_hour_discount": None,
    "promotion": None,
    "discount": None,
    "promotion_ends_at": None,
}
VENUES = {"venues": [VENUE], "next_cursor": None, "total": 1}
AVAILABILITY = {
    "venue_id": "v00012",
    "available": True,
    "slots_remaining": 4,
    "wait_time_minutes": 0,
    "reason": None,
    "deposit_minor": None,
    "alternatives": [],
}
_NOON = "2024-06-07T16:00:00.000000Z"
ENVIRONMENT = {
    "city": "new_york",
    "weather": {"condition": "rain", "temperature_c": 11.5, "precipitation_mm": 1.0, "wind_kph": 9.0, "since": _NOON},
    "traffic": {"condition": "heavy", "delay_minutes": 12.0, "since": _NOON},
    "holiday": None,
    "special_events": [
        {
            "venue_id": None,
            "venue_name": None,
            "name": "Concert",
            "kind": "concert",
            "latitude": 40.7,
            "longitude": -73.9,
            "radius_km": 2.0,
            "starts_at": "2024-06-07T23:00:00.000000Z",
            "ends_at": "2024-06-08T02:00:00.000000Z",
            "crowd": 1200,
            "phase": "scheduled",
        }
    ],
    "promotions": [
        {
            "venue_id": "v00012",
            "venue_name": "Bar Luce",
            "kind": "discount",
            "value": 15.0,
            "ends_at": "2024-06-08T02:00:00.000000Z",
        }
    ],
    "trending": [{"venue_id": "v00012", "venue_name": "Bar Luce", "value": 1.5}],
}
TRUTH = {
    "windows": [
        {
            "cause_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
            "event_type": "truth.scenario_window",
            "kind": "scenario",
            "name": "lunch_rush",
            "starts_at": _NOON,
            "ends_at": None,
            "venue_id": None,
        }
    ]
}

"""Records of the topic environment, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "environment"
KEY: Final = "city"

WEATHER_CHANGED: Final = "weather.changed"
TRAFFIC_CHANGED: Final = "traffic.changed"
SPECIAL_EVENT_SCHEDULED: Final = "special_event.scheduled"
SPECIAL_EVENT_STARTED: Final = "special_event.started"
SPECIAL_EVENT_ENDED: Final = "special_event.ended"
PROMOTION_STARTED: Final = "promotion.started"
PROMOTION_ENDED: Final = "promotion.ended"
VENUE_TRENDING: Final = "venue.trending"
VENUE_AVAILABILITY_CHANGED: Final = "venue.availability_changed"
PRICE_CHANGED: Final = "price.changed"
HOLIDAY_STARTED: Final = "holiday.started"

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
    "venue_id",
    "condition",
    "temperature_c",
    "precipitation_mm",
    "wind_kph",
    "delay_minutes",
    "name",
    "kind",
    "latitude",
    "longitude",
    "radius_km",
    "starts_at",
    "ends_at",
    "crowd",
    "value",
)


class EnvironmentRow(TypedDict):
    """What the city does by itself.

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
    venue_id: str | None
    condition: str | None
    temperature_c: float | None
    precipitation_mm: float | None
    wind_kph: float | None
    delay_minutes: float | None
    name: str | None
    kind: str | None
    latitude: float | None
    longitude: float | None
    radius_km: float | None
    starts_at: int | None
    ends_at: int | None
    crowd: int | None
    value: float | None

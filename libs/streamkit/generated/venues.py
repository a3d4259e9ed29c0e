"""Records of the topic venues, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "venues"
KEY: Final = "venue_id"

VENUE_UPDATED: Final = "venue.updated"

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
    "name",
    "category",
    "cuisine",
    "borough",
    "latitude",
    "longitude",
    "time_zone",
    "price_tier",
    "rating",
    "rating_count",
    "seats",
    "tables",
    "takes_bookings",
    "opening_hours",
    "outdoor_seating",
    "ambiance",
    "features",
    "trending",
    "price_level",
    "happy_hours",
    "happy_hour_discount",
    "promotion",
    "discount",
    "promotion_ends_at",
)


class VenuesRow(TypedDict):
    """Latest row of each venue.

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
    takes_bookings: bool
    opening_hours: str
    outdoor_seating: bool
    ambiance: str | None
    features: str | None
    trending: float | None
    price_level: float | None
    happy_hours: str | None
    happy_hour_discount: float | None
    promotion: str | None
    discount: float | None
    promotion_ends_at: int | None

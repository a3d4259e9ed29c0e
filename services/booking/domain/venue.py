"""A venue as booking sees it: its tables, its hours, where and of what kind it is, whether it takes reservations."""

from dataclasses import dataclass

from services.booking.domain.hours import Hours, parse_hours
from services.booking.domain.tables import Tables, parse_tables


@dataclass(frozen=True, slots=True)
class Venue:
    """The columns of the `venues` row that a decision needs, as published."""

    venue_id: str
    name: str
    tables_text: str
    hours_text: str
    time_zone: str
    takes_bookings: bool
    city: str = ""
    category: str = ""
    cuisine: str | None = None
    price_tier: int = 2
    latitude: float = 0.0
    longitude: float = 0.0
    outdoor_seating: bool = False

    @property
    def tables(self) -> Tables:
        """Sizes of the tables; a text that cannot be read is a house without tables."""
        try:
            return parse_tables(self.tables_text)
        except ValueError:
            return Tables(())

    @property
    def hours(self) -> Hours | None:
        """Opening hours; None where they cannot be read, which counts as closed."""
        try:
            return parse_hours(self.hours_text, self.time_zone)
        except (ValueError, KeyError, OSError):
            return None

"""Limits of the house: how long a table is held, how early and how late one may book, when a timer fires."""

from dataclasses import dataclass

MINUTE_US = 60_000_000
SLOT_MINUTES = 15
"""Tables are claimed in quarters of an hour, the grain of every reservation book."""
SLOT_US = SLOT_MINUTES * MINUTE_US


@dataclass(frozen=True, slots=True)
class Policy:
    """Frozen limits; minutes unless the name says otherwise."""

    dwell_steps: tuple[tuple[int, int], ...] = ((2, 90), (4, 105), (6, 120), (8, 135))
    """(party up to, minutes): larger parties stay longer; restaurants' usual table times."""
    dwell_longest: int = 150
    last_seating: int = 60
    """A reservation starts at least this long before closing."""
    days_ahead: int = 60
    party_limit: int = 100
    """Above it a party is a typing error, not a guest list."""
    pair_waste: int = 3
    """Seats that may stay empty when two tables are put together."""
    no_show_grace: int = 30
    """Minutes after the start until an empty table is given away."""
    wait_lead: int = 90
    """A wait for a table makes sense only this long before the start."""
    wait_ends_before: int = 60
    """A wait ends this long before the start, so that people can make other plans."""
    alternatives: int = 3
    alternative_steps: tuple[int, ...] = (30, -30, 60, -60, 90, -90, 120, -120)

    def dwell(self, party_size: int) -> int:
        """Minutes for which a party holds its table."""
        return next((minutes for up_to, minutes in self.dwell_steps if party_size <= up_to), self.dwell_longest)

    def no_show_at(self, start_us: int) -> int:
        """Moment at which a party that has not come counts as not coming."""
        return start_us + self.no_show_grace * MINUTE_US

    def wait_ends_at(self, start_us: int) -> int:
        """Moment at which a wait for a table ends."""
        return start_us - self.wait_ends_before * MINUTE_US


def slots_of(start_us: int, duration_minutes: int) -> tuple[int, int]:
    """First slot and number of slots that a reservation touches; slots are counted from 1970 UTC."""
    first = start_us // SLOT_US
    end = -(-(start_us + duration_minutes * MINUTE_US) // SLOT_US)
    return first, end - first

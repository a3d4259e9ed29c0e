"""Seats that are booked, by venue and hour, folded from `bookings`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.recommender.domain.places import Floats, Places

HOUR_US = 3_600_000_000
GONE = frozenset({"booking.cancelled", "booking.no_show", "booking.completed", "booking.expired", "booking.declined"})


@dataclass
class Occupancy:
    """Confirmed bookings that are not over: hour, venue row and seats of each, and the sums by hour and venue."""

    bookings: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    seats: dict[int, dict[int, int]] = field(default_factory=dict)

    def confirm(self, places: Places, row: Mapping[str, object]) -> None:
        """Take a booking that was confirmed, or confirmed anew at another time."""
        place, start = places.index.get(str(row["venue_id"])), row["start_time"]
        party = row["seats"] or row["party_size"]
        if place is None or not isinstance(start, int) or not isinstance(party, int):
            return
        self.release(str(row["booking_id"]))
        hour = start // HOUR_US
        self.bookings[str(row["booking_id"])] = (hour, place, party)
        of_hour = self.seats.setdefault(hour, {})
        of_hour[place] = of_hour.get(place, 0) + party

    def release(self, booking_id: str) -> None:
        """Give a booking's seats back."""
        booking = self.bookings.pop(booking_id, None)
        if booking is None:
            return
        hour, place, party = booking
        of_hour = self.seats.get(hour, {})
        if place in of_hour:
            of_hour[place] = max(of_hour[place] - party, 0)

    def forget_before(self, time_us: int) -> None:
        """Drop hours that are long over: a table is held for some hours."""
        last = time_us // HOUR_US - 6
        if self.seats and min(self.seats) < last:
            self.seats = {hour: places for hour, places in self.seats.items() if hour >= last}
            self.bookings = {name: booking for name, booking in self.bookings.items() if booking[0] >= last}

    def free_share(self, places: Places, time_us: int) -> Floats:
        """Share of each venue's seats neither taken now nor booked in this hour or the next, shape (venues,)."""
        seats = np.maximum(places["seats"], 1)
        told = places["seats_free"]
        free = np.where(told >= 0, told / seats, np.float32(1))
        hour = time_us // HOUR_US
        for near in (hour, hour + 1):
            booked = self.seats.get(near)
            if booked:
                rows = np.fromiter(booked, dtype=np.int64, count=len(booked))
                taken = np.fromiter(booked.values(), dtype=np.float32, count=len(booked))
                free[rows] = np.minimum(free[rows], 1 - taken / seats[rows])
        return np.asarray(np.clip(free, 0, 1), dtype=np.float32)

"""Every reservation of a branch and where it stands, folded from the `bookings` topic."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.state.chunk import Chunk

STATUSES: Mapping[str, str] = {
    "booking.requested": "pending",
    "booking.waitlisted": "pending",
    "booking.confirmed": "confirmed",
    "booking.moved": "confirmed",
    "booking.declined": "declined",
    "booking.expired": "expired",
    "booking.seated": "seated",
    "booking.cancelled": "cancelled",
    "booking.completed": "completed",
    "booking.no_show": "no_show",
}

_RANKS = {"pending": 0, "confirmed": 1, "declined": 1, "expired": 1, "seated": 2}
"""How far a booking has come; the ends not named here are 3. A repeated record never takes one back."""

_KEPT = (
    "booking_id",
    "user_id",
    "venue_id",
    "party_size",
    "start_time",
    "duration_minutes",
    "tables",
    "seats",
    "confirmation_code",
    "reason",
    "created_by",
    "group_id",
    "member_ids",
    "expires_at",
)


class Bookings:
    """Bookings by id in order of request; the oldest are let go beyond ``capacity``."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._by_user: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._rows)

    def apply(self, chunk: Chunk) -> None:
        """Fold records of the topic; cancellation requests change nothing until they are granted."""
        columns = [name for name in ("event_type", "simulation_time", *_KEPT) if name in chunk.frame.columns]
        for row in chunk.frame.select(columns).iter_rows(named=True):
            status = STATUSES.get(row["event_type"])
            if status is not None:
                self._fold(row, status)
        while len(self._rows) > self._capacity:
            _, oldest = self._rows.popitem(last=False)
            self._by_user[oldest["user_id"]].pop(oldest["booking_id"], None)

    def get(self, booking_id: str) -> Mapping[str, Any] | None:
        """One booking; times in microseconds."""
        return self._rows.get(booking_id)

    def newest(self, user_id: str | None, venue_id: str | None, status: str | None) -> Iterable[Mapping[str, Any]]:
        """Bookings that match, newest request first."""
        ids = self._by_user.get(user_id, {}) if user_id is not None else self._rows
        for booking_id in reversed(list(ids)):
            row = self._rows[booking_id]
            if (venue_id is None or row["venue_id"] == venue_id) and (status is None or row["status"] == status):
                yield row

    def _fold(self, row: Mapping[str, Any], status: str) -> None:
        booking_id = row["booking_id"]
        known = self._rows.get(booking_id)
        if known is None:
            known = dict.fromkeys(_KEPT) | {"requested_at": row["simulation_time"], "status": status}
            self._rows[booking_id] = known
        elif _RANKS.get(status, 3) < _RANKS.get(known["status"], 3):
            return
        known |= {name: row[name] for name in _KEPT if row.get(name) is not None}
        known |= {"status": status, "updated_at": row["simulation_time"]}
        if known["user_id"] is not None:
            self._by_user[known["user_id"]][booking_id] = None

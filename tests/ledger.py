"""The ledger of reservations, checked from the topics alone: what must hold whatever process was killed when.

Rows are the values of `bookings` in the order of each venue's partition, first-wins by event_id is done here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]

OUTCOMES = frozenset({"booking.confirmed", "booking.declined", "booking.expired"})
LIVE = "booking.confirmed"
MOVED = "booking.moved"
FREEING = frozenset({"booking.cancelled", "booking.no_show", "booking.completed"})
FOLLOWS = {
    None: {"booking.requested"},
    "booking.requested": {"booking.waitlisted", *OUTCOMES},
    "booking.waitlisted": {*OUTCOMES},
    "booking.confirmed": {"booking.moved", "booking.seated", "booking.cancelled", "booking.no_show"},
    "booking.moved": {"booking.moved", "booking.seated", "booking.cancelled", "booking.no_show"},
    "booking.seated": {"booking.completed"},
}
MINUTE_US = 60_000_000


def sizes_of(tables: str) -> list[int]:
    """Seats of each table, smallest first, out of `2x6,4x5`."""
    groups = (part.split("x") for part in tables.split(",") if part)
    return sorted(int(seats) for seats, count in groups for _ in range(int(count)))


def violations(rows: Iterable[Row], tables: Mapping[str, str], *, settled: bool = True) -> list[str]:
    """Everything wrong in one telling: ``tables`` maps venue to its tables, ``settled``: nothing is in flight."""
    ledger = _Ledger(tables)
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row["event_id"], row)
        if first is row:
            ledger.enter(row)
        elif first != row:
            ledger.wrong.append(f"event {row['event_id']} came twice and differs")
    if settled:
        waiting = {"booking.requested", "booking.waitlisted"}
        ledger.wrong += [f"request {name} has no outcome" for name, last in ledger.state.items() if last in waiting]
    return ledger.wrong


def states(rows: Iterable[Row]) -> dict[str, str]:
    """Last state of each booking as the topic tells it; a record that comes again changes nothing."""
    told: dict[str, str] = {}
    seen: set[str] = set()
    for row in rows:
        if row["event_type"] != "booking.cancel_requested" and row["event_id"] not in seen:
            seen.add(row["event_id"])
            state = LIVE if row["event_type"] == MOVED else row["event_type"]
            told[row["booking_id"]] = state.removeprefix("booking.")
    return told


class _Ledger:
    def __init__(self, tables: Mapping[str, str]) -> None:
        self.wrong: list[str] = []
        self.state: dict[str, str] = {}
        self._sizes = {venue: sizes_of(text) for venue, text in tables.items()}
        self._held: dict[tuple[str, int], dict[str, tuple[int, int]]] = defaultdict(dict)
        self._codes: dict[str, str] = {}
        self._confirmed: dict[str, Row] = {}

    def enter(self, row: Row) -> None:
        """Follow one record."""
        name, kind = row["booking_id"], row["event_type"]
        if kind == "booking.cancel_requested":
            return
        before = self.state.get(name)
        if kind not in FOLLOWS.get(before, set()):
            self.wrong.append(f"booking {name}: {kind} after {before}")
        self.state[name] = kind
        if kind == MOVED and name in self._confirmed:
            self._free(self._confirmed.pop(name))
        if kind in (LIVE, MOVED):
            self._confirm(row)
        elif kind in FREEING and name in self._confirmed:
            self._free(self._confirmed.pop(name))

    def _confirm(self, row: Row) -> None:
        name, venue = row["booking_id"], row["venue_id"]
        span = row["start_time"], row["start_time"] + row["duration_minutes"] * MINUTE_US
        numbers = [int(number) for number in row["tables"].split(",")]
        sizes = self._sizes.get(venue, [])
        if not all(1 <= number <= len(sizes) for number in numbers):
            self.wrong.append(f"booking {name}: venue {venue} has no table {row['tables']}")
        elif not sum(sizes[number - 1] for number in numbers) == row["seats"] >= row["party_size"]:
            self.wrong.append(f"booking {name}: {row['seats']} seats for {row['party_size']} at {row['tables']}")
        for number in numbers:
            for other, (begin, end) in self._held[venue, number].items():
                if begin < span[1] and span[0] < end:
                    self.wrong.append(f"table {number} of {venue} is sold to {other} and {name}")
            self._held[venue, number][name] = span
        if self._codes.setdefault(row["confirmation_code"], name) != name:
            self.wrong.append(
                f"code {row['confirmation_code']} is {name}'s and {self._codes[row['confirmation_code']]}'s"
            )
        self._confirmed[name] = row

    def _free(self, row: Row) -> None:
        for number in row["tables"].split(","):
            self._held[row["venue_id"], int(number)].pop(row["booking_id"], None)
        self._codes.pop(row["confirmation_code"], None)

"""What became of requests for a table: who comes and when, who gives up, who tries elsewhere, which groups dissolve."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.columns import Pool, joined, match
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.ids import numbers, parsed
from services.simulator.domain.requests import request_tables
from services.simulator.domain.state import CONFIRMED, GIVEN_UP, MEMBERS
from services.simulator.domain.turn import Turn

_LATEST = 25 * MINUTE
"""How long after the start of a reservation people still turn up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One record of the booking service. Times are microseconds since the epoch."""

    kind: str
    booking: tuple[int, int]
    trigger: tuple[Array, Array]
    user: int
    venue: int
    party: str | None
    size: int
    start: int
    cause: int
    alternatives: str | None


class Books:
    """Bookings and arrivals as the outcomes of one tick leave them, by the lower half of the booking's id.

    A pool is replaced whole on every change: changes are collected, and each pool is written once, by `close`.
    """

    def __init__(self, bookings: Pool, arrivals: Pool, named: Array) -> None:
        self._bookings, self._arrivals = bookings, arrivals
        places = match(bookings.rows["low"], named).tolist()
        self._places = {low: place for low, place in zip(named.tolist(), places, strict=True) if place >= 0}
        self._changed: dict[int, Array | None] = {}
        self._expected: dict[int, Array] = {}

    def find(self, low: int) -> Array | None:
        """A copy of the booking's row, shape (1,), if there is such a booking."""
        if low in self._changed:
            return self._changed[low]
        place = self._places.get(low)
        return None if place is None else np.asarray(self._bookings.rows[place : place + 1].copy())

    def keep(self, row: Array) -> None:
        """The booking is as this row says."""
        low = int(row["low"][0])
        self._changed.pop(low, None)
        self._changed[low] = row

    def strike(self, low: int) -> None:
        """There is no such booking any more, and nobody comes for it."""
        self._changed[low] = None
        self.expect(low, self._arrivals.empty(0))

    def expect(self, low: int, rows: Array) -> None:
        """These come for the booking, and nobody else."""
        self._expected.pop(low, None)
        self._expected[low] = rows

    def close(self) -> None:
        """Write what has changed."""
        kept = [row for row in self._changed.values() if row is not None]
        _replace(self._bookings, "low", self._changed, kept)
        _replace(self._arrivals, "booking_low", self._expected, [rows for rows in self._expected.values() if len(rows)])


def _replace(pool: Pool, name: str, keys: dict[int, Array] | dict[int, Array | None], rows: Sequence[Array]) -> None:
    if keys:
        pool.take(np.isin(pool.rows[name], np.fromiter(keys, np.uint64, len(keys))))
        pool.add(joined(rows) if rows else pool.empty(0))


def fold_outcomes(turn: Turn, frame: pl.DataFrame) -> None:
    """Fold records of `bookings` that the booking service wrote."""
    pools = turn.state.pools
    books = Books(pools["bookings"], pools["arrivals"], parsed(frame["booking_id"])[1])
    for outcome in _read(turn, frame):
        low = outcome.booking[1]
        booking = books.find(low)
        if outcome.kind == "booking.confirmed":
            _confirmed(turn, books, booking if booking is not None else _made(turn, outcome), outcome)
        elif outcome.kind in ("booking.declined", "booking.expired", "booking.cancelled") and booking is not None:
            books.strike(low)
            _lost(turn, booking, outcome)
    books.close()


def _read(turn: Turn, frame: pl.DataFrame) -> list[Outcome]:
    high, low = (half.tolist() for half in parsed(frame["booking_id"]))
    event_high, event_low = parsed(frame["event_id"])
    users = numbers(frame["user_id"], turn.state.users.count).tolist()
    venues = numbers(frame["venue_id"], turn.state.venues.count).tolist()
    by_id = {name: number for number, name in enumerate(turn.state.cause_ids) if name}
    told = ("event_type", "member_ids", "party_size", "start_time", "cause_id", "alternatives")
    return [
        Outcome(
            kind, (high[row], low[row]), (event_high[row : row + 1], event_low[row : row + 1]),
            users[row], venues[row], party, size, start, by_id.get(cause or "", 0), alternatives,
        )
        for row, (kind, party, size, start, cause, alternatives) in enumerate(frame.select(told).iter_rows())
        if users[row] >= 0 and venues[row] >= 0
    ]  # fmt: skip


def _made(turn: Turn, outcome: Outcome) -> Array:
    """The row of a booking that a service asked for in the person's name."""
    made = turn.state.pools["bookings"].empty(1)
    made["high"], made["low"] = outcome.booking
    made["user"], made["venue"], made["made"] = outcome.user, outcome.venue, turn.start
    members = numbers(pl.Series((outcome.party or "").split(","), dtype=pl.String), turn.state.users.count)
    members = np.unique(members[(members >= 0) & (members != outcome.user)])[: MEMBERS - 1]
    made["members"] = -1
    made["members"][0, : len(members) + 1] = [outcome.user, *members]
    return made


def _confirmed(turn: Turn, books: Books, made: Array, outcome: Outcome) -> None:
    """Decide the fate of a confirmed booking: kept, forgotten, or given up in time."""
    town = turn.town
    rates = town.data.world.booking
    made["when"], made["size"], made["cause"] = outcome.start, outcome.size, outcome.cause
    if outcome.start + _LATEST < turn.start or made["status"] == GIVEN_UP:
        return
    uniform = [float(town.draws.uniform(Purpose.BOOKING_FATE, made["low"], step=k)[0]) for k in range(4)]
    lead = max((outcome.start - turn.start) / HOUR, 0.05)
    odds = (
        rates.no_show_share
        / (1 - rates.no_show_share)
        * float(np.exp(rates.no_show_lead_factor * np.log(max(lead, 1) / 24)))
    )
    careless = town.draws.uniform(Purpose.RELIABILITY, made["user"])[0] < rates.careless_share
    odds *= rates.careless_factor if careless else rates.careful_factor
    made["status"] = CONFIRMED
    if uniform[0] < rates.cancel_share and lead > 2:  # noqa: PLR2004 — nobody cancels what begins at once
        part = uniform[1] ** 3 if uniform[2] < 0.4 else 1 - 0.4 * uniform[1]  # noqa: PLR2004 — B12: soon, or late
        made["cancel_at"] = turn.end + int(part * (lead - 0.6) * HOUR)
    books.keep(made)
    if uniform[3] >= odds / (1 + odds):
        books.expect(outcome.booking[1], _arrivals(turn, made, outcome.trigger))


def _arrivals(turn: Turn, made: Array, trigger: tuple[Array, Array]) -> Array:
    """Each of the party on its own way, a little early or late."""
    rates, draws = turn.town.data.world.booking, turn.town.draws
    members = made["members"][0][made["members"][0] >= 0].astype(np.int64)
    rows = turn.state.pools["arrivals"].empty(len(members))
    late = rates.late_mean_minutes + rates.late_sd_minutes * draws.normal(Purpose.ARRIVAL, members, also=[
        np.full(len(members), made["low"][0])
    ])  # fmt: skip
    rows["time"] = np.maximum(made["when"][0] + (np.clip(late, -8, 14) * MINUTE).astype(np.int64), turn.end)
    rows["until"] = np.maximum(made["when"][0], turn.end) + _LATEST
    rows["user"], rows["venue"], rows["size"] = members, made["venue"][0], made["size"][0]
    rows["booking_high"], rows["booking_low"] = made["high"][0], made["low"][0]
    rows["from_high"], rows["from_low"], rows["cause"] = trigger[0][0], trigger[1][0], made["cause"][0]
    return rows


def _lost(turn: Turn, booking: Array, outcome: Outcome) -> None:
    """No table: some take the first alternative, a group without one dissolves."""
    town = turn.town
    users, time = booking["user"], np.full(1, turn.start)
    share = float(town.draws.uniform(Purpose.BOOKING_FATE, booking["low"], step=5)[0])
    offer = _offer(turn, outcome.alternatives) if outcome.kind == "booking.declined" else None
    if offer is not None and booking["tries"][0] == 0 and share < town.data.world.booking.retry_share:
        venue, when = offer
        group = (booking["group_high"], booking["group_low"])
        request_tables(
            turn, time, users, np.full(1, venue), booking["size"], np.full(1, when), booking["members"],
            outcome.trigger, booking["cause"], group, ordinal=100 + int(booking["low"][0]) % 1000, tries=1,
        )  # fmt: skip
    elif booking["group_low"][0] != 0:
        rows = turn.events.add(Kind.GROUP_DISBANDED, time, users)
        rows["ref_high"], rows["ref_low"] = booking["group_high"], booking["group_low"]
        rows["from_high"], rows["from_low"] = outcome.trigger
        rows["cause"], rows["ordinal"] = booking["cause"], int(booking["low"][0]) % 60_000
        rows["venue"] = booking["venue"]


def _offer(turn: Turn, alternatives: str | None) -> tuple[int, int] | None:
    """First alternative, ``venue_id@ISO-8601 time``, if it lies ahead and the place will be open."""
    if not alternatives:
        return None
    venue_id, _, text = alternatives.split(",")[0].partition("@")
    venue = int(numbers(pl.Series([venue_id]), turn.state.venues.count)[0])
    parsed_time = pl.Series([text]).str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    when = parsed_time.cast(pl.Int64)[0]
    if venue < 0 or when is None or when < turn.start + HOUR or not turn.state.venues["takes_bookings"][venue]:
        return None
    return (venue, int(when)) if turn.hours.minutes_left(np.array([venue]), np.array([when]))[0] > 30 else None  # noqa: PLR2004

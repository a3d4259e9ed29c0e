"""What other services said: booking outcomes, recommendations, preferences, folded into the city's memory."""

import numpy as np
import polars as pl

from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.columns import joined, match
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.ids import parsed
from services.simulator.domain.population import LISTED
from services.simulator.domain.requests import request_tables
from services.simulator.domain.specification import TASTES
from services.simulator.domain.state import MEMBERS
from services.simulator.domain.turn import Turn
from streamkit.frames import where

_LATEST = 25 * MINUTE
"""How long after the start of a reservation people still turn up."""


def admit(turn: Turn) -> None:
    """Fold every admitted batch; records of other services only."""
    for batch in turn.admitted:
        frame = where(batch.frame, [source != "simulator" for source in batch.frame["source"].to_list()])
        if frame.height == 0:
            continue
        if batch.topic == "bookings":
            _outcomes(turn, frame)
        elif batch.topic == "recommendations":
            _lists(turn, frame)
        elif batch.topic == "preferences":
            _tastes(turn, frame)


def numbers(ids: pl.Series, limit: int) -> Array:
    """Entity numbers of ids such as ``u0000123``; -1 for null, foreign ones and those beyond ``limit``."""
    digits = (name[1:] if name else "" for name in ids.to_list())
    plain = [int(text) if text.isdecimal() and text.isascii() else limit for text in digits]
    return np.array([number if number < limit else -1 for number in plain], dtype=np.int64)


def _tastes(turn: Turn, frame: pl.DataFrame) -> None:
    frame = frame.unique("user_id", keep="last", maintain_order=True)
    users = numbers(frame["user_id"], turn.state.users.count)
    good = users >= 0
    tastes = frame.select([f"taste_{name}" for name in TASTES]).to_numpy()
    turn.state.users.put("tastes", users[good], tastes[good])
    turn.state.users.put("price", users[good], frame["price_tier"].to_numpy()[good])


def _lists(turn: Turn, frame: pl.DataFrame) -> None:
    """Keep the latest list of venues of each person, its first items."""
    listed = (frame[name].to_list() for name in ("event_type", "item_kind", "rank", "trigger"))
    frame = where(frame, [
        kind == "recommendation.generated" and item == "venue" and 1 <= rank <= LISTED and trigger != "request"
        for kind, item, rank, trigger in zip(*listed, strict=True)
    ])  # fmt: skip
    columns = turn.state.users
    users = numbers(frame["user_id"], columns.count)
    venues = numbers(frame["venue_id"], turn.state.venues.count)
    lists = frame["list_id"].to_numpy()
    last = dict(zip(users.tolist(), lists.tolist(), strict=True))
    newest = np.array([last[user] == one for user, one in zip(users.tolist(), lists.tolist(), strict=True)], dtype=bool)
    rows = np.flatnonzero((users >= 0) & (venues >= 0) & newest)
    if len(rows) == 0:
        return
    who = np.unique(users[rows])
    high, low = parsed(frame["event_id"])
    slot = frame["rank"].to_numpy()[rows] - 1
    place = np.searchsorted(who, users[rows])
    for name, fill, values in (
        ("list_high", 0, high[rows]), ("list_low", 0, low[rows]), ("list_venue", -1, venues[rows]),
        ("list_score", 0.0, frame["score"].to_numpy()[rows]),
    ):  # fmt: skip
        kept = np.full((len(who), LISTED), fill, dtype=columns[name].dtype)
        kept[place, slot] = values
        columns.put(name, who, kept)
    columns.put("list_at", who, turn.start)


def _outcomes(turn: Turn, frame: pl.DataFrame) -> None:
    high, low = parsed(frame["booking_id"])
    event_high, event_low = parsed(frame["event_id"])
    users = numbers(frame["user_id"], turn.state.users.count)
    venues = numbers(frame["venue_id"], turn.state.venues.count)
    kinds = frame["event_type"].to_list()
    causes = frame["cause_id"].to_list()
    size, start = frame["party_size"].to_list(), frame["start_time"].to_list()
    parties, alternatives = frame["member_ids"].to_list(), frame["alternatives"].to_list()
    by_id = {name: number for number, name in enumerate(turn.state.cause_ids) if name}
    for row, kind in enumerate(kinds):
        if users[row] < 0 or venues[row] < 0:
            continue
        one = slice(row, row + 1)
        place = int(match(turn.state.pools["bookings"].rows["low"], low[one])[0])
        trigger = (event_high[one], event_low[one])
        if kind == "booking.confirmed":
            cause = by_id.get(causes[row] or "", 0)
            made = _booking(turn, place, (high[row], low[row]), users[row], venues[row], parties[row])
            made["when"], made["size"], made["cause"] = start[row], size[row], cause
            _confirmed(turn, made, trigger)
        elif kind in ("booking.declined", "booking.expired", "booking.cancelled") and place >= 0:
            _lost(turn, turn.state.pools["bookings"].rows[place : place + 1], kind, trigger, alternatives[row])
            turn.state.pools["bookings"].take(np.arange(len(turn.state.pools["bookings"])) == place)


def _booking(turn: Turn, place: int, booking: tuple[int, int], user: int, venue: int, party: str | None) -> Array:
    """The row of a booking: ours, or a new one for a table that a service asked for in the person's name."""
    pool = turn.state.pools["bookings"]
    if place >= 0:
        return np.asarray(pool.rows[place : place + 1].copy())
    made = pool.empty(1)
    made["high"], made["low"], made["user"], made["venue"], made["made"] = *booking, user, venue, turn.start
    members = numbers(pl.Series((party or "").split(","), dtype=pl.String), turn.state.users.count)
    members = np.unique(members[(members >= 0) & (members != user)])[: MEMBERS - 1]
    made["members"] = -1
    made["members"][0, : len(members) + 1] = [user, *members]
    return made


def _confirmed(turn: Turn, made: Array, trigger: tuple[Array, Array]) -> None:
    """Decide the fate of a confirmed booking: kept, forgotten, or given up in time."""
    town, pools = turn.town, turn.state.pools
    rates = town.data.world.booking
    if made["when"][0] + _LATEST < turn.start:
        return
    uniform = [float(town.draws.uniform(Purpose.BOOKING_FATE, made["low"], step=k)[0]) for k in range(4)]
    lead = max((int(made["when"][0]) - turn.start) / HOUR, 0.05)
    odds = (
        rates.no_show_share
        / (1 - rates.no_show_share)
        * float(np.exp(rates.no_show_lead_factor * np.log(max(lead, 1) / 24)))
    )
    careless = town.draws.uniform(Purpose.RELIABILITY, made["user"])[0] < rates.careless_share
    odds *= rates.careless_factor if careless else rates.careful_factor
    made["status"] = 1
    if uniform[0] < rates.cancel_share and lead > 2:  # noqa: PLR2004 — nobody cancels what begins at once
        part = uniform[1] ** 3 if uniform[2] < 0.4 else 1 - 0.4 * uniform[1]  # noqa: PLR2004 — B12: soon, or late
        made["cancel_at"] = turn.end + int(part * (lead - 0.6) * HOUR)
    keep = pools["bookings"].rows["low"] != made["low"][0]
    pools["bookings"].rows = joined([pools["bookings"].rows[keep], made])
    if uniform[3] < odds / (1 + odds):
        return
    members = made["members"][0][made["members"][0] >= 0].astype(np.int64)
    rows = pools["arrivals"].empty(len(members))
    late = rates.late_mean_minutes + rates.late_sd_minutes * town.draws.normal(Purpose.ARRIVAL, members, also=[
        np.full(len(members), made["low"][0])
    ])  # fmt: skip
    rows["time"] = np.maximum(made["when"][0] + (np.clip(late, -8, 14) * MINUTE).astype(np.int64), turn.end)
    rows["until"] = np.maximum(made["when"][0], turn.end) + _LATEST
    rows["user"], rows["venue"], rows["size"] = members, made["venue"][0], made["size"][0]
    rows["booking_high"], rows["booking_low"] = made["high"][0], made["low"][0]
    rows["from_high"], rows["from_low"], rows["cause"] = trigger[0][0], trigger[1][0], made["cause"][0]
    known = pools["arrivals"].rows["booking_low"] == made["low"][0]
    pools["arrivals"].take(known)
    pools["arrivals"].add(rows)


def _lost(turn: Turn, booking: Array, kind: str, trigger: tuple[Array, Array], alternatives: str | None) -> None:
    """No table: nobody will come; some take the first alternative, a group without one dissolves."""
    pools, town = turn.state.pools, turn.town
    pools["arrivals"].take(pools["arrivals"].rows["booking_low"] == booking["low"][0])
    users, time = booking["user"], np.full(1, turn.start)
    share = float(town.draws.uniform(Purpose.BOOKING_FATE, booking["low"], step=5)[0])
    offer = _offer(turn, alternatives) if kind == "booking.declined" else None
    if offer is not None and booking["tries"][0] == 0 and share < town.data.world.booking.retry_share:
        venue, when = offer
        group = (booking["group_high"], booking["group_low"])
        request_tables(
            turn, time, users, np.full(1, venue), booking["size"], np.full(1, when), booking["members"], trigger,
            booking["cause"], group, ordinal=100 + int(booking["low"][0]) % 1000, tries=1,
        )  # fmt: skip
    elif booking["group_low"][0] != 0:
        rows = turn.events.add(Kind.GROUP_DISBANDED, time, users)
        rows["ref_high"], rows["ref_low"] = booking["group_high"], booking["group_low"]
        rows["from_high"], rows["from_low"] = trigger
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

"""Events of single venues: live music, a quiz, a tasting, each once a week in a house that holds one."""

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.draws import Array
from services.simulator.domain.events import Kind
from services.simulator.domain.rows import venue_names
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import ANNOUNCED, NOT_ANNOUNCED, ON, seats
from services.simulator.domain.weekly import own_event_kinds

_BESIDE_ARENAS = 1_000
"""Events of arenas have smaller ids and ordinals."""


def announce(turn: Turn) -> None:
    """Schedule what venues hold today and have not begun."""
    venues = turn.state.venues
    who = np.flatnonzero((venues["event_day"] == turn.now.weekday + 1) & (venues["event_phase"] == NOT_ANNOUNCED))
    starts = turn.town.local.to_utc(turn.now.day * DAY + venues["event_from"][who].astype(np.int64) * HOUR)
    who, starts = who[starts >= turn.end], starts[starts >= turn.end]
    if len(who) == 0:
        return
    high, low = turn.ids(Kind.EVENT_SCHEDULED, who + _BESIDE_ARENAS)
    ends = starts + venues["event_hours"][who].astype(np.int64) * HOUR
    venues.put("event_phase", who, ANNOUNCED)
    for name, value in (("starts", starts), ("ends", ends), ("high", high), ("low", low)):
        venues.put(f"event_{name}", who, value)
    _tell(turn, Kind.EVENT_SCHEDULED, who, np.full(len(who), turn.start))


def advance(turn: Turn) -> None:
    """Start and end what is announced."""
    venues = turn.state.venues
    phase = venues["event_phase"]
    if not phase.any():
        return
    starting = np.flatnonzero((phase == ANNOUNCED) & (venues["event_starts"] < turn.end))
    _tell(turn, Kind.EVENT_STARTED, starting, venues["event_starts"][starting])
    venues.put("event_phase", starting, ON)
    end(turn, np.flatnonzero((venues["event_phase"] == ON) & (venues["event_ends"] < turn.end)))


def end(turn: Turn, who: Array) -> None:
    """Let the events of some venues be over, and tell it."""
    venues = turn.state.venues
    _tell(turn, Kind.EVENT_ENDED, who, np.minimum(venues["event_ends"][who], turn.end - 1))
    venues.put("event_phase", who, NOT_ANNOUNCED)


def pull(turn: Turn) -> Array | None:
    """What events add to the venues that hold them, from a while before they start to their end. Shape (venues,)."""
    venues, rates = turn.state.venues, turn.town.data.world
    if not venues["event_phase"].any():
        return None
    since = venues["event_starts"] - int(rates.dynamics.own_event_from_hours * HOUR)
    there = (venues["event_phase"] != NOT_ANNOUNCED) & (since <= turn.start) & (turn.start < venues["event_ends"])
    return np.where(there, rates.venue_choice.own_event, 0.0)


def usual(turn: Turn, venue: int) -> dict[str, object]:
    """What an event at a venue is where nobody says: its own kind, for as many as it seats."""
    kinds, columns = own_event_kinds(turn.town.data), turn.state.venues
    return {
        "name": title(turn, np.array([venue]))[0],
        "kind": kinds[int(columns["event_kind"][venue])],
        "radius_km": turn.town.data.world.dynamics.own_event_radius_km,
        "crowd": int(seats(columns, np.array([venue]))[0]),
    }


def title(turn: Turn, venue: Array) -> list[str]:
    """What the events of some venues are called."""
    kinds = own_event_kinds(turn.town.data)
    words = [kinds[number].replace("_", " ").capitalize() for number in turn.state.venues["event_kind"][venue].tolist()]
    return [f"{what} at {name}" for what, name in zip(words, venue_names(turn.town, turn.state, venue), strict=True)]


def _tell(turn: Turn, kind: Kind, who: Array, times: Array) -> None:
    if len(who) == 0:
        return
    venues = turn.state.venues
    out = turn.events.add(kind, np.maximum(times, turn.start))
    out["venue"], out["value"] = who, venues["event_kind"][who]
    out["text"] = [turn.events.text(name) for name in title(turn, who)]
    out["when"], out["money"] = venues["event_starts"][who], venues["event_ends"][who]
    out["latitude"], out["longitude"] = venues["latitude"][who], venues["longitude"][who]
    out["score"], out["size"] = turn.town.data.world.dynamics.own_event_radius_km, seats(venues, who)
    prefix = "" if kind is Kind.EVENT_SCHEDULED else "from_"
    out["ordinal"] = 0 if kind is Kind.EVENT_SCHEDULED else _BESIDE_ARENAS
    out[f"{prefix}high"], out[f"{prefix}low"] = venues["event_high"][who], venues["event_low"][who]

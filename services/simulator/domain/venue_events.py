"""Events of single venues: live music, a quiz, a tasting, each once a week in a house that holds one."""

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.draws import Array
from services.simulator.domain.environment import announces
from services.simulator.domain.events import Kind
from services.simulator.domain.rows import venue_names
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import ANNOUNCED, NOT_ANNOUNCED, ON, seats
from services.simulator.domain.weekly import own_event_kinds

_BESIDE_ARENAS = 1_000
"""Events of arenas have smaller ids and ordinals."""


def advance(turn: Turn) -> None:
    """Start and end what is announced, then announce what venues hold today and have not begun."""
    if turn.state.venues["event_phase"].any():
        _begin_and_end(turn)
    if announces(turn):
        _announce(turn)


def _announce(turn: Turn) -> None:
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


def _begin_and_end(turn: Turn) -> None:
    venues = turn.state.venues
    starting = np.flatnonzero((venues["event_phase"] == ANNOUNCED) & (venues["event_starts"] < turn.end))
    _tell(turn, Kind.EVENT_STARTED, starting, venues["event_starts"][starting])
    venues.put("event_phase", starting, ON)
    over = np.flatnonzero((venues["event_phase"] == ON) & (venues["event_ends"] < turn.end))
    _tell(turn, Kind.EVENT_ENDED, over, venues["event_ends"][over])
    venues.put("event_phase", over, NOT_ANNOUNCED)


def call_off(turn: Turn, venue: int) -> None:
    """End what a venue holds now; who orders it tells it."""
    turn.state.venues.put("event_phase", np.array([venue]), NOT_ANNOUNCED)


def pull(turn: Turn) -> Array | None:
    """What events add to the venues that hold them, from a while before they start to their end. Shape (venues,)."""
    venues, rates = turn.state.venues, turn.town.data.world
    if not venues["event_phase"].any():
        return None
    since = venues["event_starts"] - int(rates.dynamics.own_event_from_hours * HOUR)
    there = (venues["event_phase"] != NOT_ANNOUNCED) & (since <= turn.start) & (turn.start < venues["event_ends"])
    return np.where(there, rates.venue_choice.own_event, 0.0)


def usual(turn: Turn, venue: int) -> dict[str, object]:
    """What an event at a venue is where nobody says: for as many as it seats, and its own if it holds one."""
    columns = turn.state.venues
    found: dict[str, object] = {
        "radius_km": turn.town.data.world.dynamics.own_event_radius_km,
        "crowd": int(seats(columns, np.array([venue]))[0]),
    }
    return found | (own(turn, venue) if columns["event_day"][venue] else {})


def own(turn: Turn, venue: int) -> dict[str, object]:
    """Name and kind of what a venue holds once a week."""
    kind = own_event_kinds(turn.town.data)[int(turn.state.venues["event_kind"][venue])]
    return {"name": _titles(turn, np.array([venue]))[0], "kind": kind}


def holds(turn: Turn, venue: int, *phases: int) -> str | None:
    """Name of a venue's own event of today if it has come so far; None where it has not."""
    return str(own(turn, venue)["name"]) if turn.state.venues["event_phase"][venue] in phases else None


def _titles(turn: Turn, venue: Array) -> list[str]:
    kinds = own_event_kinds(turn.town.data)
    words = [kinds[number].replace("_", " ").capitalize() for number in turn.state.venues["event_kind"][venue].tolist()]
    return [f"{what} at {name}" for what, name in zip(words, venue_names(turn.town, turn.state, venue), strict=True)]


def _tell(turn: Turn, kind: Kind, who: Array, times: Array) -> None:
    if len(who) == 0:
        return
    venues = turn.state.venues
    out = turn.events.add(kind, np.maximum(times, turn.start))
    out["venue"], out["value"] = who, venues["event_kind"][who]
    out["text"] = [turn.events.text(name) for name in _titles(turn, who)]
    out["when"], out["money"] = venues["event_starts"][who], venues["event_ends"][who]
    out["latitude"], out["longitude"] = venues["latitude"][who], venues["longitude"][who]
    out["score"], out["size"] = turn.town.data.world.dynamics.own_event_radius_km, seats(venues, who)
    prefix = "" if kind is Kind.EVENT_SCHEDULED else "from_"
    out["ordinal"] = 0 if kind is Kind.EVENT_SCHEDULED else _BESIDE_ARENAS
    out[f"{prefix}high"], out[f"{prefix}low"] = venues["event_high"][who], venues["event_low"][who]

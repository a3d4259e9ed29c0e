"""Exact labels of what is done in the app: the same people on the same dice, with one cause fewer at a time.

Each level (the baseline, then one cause more) is carried out on the same state and taken back. A record's cause is the
last one whose addition brought it about; a record of the baseline that is not there in the end was prevented.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from services.simulator.domain.causes import label
from services.simulator.domain.columns import Pool, joined, rank_within
from services.simulator.domain.draws import Array
from services.simulator.domain.events import EVENT, EventBuffer
from services.simulator.domain.state import State
from services.simulator.domain.turn import Decisions, Turn

_COMPARED = [name for name in EVENT.names or () if name not in ("cause", "text")]
"""Everything of a record but its label; a text follows from the rest."""
_KEY = np.dtype([(name, EVENT.fields[name][0]) for name in _COMPARED])  # type: ignore[index]


def nothing(_turn: Turn) -> None:
    """Decide nothing: what is carried out was decided before."""


def carry_out(turn: Turn, decide: Callable[[Turn], None], execute: Callable[[Turn], None]) -> None:
    """Execute ``turn.decisions``, with exact labels while causes are active; ``decide`` fills in a level's own."""
    if not turn.causes:
        execute(turn)
        return
    levels = [_level(turn, number, decide, execute) for number in range(len(turn.causes))]
    first = len(turn.events.chunks)
    execute(turn)
    _settle(turn, turn.events.chunks[first:], levels)


def _level(turn: Turn, number: int, decide: Callable[[Turn], None], execute: Callable[[Turn], None]) -> Array:
    """Records with the first ``number`` causes only."""
    twin = replace(
        turn, effects=[turn.effects[number]], causes=[], level=number, events=EventBuffer(), results=[],
        decisions=Decisions(walk_levels=turn.decisions.walk_levels), dirty_users=[], dirty_venues=[], members={},
    )  # fmt: skip
    with _undone(turn.state):
        decide(twin)
        execute(twin)
    return twin.events.rows()


def _settle(turn: Turn, chunks: list[Array], levels: list[Array]) -> None:
    """Set the cause of every record, and tell those that were prevented."""
    keys = [_keys(rows) for rows in levels]
    final = _keys(joined(chunks)) if chunks else np.zeros(0, dtype=keys[0].dtype)
    for chunk in chunks:
        own = _keys(chunk)
        present = [np.isin(own, level) for level in keys]
        cause = label([*present, np.ones(len(own), dtype=bool)], turn.causes)
        inherited = _inherited(own, keys[0], levels[0]["cause"])
        chunk["cause"] = np.where(present[0], inherited, cause)
        _pass_on(turn, chunk[~present[0]])
    lost = np.flatnonzero(~np.isin(keys[0], final))
    if len(lost) == 0:
        return
    gone, own = levels[0][lost], keys[0][lost]
    present = [np.isin(own, level) for level in [*keys, final]]
    cause = label(present, turn.causes)
    turn.suppress(
        gone["kind"],
        gone["user"],
        gone["time"],
        rank_within(gone["kind"].astype(np.int64) << 32 | gone["user"]),
        gone["venue"],
        cause,
    )


def _pass_on(turn: Turn, rows: Array) -> None:
    """Let what is pending carry the labels of the records that it comes from."""
    rows = rows[rows["low"] != 0]
    if len(rows) == 0:
        return
    state, cause = turn.state, dict(zip(rows["low"].tolist(), rows["cause"].tolist(), strict=True))
    for name, field in (("arrivals", "from_low"), ("bookings", "low"), ("invites", "low"), ("requests", "low")):
        pool = state.pools[name]
        _put(pool, np.flatnonzero(np.isin(pool.rows[field], rows["low"])), field, cause)
    invites, plans = state.pools["invites"].rows, state.pools["plans"]
    sent = invites[np.isin(invites["low"], rows["low"])]
    planned = dict(zip(sent["plan"].tolist(), sent["cause"].tolist(), strict=True))
    _put(plans, np.flatnonzero(np.isin(plans.rows["low"], sent["plan"])), "low", planned)
    plans_from = np.flatnonzero(np.isin(plans.rows["from_low"], rows["low"]))
    _put(plans, plans_from, "from_low", cause)
    for prefix in ("intent", "visit"):
        users = rows["user"]
        mine = state.users[f"{prefix}_low"][users] == rows["low"]
        state.users.put(f"{prefix}_cause", users[mine], rows["cause"][mine])


def _put(pool: Pool, index: Array, field: str, cause: Mapping[int, int]) -> None:
    if len(index):
        pool.put("cause", index, np.array([cause[low] for low in pool.rows[field][index].tolist()], dtype=np.int16))


def _keys(rows: Array) -> Array:
    """Records as opaque values that compare equal when everything but the label does. Shape (rows,)."""
    packed = np.empty(len(rows), dtype=_KEY)
    for name in _COMPARED:
        packed[name] = rows[name]
    return packed.view(f"V{_KEY.itemsize}")


def _inherited(own: Array, keys: Array, cause: Array) -> Array:
    """The label that the baseline's record of the same content carries; 0 where there is none."""
    if len(keys) == 0:
        return np.zeros(len(own), dtype=np.int16)
    known = dict(zip(keys.tolist(), cause.tolist(), strict=True))
    return np.array([known.get(key, 0) for key in own.tolist()], dtype=np.int16)


@contextmanager
def _undone(state: State) -> Iterator[None]:
    """Let something happen to the state, and take it back."""
    users, venues = state.users.mark(), state.venues.mark()
    pools = {name: pool.rows for name, pool in state.pools.items()}
    numbers = dict(state.numbers)
    try:
        yield
    finally:
        state.users.undo_to(users)
        state.venues.undo_to(venues)
        for name, rows in pools.items():
            state.pools[name].rows = rows
        state.numbers = numbers

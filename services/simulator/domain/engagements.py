"""Who already has something else to do at a time: a table booked for them, or friends asked to come."""

import numpy as np

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.draws import Array
from services.simulator.domain.turn import Turn

_MINUTE_BITS = np.int64(26)
"""Minutes since the epoch take fewer until the year 2097."""


def engaged(turn: Turn, users: Array, when: Array) -> Array:
    """Which of these people mean to be elsewhere around a time; shape (rows,).

    Of what this tick brings nothing is looked at: a cause may have made it.
    """
    apart = int(turn.town.data.world.social.apart_minutes)
    concerned = np.zeros(turn.state.users.count, dtype=bool)
    concerned[users] = True
    keys = np.sort(np.concatenate([_booked(turn, concerned), _asking(turn, concerned)]))
    at = (users.astype(np.int64) << _MINUTE_BITS) + when // MINUTE
    first, last = np.searchsorted(keys, at - apart, side="right"), np.searchsorted(keys, at + apart, side="left")
    return np.asarray(last > first)


def _booked(turn: Turn, concerned: Array) -> Array:
    """Person and minute of tables, one number each."""
    rows = turn.state.pools["bookings"].rows
    rows = rows[rows["made"] < turn.start]
    members = rows["members"].astype(np.int64)
    row, place = np.nonzero((members >= 0) & concerned[np.maximum(members, 0)])
    return np.asarray((members[row, place] << _MINUTE_BITS) + rows["when"][row] // MINUTE)


def _asking(turn: Turn, concerned: Array) -> Array:
    """Person and minute of what people have asked friends to, while the friends have not all answered."""
    rows = turn.state.pools["invites"].rows
    rows = rows[(rows["sent"] < turn.start) & concerned[rows["user"]]]
    return np.asarray((rows["user"].astype(np.int64) << _MINUTE_BITS) + rows["when"] // MINUTE)

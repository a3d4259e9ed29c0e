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
    if len(users) == 0:
        return np.zeros(0, dtype=bool)
    if turn.engagements is None:
        turn.engagements = np.sort(np.concatenate([_booked(turn), _asking(turn)]))
    apart = int(turn.town.data.world.social.apart_minutes)
    at = _keys(users, when)
    first = np.searchsorted(turn.engagements, at - apart, side="right")
    return np.asarray(np.searchsorted(turn.engagements, at + apart, side="left") > first)


def _keys(users: Array, when: Array) -> Array:
    """Person and minute as one number."""
    return np.asarray((users.astype(np.int64) << _MINUTE_BITS) + when // MINUTE)


def _booked(turn: Turn) -> Array:
    """Everybody at a table that somebody has asked for."""
    rows = turn.state.pools["bookings"].rows
    before = np.flatnonzero(rows["made"] < turn.start)
    members, when = rows["members"][before], rows["when"][before]
    found = [_keys(members[:, 0], when)]
    for place in range(1, members.shape[1]):
        party = np.flatnonzero(members[:, place] >= 0)  # from the left: whoever has no second has no third
        if len(party) == 0:
            break
        found.append(_keys(members[party, place], when[party]))
        members, when = members[party], when[party]
    return np.concatenate(found)


def _asking(turn: Turn) -> Array:
    """Everybody who has asked friends to come, while the friends have not all answered."""
    rows = turn.state.pools["invites"].rows
    before = rows["sent"] < turn.start
    return _keys(rows["user"][before], rows["when"][before])

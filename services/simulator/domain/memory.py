"""The places people know: they look for new ones now and then, and return where they went most often.

Exploration and preferential return (Song, Koren, Wang, Barabasi 2010, "Modelling the scaling properties of human
mobility", Nature Physics 6): the chance of a new place is rho * S ** -gamma with S distinct places so far, and a place
known is gone back to in proportion to the visits there. That is of all new places. Most come by themselves, where
what one knows is closed, near where one is or talked about by friends, and those fall faster with S than the law; what
is looked for on purpose, here, makes up for the rest, so that its own gamma may be below zero.
"""

import numpy as np

from services.simulator.domain.draws import Array, Draws, Purpose
from services.simulator.domain.population import KNOWN
from services.simulator.domain.turn import Turn


def exploring(turn: Turn, users: Array, steps: Array) -> Array:
    """Who tries a place new to them, shape (rows,): a draw of the person, the tick and the step."""
    columns, weights = turn.state.users, turn.town.data.world.venue_choice
    trait = turn.town.tables.persona[columns["persona"][users], 1]
    places = np.maximum(columns["places"][users], 1)
    share = weights.explore_rho * places**-weights.explore_gamma * (0.45 + 1.15 * trait)
    uniform = turn.town.draws.uniform(Purpose.EXPLORE, users, tick=turn.tick, also=[steps])
    return np.asarray((uniform < share) | (columns["places"][users] == 0))


def remember(turn: Turn, users: Array, venue: Array) -> Array:
    """Count a visit of each person (one a person), and say how many there have been, shape (rows,).

    A place that is new takes the slot of the least visited.
    """
    columns = turn.state.users
    known, count = columns["known"][users], columns["known_count"][users].astype(np.int64)
    same = known == venue[:, None]
    new = ~same.any(axis=1)
    slot = np.where(new, count.argmin(axis=1), same.argmax(axis=1))
    rows = np.arange(len(users))
    known[rows, slot] = venue
    count[rows, slot] = np.where(new, 1, np.minimum(count[rows, slot] + 1, 60_000))
    columns.put("known", users, known)
    columns.put("known_count", users, count)
    columns.put("places", users, np.minimum(columns["places"][users].astype(np.int64) + new, 60_000))
    return np.asarray(count[rows, slot])


def first_places(draws: Draws, ids: Array, age_days: Array, drawn: Array) -> dict[str, Array]:
    """What people know who were there before the clock started. ``drawn`` is (users, KNOWN), the likeliest first.

    They know about as many places as age ** 0.53 gives (REALISM S6), visited in proportion to 1 / rank.
    """
    wanted = np.minimum(1 + np.floor(age_days**0.53 * draws.uniform(Purpose.FAMILIAR, ids)), KNOWN).astype(np.int64)
    rank = np.arange(KNOWN)
    seen = (drawn[:, :, None] == drawn[:, None, :]) & (rank[None, :, None] > rank[None, None, :])
    keep = (rank[None, :] < wanted[:, None]) & ~seen.any(axis=2)
    count = np.where(keep, np.maximum(1, np.floor(wanted[:, None] / (rank[None, :] + 1.0))), 0)
    return {
        "known": np.where(keep, drawn, -1),
        "known_count": count,
        "places": keep.sum(axis=1),
    }

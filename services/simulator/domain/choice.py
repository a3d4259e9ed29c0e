"""Choosing a venue: a softmax over a few candidates near, known or talked about, as an argmax over Gumbel noise.

The noise is keyed by (user, tick, step, venue): with another cause added the same person looks at the same dice.
"""

import numpy as np

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.causes import label
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.effects import Effects
from services.simulator.domain.population import KM_PER_DEGREE
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import ZONE_DRAWS

_IMPOSSIBLE = -1e9
_COS_LATITUDE = 0.758  # of New York, 40.7 degrees
_TRENDING = 2
_STAY_LEFT = 30.0
AREA_CANDIDATES = 4
"""Venues of an area that everybody considers while something draws people there."""
_BEFORE = 2 * HOUR


def choose_venues(
    turn: Turn, users: Array, steps: Array, *, bookable: Array, open_now: Array, hour: Array
) -> tuple[Array, Array, Array]:
    """Venue of each row (-1 where none will do), the baseline's venue, and the cause. All of shape (rows,).

    ``bookable`` and ``open_now`` are masks of rows that need a venue with reservations, or open for half an hour yet;
    ``hour`` is the local hour in mind.
    """
    venues, columns, town = turn.state.venues, turn.state.users, turn.town
    if len(users) == 0 or venues.count == 0:
        none = np.full(len(users), -1)
        return none, none, np.zeros(len(users), dtype=np.int16)
    zone, latitude, longitude = turn.anchor(users)
    candidates = _candidates(turn, users, steps, zone)
    fit, effort, price = _utility(turn, users, candidates, latitude, longitude, hour)
    possible = np.ones(candidates.shape, dtype=bool)
    if bookable.any():
        possible &= venues["takes_bookings"][candidates] | ~bookable[:, None]
    if open_now.any():
        rows = np.flatnonzero(open_now)
        left = turn.hours.minutes_left(candidates[rows].ravel(), np.full(candidates[rows].size, turn.start))
        possible[rows] &= left.reshape(len(rows), -1) > _STAY_LEFT
    noise = town.draws.gumbel(Purpose.VENUE_CHOICE, users[:, None], tick=turn.tick, also=[steps[:, None], candidates])
    fit = np.where(possible, fit + noise, _IMPOSSIBLE)
    category = venues["category"][candidates]
    liked = columns["price"][users][:, None]
    weight, areas = town.data.world.venue_choice.price, len(turn.effects[-1].areas)
    outcomes = [
        _argmax(fit, effort, price - liked, candidates, effects, category, weight, areas - len(effects.areas))
        for effects in turn.effects
    ]
    cause = label(outcomes, turn.causes)
    return outcomes[-1], outcomes[0], cause


def crowd_pull(turn: Turn) -> Array:
    """What a concert or a game adds to venues near it, from two hours before its start to its end. Shape (venues,)."""
    venues = turn.state.venues
    pull = np.zeros(venues.count)
    for row in turn.state.pools["gatherings"].rows:
        if not row["starts"] - _BEFORE <= turn.start < row["ends"]:
            continue
        arena = turn.town.data.world.special_events[int(row["arena"])]
        north = (venues["latitude"] - arena.latitude) * KM_PER_DEGREE
        east = (venues["longitude"] - arena.longitude) * (KM_PER_DEGREE * _COS_LATITUDE)
        pull += turn.town.data.world.venue_choice.crowd * np.exp(
            -np.sqrt(north * north + east * east) / arena.radius_km
        )
    return pull


def _argmax(
    fit: Array, effort: Array, dearer: Array, candidates: Array, effects: Effects, category: Array, weight: float,
    hidden: int,
) -> Array:  # fmt: skip
    gap = dearer - effects.price
    utility = fit - effort * effects.distance - weight * np.where(gap > 0, gap * 1.4, -gap * 0.7)
    utility += effects.categories[category]
    if effects.places is not None:
        utility += effects.places[candidates]
    utility[:, candidates.shape[1] - AREA_CANDIDATES * hidden :] = _IMPOSSIBLE
    best = utility.argmax(axis=1)
    rows = np.arange(len(best))
    return np.where(utility[rows, best] > _IMPOSSIBLE / 2, candidates[rows, best], -1)


def _candidates(turn: Turn, users: Array, steps: Array, zone: Array) -> Array:
    """Venue numbers, shape (rows, candidates): near and popular ones, the familiar ones, the two most trending."""
    count = turn.town.data.world.venue_choice.candidates
    bits = turn.town.draws.bits(
        Purpose.CANDIDATE, users[:, None], tick=turn.tick, also=[steps[:, None], np.arange(count)[None, :]]
    )
    near = turn.zone_table[zone[:, None], (bits % np.uint64(ZONE_DRAWS)).astype(np.int64)]
    familiar = turn.state.users["familiar"][users]
    familiar = np.where(familiar >= 0, familiar, near[:, :1])
    trending = turn.state.venues["trending"]
    top = np.argsort(-trending, kind="stable")[:_TRENDING]
    columns = [near, familiar, np.broadcast_to(top, (len(users), len(top)))]
    for number, area in enumerate(turn.effects[-1].areas):
        which = np.arange(AREA_CANDIDATES)[None, :] + count + AREA_CANDIDATES * number
        drawn = turn.town.draws.bits(Purpose.CANDIDATE, users[:, None], tick=turn.tick, also=[steps[:, None], which])
        columns.append(turn.zone_table[area, (drawn % np.uint64(ZONE_DRAWS)).astype(np.int64)])
    return np.concatenate(columns, axis=1)


def _utility(
    turn: Turn, users: Array, candidates: Array, latitude: Array, longitude: Array, hour: Array
) -> tuple[Array, Array, Array]:
    """What a venue offers, what it costs to get there, and its price tier; shape (rows, candidates)."""
    venues, columns, town = turn.state.venues, turn.state.users, turn.town
    weights, tables = town.data.world.venue_choice, town.tables
    north = (venues["latitude"][candidates] - latitude[:, None]) * KM_PER_DEGREE
    east = (venues["longitude"][candidates] - longitude[:, None]) * (KM_PER_DEGREE * _COS_LATITUDE)
    effort = weights.distance * np.log1p(np.sqrt(north * north + east * east))
    category = venues["category"][candidates]
    explore = tables.persona[columns["persona"][users], 1]
    known = (candidates[:, :, None] == columns["familiar"][users][:, None, :]).any(axis=2)
    fit = (
        weights.taste * columns["tastes"][users[:, None], venues["cuisine"][candidates]]
        + weights.rating * venues["rating"][candidates]
        + weights.hours * tables.hours_log[category, hour[:, None]]
        + weights.trending * np.minimum(venues["trending"][candidates], 2.0)
        + weights.familiar * 2 * (1 - explore)[:, None] * known
        + crowd_pull(turn)[candidates]
    )
    return fit, effort, venues["price"][candidates].astype(np.float64)

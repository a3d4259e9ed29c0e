"""Choosing a venue: a softmax over a few candidates near, known or talked about, as an argmax over Gumbel noise.

The noise is keyed by (user, tick, step, venue): with another cause added the same person looks at the same dice.
Somebody who is going out either returns to a place they know or explores; who looks around considers what is near.
"""

from dataclasses import dataclass

import numpy as np

from services.simulator.domain import venue_events
from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.causes import label
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.effects import Effects
from services.simulator.domain.friends import any_friend
from services.simulator.domain.geography import kilometres
from services.simulator.domain.memory import exploring
from services.simulator.domain.population import KNOWN
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import FULL, ZONE_DRAWS

_IMPOSSIBLE = -1e9
_TRENDING = 2
_STAY_LEFT = 30.0
AREA_CANDIDATES = 4
"""Venues of an area that everybody considers while something draws people there."""


@dataclass(frozen=True)
class Wish:
    """Who wants a venue for what; columns of shape (rows,).

    ``bookable`` and ``open_now`` mark rows that need a venue with reservations, or open for half an hour yet;
    ``going`` those that mean to go there and do not only look; ``hour`` is the local hour in mind.
    """

    users: Array
    steps: Array
    bookable: Array
    open_now: Array
    going: Array
    hour: Array

    def of(self, rows: Array) -> "Wish":
        """Some of them."""
        return Wish(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def choose_venues(turn: Turn, wish: Wish) -> tuple[Array, Array, Array]:
    """Venue of each row (-1 where none will do), the baseline's venue, and the cause. All of shape (rows,)."""
    count = len(wish.users)
    outcomes = [np.full(count, -1) for _ in turn.effects]
    if count == 0 or turn.state.venues.count == 0:
        return outcomes[-1], outcomes[0], np.zeros(count, dtype=np.int16)
    returning = wish.going & ~exploring(turn, wish.users, wish.steps)
    rows = np.flatnonzero(returning)
    if len(rows):
        known = turn.state.users["known"][wish.users[rows]]
        possible = (known >= 0) & _possible(turn, wish.of(rows), known)
        some = possible.any(axis=1)
        returning[rows[~some]] = False
        rows, known, possible = rows[some], known[some], possible[some]
        for outcome, chosen in zip(outcomes, _chosen(turn, wish.of(rows), known, possible, new=False), strict=True):
            outcome[rows] = chosen
    rows = np.flatnonzero(~returning)
    if len(rows):
        part = wish.of(rows)
        candidates = _around(turn, part)
        possible = _possible(turn, part, candidates)
        going = np.flatnonzero(part.going)
        there = turn.state.users["known"][part.users[going]]
        possible[going] &= ~(candidates[going][:, :, None] == there[:, None, :]).any(axis=2)
        for outcome, chosen in zip(outcomes, _chosen(turn, part, candidates, possible, new=True), strict=True):
            outcome[rows] = chosen
    return outcomes[-1], outcomes[0], label(outcomes, turn.causes)


def crowd_pull(turn: Turn) -> Array | None:
    """What events add: to venues near an arena, from some time before, and to those that hold one. Shape (venues,)."""
    venues, pull = turn.state.venues, venue_events.pull(turn)
    before = int(turn.town.data.almanac.crowd_from_hours * HOUR)
    for row in turn.state.pools["gatherings"].rows:
        if not row["starts"] - before <= turn.start < row["ends"]:
            continue
        away = kilometres(venues["latitude"], venues["longitude"], row["latitude"], row["longitude"])
        near = np.exp(-away / row["radius_km"])
        pull = (0.0 if pull is None else pull) + turn.town.data.world.venue_choice.crowd * near
    return pull


def _possible(turn: Turn, wish: Wish, candidates: Array) -> Array:
    """Whether a venue will do at all, shape (rows, candidates): bookable, open for long enough, not full."""
    venues = turn.state.venues
    possible = np.ones(candidates.shape, dtype=bool)
    if wish.bookable.any():
        possible &= venues["takes_bookings"][candidates] | ~wish.bookable[:, None]
    if wish.open_now.any():
        left = turn.hours.minutes_left(np.arange(venues.count), np.full(venues.count, turn.start))
        room = (left > _STAY_LEFT) & (venues["fullness"] < FULL)
        possible &= room[candidates] | ~wish.open_now[:, None]
    return possible


def _chosen(turn: Turn, wish: Wish, candidates: Array, possible: Array, *, new: bool) -> list[Array]:
    """Venue of each row under each number of causes."""
    venues, users = turn.state.venues, wish.users
    weights = turn.town.data.world.venue_choice
    fit, effort = _utility(turn, wish, candidates)
    if new:
        theirs = candidates[:, weights.candidates] != candidates[:, 0]  # a friend's place, see `_around`
        fit[:, weights.candidates] += weights.friends * theirs
    else:
        visits = turn.state.users["known_count"][users]
        fit += weights.familiar * np.log(np.maximum(visits, 1))
    noise = turn.town.draws.gumbel(
        Purpose.VENUE_CHOICE, users[:, None], tick=turn.tick, also=[wish.steps[:, None], candidates]
    )
    fit += noise
    fit[~possible] = _IMPOSSIBLE
    dearer = venues["price"][candidates].astype(np.float64) - turn.state.users["price"][users][:, None]
    areas = len(turn.effects[-1].areas) if new else 0
    return [
        _argmax(
            fit, effort, dearer, candidates, effects, _pull(effects, venues["category"]), weights.price,
            areas - len(effects.areas) * new,
        )
        for effects in turn.effects
    ]  # fmt: skip


def _pull(effects: Effects, category: Array) -> Array:
    """What the causes add to each venue, shape (venues,)."""
    pull = effects.categories[category]
    return pull if effects.places is None else pull + effects.places


def _argmax(
    fit: Array, effort: Array, dearer: Array, candidates: Array, effects: Effects, pull: Array, weight: float,
    hidden: int,
) -> Array:  # fmt: skip
    gap = dearer - effects.price
    utility = fit - effort * effects.distance - weight * np.where(gap > 0, gap * 1.4, -gap * 0.7)
    utility += pull[candidates]
    utility[:, candidates.shape[1] - AREA_CANDIDATES * hidden :] = _IMPOSSIBLE
    best = utility.argmax(axis=1)
    rows = np.arange(len(best))
    return np.where(utility[rows, best] > _IMPOSSIBLE / 2, candidates[rows, best], -1)


def _around(turn: Turn, wish: Wish) -> Array:
    """Venue numbers, shape (rows, candidates): near and popular ones, a friend's, the most trending, those of areas."""
    users, steps, count = wish.users, wish.steps, turn.town.data.world.venue_choice.candidates
    zone, _, _ = turn.anchor(users)
    bits = turn.town.draws.bits(
        Purpose.CANDIDATE, users[:, None], tick=turn.tick, also=[steps[:, None], np.arange(count)[None, :]]
    )
    near = turn.zone_table[zone[:, None], (bits % np.uint64(ZONE_DRAWS)).astype(np.int64)]
    theirs = _of_a_friend(turn, users, steps)
    theirs = np.where(theirs >= 0, theirs, near[:, 0])
    top = np.argsort(-turn.state.venues["trending"], kind="stable")[:_TRENDING]
    trends = turn.state.venues["trending"][top] > 0
    columns = [near, theirs[:, None], np.where(trends[None, :], top[None, :], near[:, :1])]
    for number, area in enumerate(turn.effects[-1].areas):
        which = np.arange(AREA_CANDIDATES)[None, :] + count + AREA_CANDIDATES * number
        drawn = turn.town.draws.bits(Purpose.CANDIDATE, users[:, None], tick=turn.tick, also=[steps[:, None], which])
        columns.append(turn.zone_table[area, (drawn % np.uint64(ZONE_DRAWS)).astype(np.int64)])
    return np.concatenate(columns, axis=1)


def _of_a_friend(turn: Turn, users: Array, steps: Array) -> Array:
    """A place that one of the friends knows; -1 for nobody's or none."""
    columns, draws, recent = turn.state.users, turn.town.draws, turn.town.data.world.venue_choice.recent_days
    friend = any_friend(
        columns["friends"], columns["friend_count"], users,
        draws.uniform(Purpose.COMPANY, users, tick=turn.tick, also=[steps]),
    )  # fmt: skip
    places = np.minimum(columns["places"][friend], KNOWN)
    latest, since = columns["last_venue"][friend], columns["last_at"][friend]
    fresh = (friend >= 0) & (latest >= 0) & (since > turn.start - int(recent * DAY))
    slot = (draws.uniform(Purpose.COMPANY, users, tick=turn.tick, step=1, also=[steps]) * places).astype(np.int64)
    known = np.where((friend >= 0) & (places > 0), columns["known"][friend, np.minimum(slot, KNOWN - 1)], -1)
    return np.where(fresh, latest, known)


def _utility(turn: Turn, wish: Wish, candidates: Array) -> tuple[Array, Array]:
    """What a venue offers for its money, and what it costs to get there; shape (rows, candidates)."""
    venues, columns, town, users = turn.state.venues, turn.state.users, turn.town, wish.users
    weights, tables = town.data.world.venue_choice, town.tables
    _, latitude, longitude = turn.anchor(users)
    there = venues["latitude"][candidates], venues["longitude"][candidates]
    effort = weights.distance * np.log1p(kilometres(*there, latitude[:, None], longitude[:, None]))
    saving = -weights.elasticity * weights.promotion * np.log1p(-venues["discount"].astype(np.float64))
    follows = tables.persona[columns["persona"][users], 6]
    pull = crowd_pull(turn)
    for_all = (
        weights.rating * venues["rating"]
        + weights.trending * np.minimum(venues["trending"], 2.0)
        - weights.elasticity * np.log(venues["price_level"].astype(np.float64))
        + (0.0 if pull is None else pull)
    )
    fit = for_all[candidates]
    fit += weights.taste * columns["tastes"][users[:, None], venues["cuisine"][candidates]]
    fit += weights.ambiance / 255 * columns["moods"][users[:, None], venues["ambiance"][candidates]]
    fit += weights.hours * tables.hours_log[venues["category"][candidates], wish.hour[:, None]]
    if saving.any():
        fit += follows[:, None] * saving[candidates]
    return fit, effort

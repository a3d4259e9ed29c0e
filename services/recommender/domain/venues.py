"""Recommends venues: every candidate is scored by its terms, a shortlist is re-ranked by the model, reasons are given.

score(user, venue) = sum over terms of weight x factor(persona) x term / sum of weights - penalty for being ignored
                     + strength x (expected acceptance - usual acceptance)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from services.recommender.domain.columns import Array
from services.recommender.domain.draws import uniform
from services.recommender.domain.model import sigmoid
from services.recommender.domain.places import NO_TASTE, Floats, Ints
from services.recommender.domain.reasons import Facts
from services.recommender.domain.scene import NEUTRAL, Scene, scene_of
from services.recommender.domain.state import CityState, minute_of
from services.recommender.domain.survey import Survey, survey
from services.recommender.domain.terms import Pairs, looked_up, terms_of
from services.recommender.domain.weights import Weights

CHUNK = 64
"""Users scored together: bounds the work space to what a processor's cache holds."""

CELL_DEGREES = 0.02
"""Users of one cell of two kilometres are scored beside each other, so that a chunk looks at few venues."""

CELL_BITS = 16
"""Bits of a cell's number, either way: more than the 36,000 cells of a great circle with its offset."""

REFERENCES = 16
"""Candidates that stand for a user's usual venue in the reasons."""

EXPLORE = 1
"""Purpose of the draw that decides who is shown a new venue."""


@dataclass(frozen=True)
class Moment:
    """Who is to be advised, by row, where they are, and the one minute it is: columns of shape (users,)."""

    users: Ints
    latitude: Floats
    longitude: Floats
    time_us: int


@dataclass(frozen=True)
class Wanted:
    """What is wanted: items a list, radius, whether the model re-ranks, new places get their share, somebody asked."""

    items: int
    radius_km: float | None = None
    rerank: bool = True
    explore: bool = False
    asked: bool = False


class Pick(NamedTuple):
    """One recommended venue for one user; ``user`` counts the moment's users, ``venue`` is a row."""

    user: int
    rank: int
    venue: int
    score: float
    distance_km: float
    taste: float
    friends: int
    reasons: tuple[str, ...]
    considered: int


def recommend(
    city: CityState, weights: Weights, moment: Moment, wanted: Wanted, scene: Scene | None = None
) -> list[Pick]:  # fmt: skip
    """The best venues for each user, best first; users in order. ``scene`` is the moment's, if it is known already."""
    if not len(city.places) or not len(moment.users):
        return []
    if scene is None:
        scene = scene_of(city, weights, moment.time_us, asked=wanted.asked)
    if not scene.allowed.any():
        return []
    order = np.arange(len(moment.users))
    if len(order) > CHUNK:
        order = np.argsort(_cells(moment.latitude, moment.longitude), kind="stable")
    found: list[list[Pick]] = [[] for _ in range(len(moment.users))]
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        where = moment.latitude[part], moment.longitude[part]
        view = survey(city, weights, scene, moment.users[part], where, wanted.radius_km or weights.limits.radius_km)
        users = part.tolist()
        for user, picks in zip(users, _picked(city, weights, view, wanted, users), strict=True):
            found[user] = picks
    return [pick for picks in found for pick in picks]


def _picked(
    city: CityState, weights: Weights, view: Survey, wanted: Wanted, users: Sequence[int]
) -> list[list[Pick]]:  # fmt: skip
    """Picks for each user of a view; ``users`` are their places among those of the moment."""
    columns = shortlist(view, max(wanted.items, weights.limits.shortlist))
    count, references = columns.shape[1], _references(view)
    pairs = view.at(np.concatenate([columns, references], axis=1))
    terms = _stacked(terms_of(city, view.scene, weights.limits, pairs), pairs.venues.shape)
    score = np.take_along_axis(view.score, columns, axis=1)
    if wanted.rerank and city.model.seen:
        score = score + opinion(city, weights, pairs, terms)[:, :count]
    best = np.argsort(-score, axis=1, kind="stable")[:, : wanted.items]
    score = np.take_along_axis(score, best, axis=1)
    if wanted.explore and best.shape[1] > 1:
        _explore(city, weights, view, columns, best, score)
    usual = terms[:, :, count].copy()
    for place in range(count + 1, terms.shape[2]):  # one after the other: a sum that is the same for any split
        usual += terms[:, :, place]
    usual /= np.float32(references.shape[1])
    lead = (terms[:, np.arange(len(best))[:, None], best] - usual[:, :, None]) * view.factors[:, :, None]
    return _told(city, view, pairs, best, np.clip(score, 0, 1), np.isfinite(score), lead, users)


def _told(
    city: CityState,
    view: Survey,
    pairs: Pairs,
    best: Ints,
    score: Floats,
    fits: Array,
    lead: Floats,
    users: Sequence[int],
) -> list[list[Pick]]:
    """Picks with their reasons; ``best`` are the chosen columns of ``pairs``, shape (users, items) like the others."""
    each = np.arange(len(best))[:, None]
    order = np.argsort(-lead, axis=0, kind="stable").transpose(1, 2, 0).tolist()
    positive = (lead > 0).sum(axis=0).tolist()
    considered = view.candidates.sum(axis=1).tolist()
    venues = pairs.venues[each, best]
    kitchens = city.places["taste"][venues].astype(np.int64)
    tastes = np.full((len(best), NO_TASTE + 1), NEUTRAL, dtype=np.float32)
    tastes[:, :NO_TASTE] = city.people["taste"][pairs.users]
    shown = (
        venues, score, pairs.distance[each, best], pairs.friends[each, best], pairs.went[each, best],
        looked_up(tastes, kitchens), kitchens, fits,
    )  # fmt: skip
    rows = zip(pairs.users.tolist(), *(column.tolist() for column in shown), strict=True)
    told: list[list[Pick]] = []
    for place, (person, *columns) in enumerate(rows):
        picks: list[Pick] = []
        items = zip(*columns, strict=True)
        for rank, (venue, points, away, friends, went, taste, kitchen, fit) in enumerate(items):
            if not fit:
                break
            facts = Facts(city, view.scene, person, venue, away, int(friends), taste, kitchen, int(went))
            words = facts.reasons(order[place][rank][: positive[place][rank]])
            picks.append(
                Pick(users[place], rank + 1, venue, points, away, taste, facts.friends, words, considered[place])
            )
        told.append(picks)
    return told


def shortlist(view: Survey, count: int) -> Ints:
    """The best candidates of each user as places in ``view.near``, ascending, shape (users, count or all)."""
    score = view.score
    if count >= score.shape[1]:
        return np.broadcast_to(np.arange(score.shape[1]), score.shape).copy()
    return np.sort(np.argpartition(-score, count - 1, axis=1)[:, :count], axis=1)


def opinion(city: CityState, weights: Weights, pairs: Pairs, terms: Floats) -> Floats:
    """What the model adds to the score of pairs with terms of shape (terms, users, venues): shape (users, venues)."""
    model, learning = city.model, weights.learning
    leaning = np.zeros((len(pairs.users), NO_TASTE + 1), dtype=np.float32)
    leaning[:, :NO_TASTE] = city.people["leaning"][pairs.users]
    kitchens = city.places["taste"][pairs.venues].astype(np.int64)
    logit = model.logit(list(terms), city.places["offset"][pairs.venues], looked_up(leaning, kitchens))
    usual = np.float32(1 / (1 + np.exp(-model.weights[-1])))
    return np.asarray(np.float32(learning.strength * model.share(learning)) * (sigmoid(logit) - usual))


def _references(view: Survey) -> Ints:
    """An even sample of the surroundings, the same for all users, that stands for their usual venue."""
    count = min(REFERENCES, len(view.near))
    return np.broadcast_to((np.arange(count) * len(view.near)) // max(count, 1), (len(view.score), count))


def _explore(city: CityState, weights: Weights, view: Survey, columns: Ints, best: Ints, score: Floats) -> None:
    """Give the last place of a share of the lists to the best new venue of the shortlist that is not on it."""
    keys = city.people["key"][view.pairs.users].astype(np.uint64)
    drawn = uniform(keys, EXPLORE, minute_of(view.scene.time_us)) < weights.limits.explore_share
    for user in np.flatnonzero(drawn).tolist():
        fresh = np.where(view.scene.new[view.near[columns[user]]], view.score[user, columns[user]], -np.inf)
        fresh[best[user]] = -np.inf
        newest = int(np.argmax(fresh))
        if np.isfinite(fresh[newest]) and np.isfinite(score[user]).all():
            best[user, -1] = newest
            score[user, -1] = min(float(fresh[newest]), float(score[user, -1]))


def _stacked(terms: list[Floats], shape: tuple[int, ...]) -> Floats:
    stacked = np.empty((len(terms), *shape), dtype=np.float32)
    for place, term in enumerate(terms):
        stacked[place] = term
    return stacked


def _cells(latitude: Floats, longitude: Floats) -> Ints:
    """Number of each point's cell along a Z-order curve (Morton 1966): cells near each other have near numbers."""
    north, east = (
        np.floor((degrees.astype(np.float64) + 360) / CELL_DEGREES).astype(np.int64)
        for degrees in (latitude, longitude)
    )
    cells = np.zeros(len(north), dtype=np.int64)
    for bit in range(CELL_BITS):
        cells |= (north >> bit & 1) << (2 * bit + 1) | (east >> bit & 1) << (2 * bit)
    return cells

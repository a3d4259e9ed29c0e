"""Recommends venues: every candidate is scored by its terms, a shortlist is re-ranked by the model, reasons are given.

score(user, venue) = sum over terms of weight x factor(persona) x term / sum of weights - penalty for being ignored
                     + strength x (expected acceptance - usual acceptance)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from services.recommender.domain.draws import uniform
from services.recommender.domain.model import sigmoid
from services.recommender.domain.places import NO_TASTE, Floats, Ints
from services.recommender.domain.reasons import Facts
from services.recommender.domain.scene import scene_of
from services.recommender.domain.state import CityState, minute_of
from services.recommender.domain.survey import Survey, survey
from services.recommender.domain.terms import Pairs, looked_up, terms_of
from services.recommender.domain.weights import VENUE_TERMS, Weights

CHUNK = 64
"""Users scored together: bounds the work space to what a processor's cache holds."""

CELL_DEGREES = 0.02
"""Users of one cell of two kilometres are scored beside each other, so that a chunk looks at few venues."""

REFERENCES = 24
"""Candidates that stand for a user's usual venue in the reasons."""

EXPLORE = 1
"""Purpose of the draw that decides who is shown a new venue."""

TASTE, FRIENDS = VENUE_TERMS.index("taste"), VENUE_TERMS.index("friends")


@dataclass(frozen=True)
class Moment:
    """Who is to be advised, by row, where they are, and the one minute it is: columns of shape (users,)."""

    users: Ints
    latitude: Floats
    longitude: Floats
    time_us: int


@dataclass(frozen=True)
class Wanted:
    """What is asked for: items a list, radius, whether the model re-ranks and new places get their share."""

    items: int
    radius_km: float | None = None
    rerank: bool = True
    explore: bool = False


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


def recommend(city: CityState, weights: Weights, moment: Moment, wanted: Wanted) -> list[Pick]:
    """The best venues for each user, best first; users in order."""
    if not len(city.places) or not len(moment.users):
        return []
    scene = scene_of(city, weights, moment.time_us)
    north, east = (np.floor(degrees / CELL_DEGREES) for degrees in (moment.latitude, moment.longitude))
    order = np.lexsort((east, north)) if len(moment.users) > CHUNK else np.arange(len(moment.users))
    found: list[list[Pick]] = [[] for _ in range(len(moment.users))]
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        where = moment.latitude[part], moment.longitude[part]
        view = survey(city, weights, scene, moment.users[part], where, wanted.radius_km or weights.limits.radius_km)
        for pick in _picked(city, weights, view, wanted):
            user = int(part[pick.user])
            found[user].append(pick._replace(user=user))
    return [pick for picks in found for pick in picks]


def _picked(city: CityState, weights: Weights, view: Survey, wanted: Wanted) -> Iterator[Pick]:
    columns, score = shortlist(city, weights, view, max(wanted.items, weights.limits.shortlist), rerank=wanted.rerank)
    best = np.argsort(-score, axis=1, kind="stable")[:, : wanted.items]
    columns, score = np.take_along_axis(columns, best, axis=1), np.take_along_axis(score, best, axis=1)
    if wanted.explore and columns.shape[1] > 1:
        _explore(city, weights, view, columns, score)
    pairs = view.at(columns)
    terms = _stacked(terms_of(city, view.scene, weights.limits, pairs), columns.shape)
    contributions = terms * view.factors[:, :, None]
    lead = contributions - _typical(city, weights, view)[:, :, None]
    order = np.argsort(-lead, axis=0, kind="stable").transpose(1, 2, 0).tolist()
    positive = (lead > 0).sum(axis=0).tolist()
    considered = view.candidates.sum(axis=1).tolist()
    shown = np.clip(score, 0, 1).tolist()
    told = np.isfinite(score).tolist()
    distances, friends, tastes = pairs.distance.tolist(), pairs.friends.tolist(), terms[TASTE].tolist()
    went, venues = pairs.went.tolist(), pairs.venues.tolist()
    for user, row in enumerate(pairs.users.tolist()):
        for rank in range(len(venues[user])):
            if not told[user][rank]:
                break
            facts = Facts(
                city, view.scene, row, venues[user][rank], distances[user][rank], int(friends[user][rank]),
                tastes[user][rank], int(went[user][rank]),
            )  # fmt: skip
            yield Pick(
                user, rank + 1, facts.venue, shown[user][rank], facts.distance_km, facts.taste, facts.friends,
                facts.reasons(order[user][rank][: positive[user][rank]]), considered[user],
            )  # fmt: skip


def shortlist(city: CityState, weights: Weights, view: Survey, count: int, *, rerank: bool) -> tuple[Ints, Floats]:
    """The best candidates as places in ``view.near``, ascending, and their final scores; both (users, count)."""
    score = view.score
    count = min(count, score.shape[1])
    if count < score.shape[1]:
        columns = np.sort(np.argpartition(-score, count - 1, axis=1)[:, :count], axis=1)
    else:
        columns = np.broadcast_to(np.arange(count), score.shape).copy()
    final = np.take_along_axis(score, columns, axis=1)
    model, learning = city.model, weights.learning
    if rerank and model.seen:
        pairs = view.at(columns)
        expected = sigmoid(_logit(city, weights, view, pairs))
        usual = 1 / (1 + np.exp(-model.weights[-1]))
        final = final + np.float32(learning.strength * model.share(learning)) * (expected - np.float32(usual))
    return columns, final


def _logit(city: CityState, weights: Weights, view: Survey, pairs: Pairs) -> Floats:
    kitchens = city.places["taste"][pairs.venues].astype(np.int64)
    leaning = np.zeros((len(pairs.users), NO_TASTE + 1), dtype=np.float32)
    leaning[:, :NO_TASTE] = city.people["leaning"][pairs.users]
    terms = terms_of(city, view.scene, weights.limits, pairs)
    return city.model.logit(terms, city.places["offset"][pairs.venues], looked_up(leaning, kitchens))


def _explore(city: CityState, weights: Weights, view: Survey, columns: Ints, score: Floats) -> None:
    """Give the last place of a share of the lists to the best new venue around that is not on it."""
    keys = city.people["key"][view.pairs.users].astype(np.uint64)
    drawn = uniform(keys, EXPLORE, minute_of(view.scene.time_us)) < weights.limits.explore_share
    for user in np.flatnonzero(drawn).tolist():
        fresh = np.where(view.scene.new[view.near], view.score[user], -np.inf)
        fresh[columns[user]] = -np.inf
        best = int(np.argmax(fresh))
        if np.isfinite(fresh[best]) and np.isfinite(score[user]).all():
            columns[user, -1] = best
            score[user, -1] = min(float(fresh[best]), float(score[user, -1]))


def _typical(city: CityState, weights: Weights, view: Survey) -> Floats:
    """Mean contribution of each term over an even sample of a user's surroundings, shape (terms, users)."""
    count = min(REFERENCES, len(view.near))
    sample = (np.arange(count) * len(view.near)) // count
    columns = np.broadcast_to(sample, (len(view.pairs.users), count))
    terms = _stacked(terms_of(city, view.scene, weights.limits, view.at(columns)), columns.shape)
    total = np.zeros(terms.shape[:2], dtype=np.float32)
    for place in range(count):
        total += terms[:, :, place]
    return np.asarray(view.factors * (total / np.float32(count)))


def _stacked(terms: list[Floats], shape: tuple[int, ...]) -> Floats:
    return np.stack([np.broadcast_to(term, shape) for term in terms])

"""Everything around some users, scored: candidates from a k-d tree, distances, ties, and one weighted sum of terms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.columns import Array
from services.recommender.domain.places import NO_TASTE, Floats, Ints, distances_km, unit_points
from services.recommender.domain.scene import NEUTRAL, Scene
from services.recommender.domain.state import CityState
from services.recommender.domain.terms import PRICE_TIERS_APART, Pairs, coldness, factors_of
from services.recommender.domain.ties import friends_there, mutuals_there
from services.recommender.domain.weights import VENUE_TERMS, Limits, VenueTerm, Weights


@dataclass(frozen=True)
class Survey:
    """Users of shape (users,) against the venues ``near`` them, shape (venues,).

    ``score`` is minus infinity where a venue is out of the question; ``factors`` have shape (terms, users).
    """

    scene: Scene
    near: Ints
    pairs: Pairs
    factors: Floats
    candidates: NDArray[np.bool_]
    score: Floats

    def at(self, columns: Ints) -> Pairs:
        """Pairs of each user with venues of their own, given as places in ``near``, shape (users, n)."""
        pairs, each = self.pairs, (np.arange(len(columns))[:, None], columns)
        ties = pairs.friends[each], pairs.mutuals[each]
        return Pairs(pairs.users, self.near[columns], pairs.distance[each], *ties, pairs.went[each])


def survey(
    city: CityState, weights: Weights, scene: Scene, users: Ints, where: tuple[Floats, Floats], radius_km: float
) -> Survey:
    """Score what is within a radius of each user, or everything where nothing is; ``where`` is degrees north, east.

    Users beside each other should be near each other: what is near one of them is looked at for all.
    """
    near = city.places.near(*where, radius_km)
    near = near[scene.allowed[near]]
    found = _survey(city, weights, scene, users, where, near, radius_km)
    if found.candidates.any(axis=1).all():
        return found
    everywhere = np.flatnonzero(scene.allowed)
    return _survey(city, weights, scene, users, where, everywhere, radius_km)


def _survey(
    city: CityState,
    weights: Weights,
    scene: Scene,
    users: Ints,
    where: tuple[Floats, Floats],
    near: Ints,
    radius_km: float,
) -> Survey:
    people, count = city.people, len(near)
    position = np.full(len(city.places) + 1, -1, dtype=np.int64)
    position[near] = np.arange(count)
    row, slot = np.nonzero(position[people["went"][users]] >= 0)
    been = row, position[people["went"][users[row], slot]]
    went = np.zeros((len(users), count), dtype=np.float32)
    went[been] = people["went_times"][users[row], slot]
    pairs = Pairs(
        users,
        near[None, :],
        distances_km(unit_points(*where), city.places["point"][near]),
        friends_there(people, users, position, count),
        mutuals_there(people, users, position, count),
        went,
    )
    factors = factors_of(city, scene, weights, users)
    score = _score(city, scene, weights.limits, pairs, factors, been)
    row, slot = np.nonzero(position[people["ignored"][users]] >= 0)
    penalty = people["ignored_times"][users[row], slot] * np.float32(weights.limits.ignored_penalty)
    score[row, position[people["ignored"][users[row], slot]]] -= np.minimum(penalty, weights.limits.ignored_most)
    suits = np.isfinite(score)
    within: NDArray[np.bool_] = np.logical_and(suits, pairs.distance <= radius_km)
    if count == np.count_nonzero(scene.allowed):
        within = np.where(np.asarray(within.any(axis=1))[:, None], within, suits)
    score[~within] = -np.inf
    return Survey(scene, near, pairs, factors, within, score)


def _score(
    city: CityState, scene: Scene, limits: Limits, pairs: Pairs, factors: Floats, been: tuple[Array, Array]
) -> Floats:
    """Sum of the terms of `terms_of`, each by its factor, shape (users, venues).

    The same sum in fewer passes over memory: terms of a persona and a venue come ready from the scene, those of a
    person and a kitchen are looked up in one table, and ties and habits touch only the pairs that have any.
    """
    people, places, users, near = city.people, city.places, pairs.users, pairs.venues[0]
    persona = people["persona"][users]
    by: dict[VenueTerm, Floats] = dict(zip(VENUE_TERMS, factors, strict=True))
    openness = people["openness"][users]
    score = np.ascontiguousarray(_kitchens(city, scene, users, by)[:, places["taste"][near]])
    score += scene.worth[:, near][persona]
    score += (by["novelty"] * openness)[:, None]
    score += coldness(city, limits, users)[:, None] * scene.renown[:, near][persona]
    work = np.abs(people["price"][users][:, None] - places["price_tier"][near][None, :])
    np.minimum(work, np.float32(PRICE_TIERS_APART), out=work)
    np.subtract(np.float32(1), work / np.float32(PRICE_TIERS_APART), out=work)
    work *= by["price"][:, None]
    score += work
    np.multiply(pairs.distance, np.float32(-1 / scene.distance_scale_km), out=work)
    np.exp(work, out=work)
    work *= by["distance"][:, None]
    score += work
    if scene.sunny.any():
        score += (by["weather"] * people["outdoor"][users] / 2)[:, None] * scene.sunny[near][None, :]
    if scene.crowd.any():
        score += (by["event"] * (openness - np.float32(NEUTRAL)))[:, None] * scene.crowd[near][None, :]
    _add_ties(score, pairs.friends, limits.friends_half, by["friends"])
    _add_ties(score, pairs.mutuals, limits.mutuals_half, by["mutuals"])
    times = pairs.went[been]
    score[been] += by["habit"][been[0]] * (times / (times + np.float32(limits.habit_half)))
    score[been] -= (by["novelty"] * openness)[been[0]]
    _diets(city, scene, pairs, by["dietary"], score)
    return score


def _add_ties(score: Floats, counts: Array, half: float, weight: Floats) -> None:
    tied = np.flatnonzero(counts > 0)  # of booleans: twice as fast as of numbers
    some = counts.ravel()[tied].astype(np.float32)
    score.ravel()[tied] += weight[tied // score.shape[1]] * (some / (some + np.float32(half)))


def _kitchens(city: CityState, scene: Scene, users: Ints, by: dict[VenueTerm, Floats]) -> Floats:
    """Taste and diet of each user by kitchen, weighted, shape (users, tastes and none)."""
    people = city.people
    table = np.full((len(users), NO_TASTE + 1), NEUTRAL, dtype=np.float32)
    table[:, :NO_TASTE] = people["taste"][users]
    table *= by["taste"][:, None]
    table += by["dietary"][:, None] * scene.diets[people["diet"][users]]
    return table


def _diets(city: CityState, scene: Scene, pairs: Pairs, by: Floats, score: Floats) -> None:
    """Rule out venues that cannot cater for a person's diet; those that list it among their features can."""
    diets = city.people["diet"][pairs.users]
    rows = np.flatnonzero(diets > 0)
    if not len(rows):
        return
    near = pairs.venues[0]
    caters = scene.diets[diets[rows]][:, city.places["taste"][near]]
    cannot = caters <= 0
    if city.places["diets"][near].any():
        listed = (city.places["diets"][near][None, :] >> diets[rows].astype(np.uint8)[:, None] & 1) == 1
        score[rows] += np.where(listed, by[rows][:, None] * (1 - caters), np.float32(0))
        cannot &= ~listed
    row, column = np.nonzero(cannot)
    score[rows[row], column] = -np.inf

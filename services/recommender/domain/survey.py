"""Everything around some users, scored: candidates from a k-d tree, distances, ties, and one weighted sum of terms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.places import Floats, Ints, distances_km, unit_points
from services.recommender.domain.scene import Scene
from services.recommender.domain.state import CityState
from services.recommender.domain.terms import Pairs, factors_of, terms_of
from services.recommender.domain.ties import friends_there, mutuals_there, spread
from services.recommender.domain.weights import VENUE_TERMS, Weights

DIETARY = VENUE_TERMS.index("dietary")


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
        pairs = self.pairs
        taken = (
            np.take_along_axis(column, columns, axis=1)
            for column in (pairs.distance, pairs.friends, pairs.mutuals, pairs.went)
        )
        return Pairs(pairs.users, self.near[columns], *taken)


def survey(
    city: CityState, weights: Weights, scene: Scene, users: Ints, where: tuple[Floats, Floats], radius_km: float
) -> Survey:
    """Score what is within a radius of each user, or everything where nothing is; ``where`` is degrees north, east."""
    near = city.places.near(*where, radius_km)
    found = _survey(city, weights, scene, users, where, near, radius_km)
    if len(near) == len(city.places) or found.candidates.any(axis=1).all():
        return found
    return _survey(city, weights, scene, users, where, np.arange(len(city.places)), radius_km)


def _survey(
    city: CityState,
    weights: Weights,
    scene: Scene,
    users: Ints,
    where: tuple[Floats, Floats],
    near: Ints,
    radius_km: float,
) -> Survey:
    people, limits, count = city.people, weights.limits, len(near)
    position = np.full(len(city.places) + 1, -1, dtype=np.int64)
    position[near] = np.arange(count)
    pairs = Pairs(
        users,
        near[None, :],
        distances_km(unit_points(*where), city.places["point"][near]),
        friends_there(people, users, position, count),
        mutuals_there(people, users, position, count),
        spread(people["went"][users], people["went_times"][users], position, count),
    )
    ignored = spread(people["ignored"][users], people["ignored_times"][users], position, count)
    factors = factors_of(city, scene, weights, users)
    terms = terms_of(city, scene, limits, pairs)
    score = -np.minimum(ignored * np.float32(limits.ignored_penalty), np.float32(limits.ignored_most))
    for factor, term in zip(factors, terms, strict=True):  # one after the other: a sum that is the same for any split
        score += factor[:, None] * term
    allowed = np.logical_and(scene.allowed[near][None, :], terms[DIETARY] > 0)
    within: NDArray[np.bool_] = np.logical_and(allowed, pairs.distance <= radius_km)
    if count == len(city.places):
        within = np.where(np.asarray(within.any(axis=1))[:, None], within, allowed)
    score[~within] = -np.inf
    return Survey(scene, near, pairs, factors, within, score)

"""Compatibility of two people, and who to propose to whom: friends of friends first, then people who live near."""

import math
from dataclasses import dataclass

import numpy as np

from services.recommender.domain.columns import Array
from services.recommender.domain.crowd import LIFECYCLES, Crowd
from services.recommender.domain.places import distances_km, unit_points
from services.recommender.domain.state import CityState
from services.recommender.domain.weights import Weights

MUTUAL_HALF = 2.0
"""Mutual friends at which their term reaches one half (a choice)."""

CANDIDATES = 40
"""People looked at, those with most mutual friends first (bounds the work of a suggestion)."""

NEIGHBOURS_KM = 3.0
"""How far from home people are looked for when friends of friends are too few."""

CHURNED = LIFECYCLES.index("churned")


@dataclass(frozen=True)
class Match:
    """Two people, the other one by row, and how well they match; the score and its parts in 0..1."""

    other: int
    score: float
    mutual_friends: int
    taste_similarity: float
    activity_match: float
    distance_km: float
    openness: float
    considered: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words, strongest first: what two people share, then the parts that have no column of their own."""
        told = []
        if self.mutual_friends:
            told.append(f"{self.mutual_friends} friend{'s' if self.mutual_friends > 1 else ''} in common")
        told.append(f"Out at the same hours ({self.activity_match:.2f}), tastes alike ({self.taste_similarity:.2f})")
        told.append(f"Lives {self.distance_km:.1f} km away; openness {self.openness:.2f}")
        return tuple(told)


def compatibility(people: Crowd, weights: Weights, one: int, others: Array) -> list[Match]:
    """How well somebody matches each of some others, given by row, in that order.

    Mutual friends count saturating; tastes by the weighted Jaccard index of what is liked, sum of the smaller over
    sum of the larger (Ruzicka); hours of going out by the overlap of the two histograms; homes by distance.
    """
    mine, theirs = people["friends"][one], people["friends"][others]
    mutual = np.add.reduce(np.isin(theirs, mine[mine >= 0]) & (theirs >= 0), axis=1, dtype=np.int64)
    similarity = _jaccard(people["taste"][one], people["taste"][others])
    activity = _overlap(people["hours"][one], people["hours"][others])
    rows = np.concatenate([[one], others])
    homes = unit_points(people["home_latitude"][rows], people["home_longitude"][rows])
    distance = distances_km(homes[:1], homes[1:])[0].astype(np.float64)
    openness = (people["openness"][one].astype(np.float64) + people["openness"][others]) / 2
    terms = weights.people
    total = terms.mutual_friends + terms.taste + terms.activity + terms.distance + terms.openness
    score = (
        terms.mutual_friends * mutual / (mutual + MUTUAL_HALF)
        + terms.taste * similarity
        + terms.activity * activity
        + terms.distance * np.exp(-distance / weights.limits.distance_scale_km)
        + terms.openness * openness
    ) / max(total, 1e-9)
    columns = (others, np.clip(score, 0, 1), mutual, similarity, activity, distance, openness)
    rows_of_all = zip(*(column.tolist() for column in columns), strict=True)
    return [Match(*(*row, len(others))) for row in rows_of_all]


def suggest(city: CityState, weights: Weights, person: int, limit: int) -> list[Match]:
    """The best matches among friends of friends, and near homes where those are few, who are not friends yet."""
    people = city.people
    friends = people.friends_of(person)
    beyond = people["friends"][friends].ravel() if friends else np.empty(0, dtype=np.int32)
    candidates, times = np.unique(beyond[beyond >= 0], return_counts=True)
    fits = _open_to_meet(people, candidates, person, friends)
    candidates, times = candidates[fits], times[fits]
    chosen = candidates[np.lexsort((_names(people, candidates), -times))][:CANDIDATES].tolist()
    if len(chosen) < limit:
        near = _neighbours(people, person)
        near = near[_open_to_meet(people, near, person, [*friends, *chosen])]
        chosen += near.tolist()[: CANDIDATES - len(chosen)]
    if not chosen:
        return []
    matches = compatibility(people, weights, person, np.array(chosen, dtype=np.int64))
    matches.sort(key=lambda match: (-match.score, people.ids[match.other]))
    return matches[:limit]


def _open_to_meet(people: Crowd, candidates: Array, person: int, barred: list[int]) -> Array:
    fits = people["known"][candidates] & (people["lifecycle"][candidates] != CHURNED) & (candidates != person)
    return np.asarray(fits & ~np.isin(candidates, barred))


def _names(people: Crowd, rows: Array) -> Array:
    return np.array([people.ids[row] for row in rows.tolist()], dtype=np.str_)


def _neighbours(people: Crowd, person: int) -> Array:
    """People who live near, nearest first: a box of degrees, then the distance along it."""
    north, east = float(people["home_latitude"][person]), float(people["home_longitude"][person])
    if north == 0 and east == 0:
        return np.empty(0, dtype=np.int64)
    narrow = math.cos(math.radians(north))
    up = (people["home_latitude"] - np.float32(north)) * np.float32(111.2)
    across = (people["home_longitude"] - np.float32(east)) * np.float32(111.2 * narrow)
    square = up * up + across * across
    rows = np.flatnonzero(square < NEIGHBOURS_KM**2)
    return rows[np.argsort(square[rows], kind="stable")][: 2 * CANDIDATES]


def _jaccard(one: Array, others: Array) -> Array:
    smaller, larger = np.zeros(len(others)), np.zeros(len(others))
    for taste in range(others.shape[1]):  # one after the other: a sum that is the same for any number of others
        smaller += np.minimum(one[taste], others[:, taste])
        larger += np.maximum(one[taste], others[:, taste])
    return np.asarray(smaller / np.maximum(larger, 1e-9))


def _overlap(one: Array, others: Array) -> Array:
    """Overlap of histograms of hours, 0..1; a half where nothing is known of one of them."""
    a, b = one.astype(np.int64)[None, :], others.astype(np.int64)
    mine, theirs = a.sum(), b.sum(axis=1)
    shared = np.minimum(a * theirs[:, None], b * mine).sum(axis=1)
    return np.where((theirs > 0) & (mine > 0), shared / np.maximum(theirs * mine, 1), 0.5)

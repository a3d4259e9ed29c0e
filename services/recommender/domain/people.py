"""Compatibility of two people, and who to propose to whom: friends of friends first, then people who live near."""

import math
from dataclasses import dataclass

import numpy as np

from services.recommender.domain.columns import Array
from services.recommender.domain.crowd import LIFECYCLES, Crowd
from services.recommender.domain.places import distance_km
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
    considered: int = 1

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words, strongest first: what two people share, then the parts that have no column of their own."""
        told = []
        if self.mutual_friends:
            told.append(f"{self.mutual_friends} friend{'s' if self.mutual_friends > 1 else ''} in common")
        told.append(f"Out at the same hours ({self.activity_match:.2f}), tastes alike ({self.taste_similarity:.2f})")
        told.append(f"Lives {self.distance_km:.1f} km away; openness {self.openness:.2f}")
        return tuple(told)


def compatibility(people: Crowd, weights: Weights, one: int, other: int) -> Match:
    """How well two people match.

    Mutual friends count saturating; tastes by the weighted Jaccard index of what is liked, sum of the smaller over
    sum of the larger (Ruzicka); hours of going out by the overlap of the two histograms; homes by distance.
    """
    mine, theirs = people["friends"][one], people["friends"][other]
    mutual = len(np.intersect1d(mine[mine >= 0], theirs[theirs >= 0]))
    a, b = people["taste"][one].astype(np.float64), people["taste"][other].astype(np.float64)
    larger = sum(np.maximum(a, b).tolist())
    similarity = sum(np.minimum(a, b).tolist()) / larger if larger > 0 else 0.0
    activity = _overlap(people["hours"][one], people["hours"][other])
    homes = (people[name] for name in ("home_latitude", "home_longitude"))
    (north, to_north), (east, to_east) = ((float(column[one]), float(column[other])) for column in homes)
    distance = distance_km(north, east, to_north, to_east)
    openness = (float(people["openness"][one]) + float(people["openness"][other])) / 2
    terms = weights.people
    total = terms.mutual_friends + terms.taste + terms.activity + terms.distance + terms.openness
    score = (
        terms.mutual_friends * mutual / (mutual + MUTUAL_HALF)
        + terms.taste * similarity
        + terms.activity * activity
        + terms.distance * math.exp(-distance / weights.limits.distance_scale_km)
        + terms.openness * openness
    ) / max(total, 1e-9)
    return Match(other, min(max(score, 0.0), 1.0), mutual, similarity, activity, distance, openness)


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
    matches = [compatibility(people, weights, person, other) for other in chosen]
    matches.sort(key=lambda match: (-match.score, people.ids[match.other]))
    return [Match(**{**match.__dict__, "considered": len(matches)}) for match in matches[:limit]]


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


def _overlap(one: Array, other: Array) -> float:
    """Overlap of two histograms of hours, 0..1; a half where nothing is known of one of them."""
    a, b = one.astype(np.int64), other.astype(np.int64)
    if not a.sum() or not b.sum():
        return 0.5
    return float(np.minimum(a * b.sum(), b * a.sum()).sum()) / float(a.sum() * b.sum())

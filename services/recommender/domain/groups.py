"""Where a group should meet: between its members, within the smallest purse, for every diet, fair to the unhappiest.

joint(venue) = (1 - fairness) x mean of the members' scores + fairness x the lowest of them
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.places import Floats, Ints
from services.recommender.domain.scene import scene_of
from services.recommender.domain.state import CityState
from services.recommender.domain.survey import Survey, survey
from services.recommender.domain.terms import terms_of
from services.recommender.domain.venues import opinion
from services.recommender.domain.weights import Weights

STEPS = 50
CLOSE_DEGREES = 1e-7
"""Weiszfeld's iteration ends when the point moves by less: a centimetre."""

Centre = Literal["median", "centroid"]


@dataclass(frozen=True)
class Group:
    """Members by row, and when and within which radius of the centre they mean to meet."""

    members: Ints
    time_us: int
    centre: Centre
    radius_km: float
    fairness: float


class Meeting(NamedTuple):
    """A venue for a group: joint score, the members' own, and km from the centre."""

    venue: int
    score: float
    member_scores: tuple[float, ...]
    distance_km: float
    considered: int


def centre_of(latitude: Floats, longitude: Floats, kind: Centre) -> tuple[float, float]:
    """Middle of some points in degrees: their mean, or the point with the least sum of distances (geometric median).

    Weiszfeld's algorithm as Vardi and Zhang (2000, "The multivariate L1-median and associated data depth", PNAS 97)
    mend it where the iteration comes upon a member, on a plane where a degree east is as long as one north. One outlier
    does not draw the point away.
    """
    north, east = latitude.astype(np.float64), longitude.astype(np.float64)
    mean = np.array([sum(north.tolist()) / len(north), sum(east.tolist()) / len(east)])
    if kind == "centroid" or len(north) == 1:
        return float(mean[0]), float(mean[1])
    narrow = np.array([1.0, math.cos(math.radians(mean[0]))])
    points = np.stack([north, east], axis=1) * narrow
    here = mean * narrow
    for _ in range(STEPS):
        there = _nearer(points, here)
        moved = float(np.abs(there - here).max())
        here = there
        if moved < CLOSE_DEGREES:
            break
    asked = np.vstack([points, here])  # towards a member that is the median the steps grow short long before it
    away = np.sqrt(((asked[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
    best = asked[int(away.sum(axis=1).argmin())] / narrow
    return float(best[0]), float(best[1])


def _nearer(points: NDArray[np.float64], here: NDArray[np.float64]) -> NDArray[np.float64]:
    """One step towards the point with the least sum of distances to points of shape (n, 2)."""
    away = np.sqrt(((points - here) ** 2).sum(axis=1))
    apart = away > CLOSE_DEGREES
    if not apart.any():
        return here
    share = 1 / away[apart]
    there = np.array([sum((share * points[apart, axis]).tolist()) for axis in (0, 1)]) / sum(share.tolist())
    held = len(points) - int(apart.sum())
    pull = float(np.hypot(*(there - here))) * sum(share.tolist())
    return here if pull <= held else here + (there - here) * (1 - held / pull)


def meet(city: CityState, weights: Weights, group: Group, limit: int, *, rerank: bool) -> list[Meeting]:
    """The best venues for a group, best first; none where no place suits all diets and the smallest purse."""
    people, members = city.people, group.members
    if not len(city.places):
        return []
    middle = centre_of(people["latitude"][members], people["longitude"][members], group.centre)
    where = tuple(np.full(len(members), degrees, dtype=np.float32) for degrees in middle)
    scene = scene_of(city, weights, group.time_us)
    if not scene.allowed.any():
        return []
    view = survey(city, weights, scene, members, (where[0], where[1]), group.radius_km)
    shared = np.logical_and.reduce(view.candidates, axis=0)
    ceiling = math.ceil(float(people["price"][members].min()))
    fits = np.flatnonzero(shared & (city.places["price_tier"][view.near] <= np.float32(ceiling + 0.5)))
    if not len(fits):
        return []
    scores = _scores(city, weights, view, rerank=rerank)[:, fits]
    lowest, total = scores[0].copy(), np.zeros(len(fits), dtype=np.float32)
    for own in scores:
        lowest, total = np.minimum(lowest, own), total + own
    joint = (1 - group.fairness) * total / len(members) + group.fairness * lowest
    best = np.argsort(-joint, kind="stable")[:limit].tolist()
    return [
        Meeting(
            int(view.near[fits[place]]),
            float(joint[place]),
            tuple(scores[:, place].tolist()),
            float(view.pairs.distance[0, fits[place]]),
            len(fits),
        )
        for place in best
    ]


def _scores(city: CityState, weights: Weights, view: Survey, *, rerank: bool) -> Floats:
    """Scores of every venue of a survey for every member, the model's opinion in them, in 0..1."""
    scores = view.score
    if rerank and city.model.seen:
        every = view.at(np.broadcast_to(np.arange(len(view.near)), view.score.shape))
        terms = np.stack(terms_of(city, view.scene, weights.limits, every))
        scores = scores + opinion(city, weights, every, terms)
    return np.asarray(np.clip(scores, 0, 1))

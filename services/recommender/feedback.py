"""What people did with what they were shown: counts of lists taken, and examples for the model."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from services.recommender.domain.model import Examples
from services.recommender.domain.scene import scene_of
from services.recommender.domain.state import JUDGED, MINUTE_US, CityState, Happening
from services.recommender.domain.terms import beside_each, terms_of
from services.recommender.domain.weights import Weights

MIDDLE_STARS, STARS_APART = 1, 4


def remember(city: CityState, weights: Weights, due: Sequence[Happening], *, rerank: bool) -> None:
    """Fold what happened in past minutes: learn first, from the terms as they were when it was judged."""
    for minute, group in groupby(due, key=lambda happening: happening.minute):
        part = list(group)
        _count(city, minute, part)
        if rerank:
            _learn(city, weights, minute, part)
        for happening in part:
            city.fold(happening)


def _count(city: CityState, minute: int, part: Sequence[Happening]) -> None:
    """Items of a list are judged together: a person decides on one list in a minute."""
    lists: dict[str, bool] = {}
    for happening in part:
        if happening.kind in JUDGED:
            took = happening.kind == "recommendation.accepted"
            lists[happening.user_id] = lists.get(happening.user_id, False) or took
    for user_id, accepted in lists.items():
        row = city.people.meet(user_id)
        city.acceptance.count(minute * MINUTE_US, int(city.people["joined"][row]), accepted=accepted)


def _learn(city: CityState, weights: Weights, minute: int, part: Sequence[Happening]) -> None:
    feedback, users, venues, targets, counts = weights.learning.feedback, [], [], [], []
    for happening in part:
        says, venue = feedback.get(happening.kind), city.places.index.get(happening.venue_id)
        if says is None or venue is None:
            continue
        target = says.target
        if target is None:
            if happening.value is None:
                continue
            target = min(max((happening.value - MIDDLE_STARS) / STARS_APART, 0.0), 1.0)
        users.append(city.people.meet(happening.user_id))
        venues.append(venue)
        targets.append(target)
        counts.append(says.weight)
    if not users:
        return
    scene = scene_of(city, weights, minute * MINUTE_US)
    pairs = beside_each(city, np.array(users), np.array(venues))
    shape = pairs.venues.shape
    terms = [np.broadcast_to(term, shape)[:, 0] for term in terms_of(city, scene, weights.limits, pairs)]
    examples = Examples(
        pairs.users, pairs.venues[:, 0], np.stack(terms, axis=1), np.array(targets), np.array(counts)
    )  # fmt: skip
    columns = city.people["leaning"], city.places["offset"], city.places["taste"]
    city.model.learn(weights.learning, examples, *columns)

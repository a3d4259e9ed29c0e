"""Compatibility of two people, and who to propose to whom: friends of friends first, then neighbours of taste."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from services.recommender.domain.places import distance_km
from services.recommender.domain.state import CityState, Person
from services.recommender.domain.weights import Weights

MUTUAL_HALF = 2.0
"""Mutual friends at which their term reaches one half (a choice)."""

CANDIDATES = 40
"""Friends of friends looked at, those with most mutual friends first (bounds the work of a suggestion)."""


@dataclass(frozen=True)
class Match:
    """Two people and how well they match; ``score`` and ``taste_similarity`` in 0..1."""

    other: Person
    score: float
    taste_similarity: float
    mutual_friends: int
    distance_km: float
    considered: int = 1

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words, strongest first."""
        told = []
        if self.mutual_friends:
            told.append(f"{self.mutual_friends} friend{'s' if self.mutual_friends > 1 else ''} in common")
        told.append(f"Tastes alike ({self.taste_similarity:.2f})")
        told.append(f"Lives {self.distance_km:.1f} km away")
        return tuple(told[:3])


def compatibility(weights: Weights, one: Person, other: Person) -> Match:
    """How well two people match.

    Mutual friends count saturating, tastes by the cosine of the two vectors around neutral, homes by distance.
    """
    mutual = len(set(one.friends) & set(other.friends))
    a, b = one.taste - 0.5, other.taste - 0.5
    length = float(np.sqrt((a * a).sum() * (b * b).sum()))
    similarity = 0.5 + 0.5 * float((a * b).sum()) / length if length > 0 else 0.5
    distance = distance_km(one.latitude, one.longitude, other.latitude, other.longitude)
    terms = weights.people
    total = terms.mutual_friends + terms.taste + terms.distance + terms.openness
    score = (
        terms.mutual_friends * mutual / (mutual + MUTUAL_HALF)
        + terms.taste * similarity
        + terms.distance * math.exp(-distance / weights.limits.distance_scale_km)
        + terms.openness * (one.openness + other.openness) / 2
    ) / total
    return Match(other, min(max(score, 0.0), 1.0), similarity, mutual, distance)


def suggest(city: CityState, weights: Weights, person: Person, limit: int) -> list[Match]:
    """The best matches among friends of friends who are not friends yet, best first."""
    friends = {person.user_id, *person.friends}
    seen: Counter[str] = Counter()
    for friend_id in person.friends:
        friend = city.people.get(friend_id)
        if friend is not None:
            seen.update(other for other in friend.friends if other not in friends)
    ranked = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
    active = [city.people[user_id] for user_id, _ in ranked if user_id in city.people]
    matches = [compatibility(weights, person, other) for other in active if other.lifecycle != "churned"]
    matches.sort(key=lambda match: (-match.score, match.other.user_id))
    return [
        Match(m.other, m.score, m.taste_similarity, m.mutual_friends, m.distance_km, len(matches))
        for m in matches[:limit]
    ]

"""Why a venue is recommended, in words and numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.recommender.domain.places import TASTES, Floats, Places
from services.recommender.domain.state import CityState, Person
from services.recommender.domain.weights import VENUE_TERMS

REASONS = 3

WET = frozenset({"rain", "snow", "storm"})
"""Weather in which people want a roof."""


@dataclass(frozen=True)
class Facts:
    """What can be said of one venue to one person."""

    city: CityState
    places: Places
    person: Person
    venue: int
    distance_km: float
    friends: int

    def reasons(self, lead: Floats) -> tuple[str, ...]:
        """The three terms that put this venue furthest ahead of the user's average venue, strongest first.

        ``lead`` is the contribution of each term over its mean for this user, shape (terms,).
        """
        order = np.argsort(-lead, kind="stable")
        told = (WORDS[VENUE_TERMS[term]](self) for term in order.tolist() if lead[term] > 0)
        return tuple(words for words in told if words)[:REASONS] or (_distance(self),)


def _taste(facts: Facts) -> str | None:
    taste = int(facts.places.taste[facts.venue])
    return f"You like {TASTES[taste].replace('_', ' ')} ({facts.person.taste[taste]:.2f})" if taste >= 0 else None


def _distance(facts: Facts) -> str:
    return f"{facts.distance_km:.1f} km away"


def _friends(facts: Facts) -> str | None:
    if not facts.friends:
        return None
    return f"{facts.friends} friends of yours go there" if facts.friends > 1 else "A friend of yours goes there"


def _weather(facts: Facts) -> str | None:
    if facts.city.condition == "clear":
        return "Tables outside, and the sky is clear"
    return f"A roof against the {facts.city.condition}" if facts.city.condition in WET else None


def _offer(facts: Facts) -> str | None:
    return "An offer is on" if facts.places.ids[facts.venue] in facts.city.offers else None


def _habit(facts: Facts) -> str | None:
    return "One of your places" if facts.person.goes_to.get(facts.venue) else None


WORDS: dict[str, Callable[[Facts], str | None]] = {
    "taste": _taste,
    "price": lambda facts: f"Your price range (tier {facts.places.price_tier[facts.venue]:.0f})",
    "distance": _distance,
    "friends": _friends,
    "popularity": lambda facts: f"Popular ({facts.city.visitors.get(facts.venue, 0):.0f} visits and likes)",
    "rating": lambda facts: (
        f"Rated {facts.places.rating[facts.venue]:.1f} by {facts.places.rating_count[facts.venue]:.0f}"
    ),
    "trending": lambda _: "Trending now",
    "weather": _weather,
    "offer": _offer,
    "habit": _habit,
}
"""How each term of the score is told; None where there is nothing to tell."""

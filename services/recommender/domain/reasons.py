"""Why a venue is recommended, in words and numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.recommender.domain.crowd import DIETS
from services.recommender.domain.places import AMBIANCES, NO_AMBIANCE, NO_TASTE, TASTES
from services.recommender.domain.scene import WET, Scene
from services.recommender.domain.state import CityState
from services.recommender.domain.weights import VENUE_TERMS, VenueTerm

_PLAIN = frozenset({"cafe", "dessert", "bar", "healthy", "fast_food"})
"""Tastes that are not named after a country or a sea, which have a capital letter."""
_KITCHENS = [taste.replace("_", " ") if taste in _PLAIN else taste.capitalize() for taste in TASTES]
_AT_HAND_KM = 0.05
"""What a tenth of a kilometre would say as none."""
REASONS = 3
ROOMY = 0.8
"""Share of free seats from which there is room worth telling of."""


class Facts(NamedTuple):
    """What can be said of one venue to one person, both by row."""

    city: CityState
    scene: Scene
    person: int
    venue: int
    distance_km: float
    friends: int
    taste: float
    kitchen: int
    went: int

    def reasons(self, order: Sequence[int]) -> tuple[str, ...]:
        """The terms that put this venue furthest ahead of the user's usual venue, given strongest first, in words."""
        told: list[str] = []
        for term in order:
            words = WORDS[VENUE_TERMS[term]](self)
            if words:
                told.append(words)
                if len(told) == REASONS:
                    break
        return tuple(told) or (_distance(self),)


def _taste(facts: Facts) -> str | None:
    return f"You like {_KITCHENS[facts.kitchen]} ({facts.taste:.2f})" if facts.kitchen < NO_TASTE else None


def _distance(facts: Facts) -> str:
    return f"{facts.distance_km:.1f} km away" if facts.distance_km >= _AT_HAND_KM else "Just around the corner"


def _friends(facts: Facts) -> str | None:
    if not facts.friends:
        return None
    return f"{facts.friends} friends of yours go there" if facts.friends > 1 else "A friend of yours goes there"


def _ambiance(facts: Facts) -> str | None:
    mood = int(facts.city.places["ambiance"][facts.venue])
    return f"{AMBIANCES[mood].capitalize()}, as you like it" if mood < NO_AMBIANCE else None


def _dietary(facts: Facts) -> str | None:
    diet = int(facts.city.people["diet"][facts.person])
    return f"Good for {DIETS[diet].replace('_', '-')} food" if diet else None


def _weather(facts: Facts) -> str | None:
    if facts.city.condition == "clear":
        return "Tables outside, and the sky is clear"
    return f"A roof against the {facts.city.condition}" if facts.city.condition in WET else None


def _event(facts: Facts) -> str | None:
    crowd = float(facts.scene.crowd[facts.venue])
    if crowd <= 0:
        return None
    seeks = facts.city.people["openness"][facts.person] > 0.5  # noqa: PLR2004 - neutral
    return f"Something is on near it (crowd {crowd:.2f})" if seeks else "Away from the crowds"


def _offer(facts: Facts) -> str | None:
    discount = float(facts.city.places["discount"][facts.venue])
    return (f"An offer is on ({discount:.0f} % off)" if discount > 1 else "An offer is on") if discount > 0 else None


def _availability(facts: Facts) -> str | None:
    free = float(facts.scene.availability[facts.venue])
    return f"Tables free ({free:.0%} of the seats)" if free >= ROOMY else None


def _habit(facts: Facts) -> str | None:
    return "One of your places" if facts.went else None


def _novelty(facts: Facts) -> str | None:
    return "New: hardly anybody has been there" if facts.scene.new[facts.venue] else None


WORDS: dict[VenueTerm, Callable[[Facts], str | None]] = {
    "taste": _taste,
    "price": lambda facts: f"Your price range (tier {facts.city.places['price_tier'][facts.venue]:.0f})",
    "ambiance": _ambiance,
    "dietary": _dietary,
    "distance": _distance,
    "friends": _friends,
    "mutuals": lambda _: "Friends of your friends go there",
    "popularity": lambda facts: f"Popular ({facts.city.places['visitors'][facts.venue]:.0f} visits and likes)",
    "rating": lambda facts: (
        f"Rated {facts.city.places['rating'][facts.venue]:.1f} by {facts.city.places['rating_count'][facts.venue]:.0f}"
    ),
    "trending": lambda facts: f"Trending now ({facts.city.places['trending'][facts.venue]:.1f})",
    "time_of_day": lambda facts: f"Where people go at this hour ({facts.scene.time_of_day[facts.venue]:.2f})",
    "weather": _weather,
    "event": _event,
    "offer": _offer,
    "availability": _availability,
    "habit": _habit,
    "novelty": _novelty,
}
"""How each term of the score is told; None where there is nothing to tell."""

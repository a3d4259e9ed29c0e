"""The terms of the venue score, each in 0..1, for pairs of users and venues."""

from dataclasses import dataclass

import numpy as np

from services.recommender.domain.columns import Array
from services.recommender.domain.places import NO_TASTE, TASTES, Floats, Ints, distances_km, unit_points
from services.recommender.domain.scene import NEUTRAL, Scene
from services.recommender.domain.state import CityState
from services.recommender.domain.ties import beside, friends_at, mutuals_at
from services.recommender.domain.weights import VENUE_TERMS, Limits, Weights

PRICE_TIERS_APART = 3.0
"""Distance of the dearest tier from the cheapest."""


@dataclass(frozen=True)
class Pairs:
    """Users of shape (users,) against venues: all the same ones, shape (1, venues), or each their own, (users, venues).

    The other columns have shape (users, venues): km, friends and friends of friends who go there, own visits.
    """

    users: Ints
    venues: Ints
    distance: Floats
    friends: Floats | Ints
    mutuals: Floats | Ints
    went: Floats


def beside_each(city: CityState, users: Ints, venues: Ints) -> Pairs:
    """Each user with the one venue beside, shapes (users, 1)."""
    people = city.people
    here = unit_points(people["latitude"][users], people["longitude"][users])
    there = city.places["point"][venues]
    distance = np.array([distances_km(here[k : k + 1], there[k : k + 1])[0, 0] for k in range(len(users))], np.float32)
    went = beside(people["went"][users], people["went_times"][users], venues)
    columns = (distance, friends_at(people, users, venues), mutuals_at(people, users, venues), went)
    return Pairs(users, venues[:, None], *(column[:, None] for column in columns))


def terms_of(city: CityState, scene: Scene, limits: Limits, pairs: Pairs) -> list[Floats]:
    """Every term in the order of `VENUE_TERMS`; each broadcasts to (users, venues)."""
    people, places, users, venues = city.people, city.places, pairs.users, pairs.venues
    kitchens = places["taste"][venues].astype(np.int64)
    tastes = np.full((len(users), NO_TASTE + 1), NEUTRAL, dtype=np.float32)
    tastes[:, : len(TASTES)] = people["taste"][users]
    openness = people["openness"][users][:, None]
    apart = np.abs(people["price"][users][:, None] - places["price_tier"][venues])
    liking = scene.ambiance[people["persona"][users]]
    sun = np.where(scene.sunny[venues], people["outdoor"][users][:, None] / 2, np.float32(0))
    went = pairs.went
    terms = {
        "taste": looked_up(tastes, kitchens),
        "price": np.maximum(1 - apart / np.float32(PRICE_TIERS_APART), 0),
        "ambiance": looked_up(liking, places["ambiance"][venues].astype(np.int64)),
        "dietary": dietary(city, scene, users, venues, kitchens),
        "distance": np.exp(-pairs.distance / np.float32(scene.distance_scale_km)),
        "friends": pairs.friends / (pairs.friends + np.float32(limits.friends_half)),
        "mutuals": pairs.mutuals / (pairs.mutuals + np.float32(limits.mutuals_half)),
        "popularity": scene.popularity[venues],
        "rating": scene.rating[venues],
        "trending": scene.trending[venues],
        "time_of_day": scene.time_of_day[venues],
        "weather": scene.shelter[venues] + sun,
        "event": NEUTRAL + scene.crowd[venues] * (openness - np.float32(NEUTRAL)),
        "offer": scene.offer[venues],
        "availability": scene.availability[venues],
        "habit": went / (went + np.float32(limits.habit_half)),
        "novelty": np.where(went > 0, np.float32(0), openness),
    }
    return [np.asarray(terms[name], dtype=np.float32) for name in VENUE_TERMS]


def dietary(city: CityState, scene: Scene, users: Ints, venues: Ints, kitchens: Ints) -> Floats:
    """How well each venue caters for each user, 1 where its features say that it does."""
    diets = city.people["diet"][users].astype(np.int64)
    listed = city.places["diets"][venues] >> diets.astype(np.uint8)[:, None] & 1
    return np.where(listed == 1, np.float32(1), looked_up(scene.diets[diets], kitchens))


def looked_up(table: Array, codes: Ints) -> Floats:
    """Values of each row's own table, (rows, kinds), at codes that are the same for all, (1, n), or not, (rows, n)."""
    if len(codes) == 1:
        return np.asarray(table[:, codes[0]])
    return np.asarray(np.take_along_axis(table, codes, axis=1))


def factors_of(city: CityState, scene: Scene, weights: Weights, users: Ints) -> Floats:
    """Weight of each term for each user, shape (terms, users): the persona's, newcomers going by what others like."""
    factors = np.ascontiguousarray(scene.factors[city.people["persona"][users]].T)
    cold = coldness(city, weights.limits, users)
    for name in ("popularity", "rating"):
        factors[VENUE_TERMS.index(name)] *= cold
    return factors


def coldness(city: CityState, limits: Limits, users: Ints) -> Floats:
    """How much more popularity and rating count for people of whom few visits are known, 1 and more."""
    visits = city.people["went_times"][users].sum(axis=1).astype(np.float32)
    return np.asarray(1 + limits.cold_boost * limits.cold_half / (limits.cold_half + visits), dtype=np.float32)

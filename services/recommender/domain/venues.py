"""Scores venues for many users at once: a weighted sum of terms in 0..1, and the reasons behind each pick.

score(user, venue) = sum over terms of weight(term) x factor(persona, term) x term - penalty for being ignored
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.opening import DAY, open_within
from services.recommender.domain.places import Floats, Places, haversine_km
from services.recommender.domain.reasons import WET, Facts
from services.recommender.domain.state import CityState, Person
from services.recommender.domain.weights import VENUE_TERMS, Limits, Weights

NEUTRAL = 0.5
PRICE_TIERS_APART = 3.0
"""Distance of the dearest tier from the cheapest."""

RATING_PRIOR_REVIEWS = 10.0
"""Reviews at which a venue's own mean counts as much as the city's (shrinkage, a choice)."""

CHUNK = 256
"""Users scored together: bounds the work space at 256 x venues x terms floats."""


@dataclass(frozen=True)
class Moment:
    """Who is to be advised, where they are and when: one element a user."""

    people: Sequence[Person]
    latitude: Floats
    longitude: Floats
    times_us: NDArray[np.int64]


@dataclass(frozen=True)
class Pick:
    """One recommended venue for one user."""

    user: int
    rank: int
    venue: int
    score: float
    distance_km: float
    taste: float
    friends: int
    reasons: tuple[str, ...]
    considered: int


def minute_of_week(times_us: NDArray[np.int64], time_zone: str) -> NDArray[np.int64]:
    """Minutes since local Monday 00:00 of each time."""
    zone = ZoneInfo(time_zone)
    local = [dt.datetime.fromtimestamp(int(time) / 1e6, tz=zone) for time in times_us]
    return np.array([moment.weekday() * DAY + moment.hour * 60 + moment.minute for moment in local])


def recommend(
    city: CityState, weights: Weights, moment: Moment, items: int, radius_km: float | None = None
) -> list[Pick]:
    """The best ``items`` venues for each user, best first; users in order."""
    places = city.places.columns
    picks: list[Pick] = []
    if not places.ids:
        return picks
    for start in range(0, len(moment.people), CHUNK):
        part = slice(start, start + CHUNK)
        chunk = Moment(moment.people[part], moment.latitude[part], moment.longitude[part], moment.times_us[part])
        picks += _recommend_chunk(city, places, weights, chunk, start, items, radius_km or weights.limits.radius_km)
    return picks


def _recommend_chunk(
    city: CityState, places: Places, weights: Weights, moment: Moment, first_user: int, items: int, radius_km: float
) -> list[Pick]:
    distance = haversine_km(moment.latitude, moment.longitude, places.latitude, places.longitude)
    candidates = _candidates(city, places, weights.limits, moment, distance, radius_km)
    friends = _friends(city, moment.people, len(places.ids))
    terms = _terms(city, places, weights.limits, moment.people, distance, friends)
    contributions = terms * _persona_weights(weights, moment.people)
    score = contributions.sum(axis=0) - _penalty(moment.people, weights.limits, len(places.ids))
    score[~candidates] = -np.inf
    items = min(items, len(places.ids))
    best = np.argsort(-score, axis=1, kind="stable")[:, :items]
    typical = contributions.mean(axis=2)
    picks = []
    for user in range(len(moment.people)):
        considered = int(candidates[user].sum())
        for rank, venue in enumerate(best[user, : min(items, considered)].tolist(), start=1):
            lead = contributions[:, user, venue] - typical[:, user]
            facts = Facts(
                city, places, moment.people[user], venue, float(distance[user, venue]), int(friends[user, venue])
            )
            picks.append(
                Pick(
                    user=first_user + user,
                    rank=rank,
                    venue=venue,
                    score=float(np.clip(score[user, venue], 0, 1)),
                    distance_km=facts.distance_km,
                    taste=float(terms[0, user, venue]),
                    friends=facts.friends,
                    reasons=facts.reasons(lead),
                    considered=considered,
                )
            )
    return picks


def _candidates(
    city: CityState, places: Places, limits: Limits, moment: Moment, distance: Floats, radius_km: float
) -> NDArray[np.bool_]:
    """Open soon, within the radius (or the nearest place, where nothing is), and under a roof when it rains."""
    allowed = open_within(places.hours, minute_of_week(moment.times_us, places.time_zone), limits.open_within_minutes)
    if city.condition in WET:
        allowed &= ~places.outdoor_only[None, :]
    near: NDArray[np.bool_] = np.logical_and(allowed, distance <= radius_km)
    nothing_near = ~np.atleast_1d(near.any(axis=1))
    return np.asarray(np.where(nothing_near[:, None], allowed, near))


def _terms(
    city: CityState, places: Places, limits: Limits, people: Sequence[Person], distance: Floats, friends: Floats
) -> Floats:
    """Every term of every (user, venue), shape (terms, users, venues), in the order of `VENUE_TERMS`."""
    users, venues = distance.shape
    terms = np.zeros((len(VENUE_TERMS), users, venues), dtype=np.float32)
    tastes = np.stack([person.taste for person in people])
    known = places.taste >= 0
    terms[0] = np.where(known[None, :], tastes[:, np.maximum(places.taste, 0)], NEUTRAL)
    prices = np.array([person.price_tier for person in people], dtype=np.float32)
    terms[1] = 1 - np.abs(prices[:, None] - places.price_tier[None, :]) / PRICE_TIERS_APART
    scale = limits.distance_scale_km / (1 + city.delay_minutes / 30)
    terms[2] = np.exp(-distance / scale)
    terms[3] = friends / (friends + limits.friends_half)
    visitors = np.zeros(venues, dtype=np.float32)
    if city.visitors:
        visitors[np.array(list(city.visitors))] = np.array(list(city.visitors.values()))
    terms[4] = (np.log1p(visitors) / max(np.log1p(visitors.max()), 1.0))[None, :]
    city_mean = places.rating.mean()
    shrunk = (places.rating * places.rating_count + city_mean * RATING_PRIOR_REVIEWS) / (
        places.rating_count + RATING_PRIOR_REVIEWS
    )
    terms[5] = np.clip((shrunk - 1) / 4, 0, 1)[None, :]
    trending = places.trending.copy()
    for venue_id, value in city.trending.items():
        if venue_id in city.places.index:
            trending[city.places.index[venue_id]] = min(max(value, 0.0), 1.0)
    terms[6] = trending[None, :]
    fine = city.condition == "clear"
    terms[7] = np.where(places.outdoor == fine, 1.0, NEUTRAL if city.condition not in WET else 0.0)[None, :]
    offers = [city.places.index[venue_id] for venue_id in city.offers if venue_id in city.places.index]
    terms[8][:, offers] = 1.0
    for user, person in enumerate(people):
        if person.goes_to:
            counts = np.fromiter(person.goes_to.values(), dtype=np.float32)
            terms[9][user, list(person.goes_to)] = counts / (counts + 2)
    return terms


def _friends(city: CityState, people: Sequence[Person], venues: int) -> Floats:
    """How many friends of each user go to each venue, shape (users, venues)."""
    counts = np.zeros((len(people), venues), dtype=np.float32)
    for user, person in enumerate(people):
        for friend_id in person.friends:
            friend = city.people.get(friend_id)
            if friend is not None and friend.goes_to:
                counts[user, list(friend.goes_to)] += 1
    return counts


def _persona_weights(weights: Weights, people: Sequence[Person]) -> Floats:
    base = np.array([getattr(weights.venues, term) for term in VENUE_TERMS], dtype=np.float32)
    factors = np.ones((len(VENUE_TERMS), len(people)), dtype=np.float32)
    for user, person in enumerate(people):
        factor = weights.personas.get(person.persona)
        if factor is not None:
            factors[:, user] = [getattr(factor, term) for term in VENUE_TERMS]
    return np.asarray((base[:, None] * factors)[:, :, None], dtype=np.float32)


def _penalty(people: Sequence[Person], limits: Limits, venues: int) -> Floats:
    penalty = np.zeros((len(people), venues), dtype=np.float32)
    for user, person in enumerate(people):
        for venue, times in person.ignored.items():
            penalty[user, venue] = limits.ignored_penalty * times
    return penalty

"""The city at one moment: what every venue is worth to anybody, computed once for all who are advised then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.clock import local_time, minute_of_week
from services.recommender.domain.crowd import DIETS, OTHER_PERSONA, PERSONAS
from services.recommender.domain.opening import DAYS, open_within
from services.recommender.domain.places import (
    AMBIANCES,
    NO_TASTE,
    TASTES,
    Floats,
    distances_km,
    unit_points,
)
from services.recommender.domain.state import CityState
from services.recommender.domain.weights import VENUE_TERMS, VenueTerm, Weights

NEUTRAL = 0.5
WET = frozenset({"rain", "snow", "storm"})
"""Weather in which people want a roof."""

RATING_PRIOR_REVIEWS = 10.0
"""Reviews at which a venue's own mean counts as much as the city's (shrinkage, a choice)."""
TRENDING_FULL, DISCOUNT_FULL = 2.0, 25.0
"""Trend score and discount in percent at which their terms are 1: the largest the city knows."""
GATHERING_BEFORE_US = 2 * 3_600_000_000
"""People come to a special event from so long before its start."""
HOUR_PRIOR = 20.0
"""Visits at which the hours of a kind of venue count half."""


@dataclass(frozen=True)
class Scene:
    """Columns of shape (venues,) and tables by persona or diet, at one moment."""

    time_us: int
    allowed: NDArray[np.bool_]
    popularity: Floats
    rating: Floats
    trending: Floats
    time_of_day: Floats
    shelter: Floats
    """What the weather makes of a venue whatever one likes: 0 outside in rain, 1 under a roof then, else a half."""
    sunny: NDArray[np.bool_]
    crowd: Floats
    offer: Floats
    availability: Floats
    new: NDArray[np.bool_]
    distance_scale_km: float
    factors: Floats
    """Weight of each term by persona over the sum of all weights, shape (personas, terms)."""
    ambiance: Floats
    """Liking of each mood by persona, shape (personas, moods and one for none)."""
    diets: Floats
    """How well each kitchen caters for each restriction, shape (diets, tastes and one for none)."""
    worth: Floats
    """Sum of the terms that are the same for everybody of a persona, shape (personas, venues)."""
    renown: Floats
    """Popularity and rating, which count more for newcomers, shape (personas, venues)."""


def scene_of(city: CityState, weights: Weights, time_us: int, *, asked: bool = False) -> Scene:
    """The city at a simulated time; ``asked`` for answers to questions, whose terms weigh differently."""
    places, limits = city.places, weights.limits
    zone = ZoneInfo(places.time_zone)
    hours = places["hours"].reshape(-1, DAYS, 2)
    allowed = open_within(hours, np.array([minute_of_week(time_us, zone)]), limits.open_within_minutes)[0]
    if city.condition in WET:
        allowed = allowed & ~places["outdoor_only"]
    visitors = places["visitors"]
    most = max(float(np.log1p(visitors.max(initial=0))), 1.0)
    discount = places["discount"]
    factors, liking = (
        _factors(weights, weights.on_request if asked else {}),
        _table(PERSONAS, AMBIANCES, weights.ambiances, NEUTRAL),
    )
    popularity = np.asarray(np.log1p(visitors) / np.float32(most), dtype=np.float32)
    rating = _rating(places["rating"], places["rating_count"])
    of_all: dict[VenueTerm, Floats] = {
        "trending": np.asarray(np.clip(places["trending"] / np.float32(TRENDING_FULL), 0, 1)),
        "time_of_day": _time_of_day(city, local_time(time_us, zone).hour),
        "weather": _shelter(city.condition, places["outdoor"]),
        "offer": np.where(discount > 0, np.clip(discount / np.float32(DISCOUNT_FULL), NEUTRAL, 1), np.float32(0)),
        "availability": city.occupancy.free_share(places, time_us),
        "event": np.full(len(places), NEUTRAL, dtype=np.float32),
        "ambiance": liking[:, places["ambiance"]],
    }
    return Scene(
        time_us=time_us,
        allowed=allowed,
        popularity=popularity,
        rating=rating,
        trending=of_all["trending"],
        time_of_day=of_all["time_of_day"],
        shelter=of_all["weather"],
        sunny=places["outdoor"] & (city.condition == "clear"),
        crowd=_crowd(city, time_us),
        offer=of_all["offer"],
        availability=of_all["availability"],
        new=visitors < limits.new_below_visits,
        distance_scale_km=limits.distance_scale_km / (1 + city.delay_minutes / 30),
        factors=factors,
        ambiance=liking,
        diets=_table(DIETS, TASTES, weights.diets, 1.0),
        worth=_weighted(factors, of_all),
        renown=_weighted(factors, {"popularity": popularity, "rating": rating}),
    )


def _weighted(factors: Floats, terms: Mapping[VenueTerm, Floats]) -> Floats:
    """Sum of some terms of shape (venues,) or (personas, venues), each by its weight for each persona."""
    total = np.zeros((1, 1), dtype=np.float32)
    for name, term in terms.items():
        total = total + factors[:, VENUE_TERMS.index(name), None] * term
    return np.asarray(total, dtype=np.float32)


def _rating(rating: Floats, count: Floats) -> Floats:
    mean = np.float32(rating.mean()) if len(rating) else np.float32(3)
    shrunk = (rating * count + mean * np.float32(RATING_PRIOR_REVIEWS)) / (count + np.float32(RATING_PRIOR_REVIEWS))
    return np.asarray(np.clip((shrunk - 1) / 4, 0, 1), dtype=np.float32)


def _time_of_day(city: CityState, hour: int) -> Floats:
    """Lift of the hour for the venue's kind: its share of visits now over its share at all hours, x / (1 + x)."""
    visits = city.by_hour
    total = visits.sum()
    if total == 0:
        return np.full(len(city.places), NEUTRAL, dtype=np.float32)
    of_hour = visits[:, hour].sum()
    usual = (visits.sum(axis=1) + 1) / (total + len(visits))
    now = (visits[:, hour] + HOUR_PRIOR * usual) / (of_hour + HOUR_PRIOR)
    lift = now / usual
    return np.asarray((lift / (1 + lift))[city.places["category"]], dtype=np.float32)


def _shelter(condition: str, outdoor: NDArray[np.bool_]) -> Floats:
    if condition in WET:
        return np.where(outdoor, np.float32(0), np.float32(1))
    return np.full(len(outdoor), NEUTRAL, dtype=np.float32)


def _crowd(city: CityState, time_us: int) -> Floats:
    """How much of a crowd is around each venue, 0..1: exp(-km / radius) of the strongest special event."""
    crowd = np.zeros(len(city.places), dtype=np.float32)
    for one in city.gatherings.values():
        if one.starts_at - GATHERING_BEFORE_US <= time_us < one.ends_at:
            spot = unit_points(np.array([one.latitude], np.float32), np.array([one.longitude], np.float32))
            away = distances_km(spot, city.places["point"])[0]
            crowd = np.maximum(crowd, np.exp(-away / np.float32(one.radius_km)))
    return crowd


def _factors(weights: Weights, asked: Mapping[VenueTerm, float]) -> Floats:
    total = sum(abs(weight) * asked.get(term, 1.0) for term, weight in weights.venues.items())
    table = []
    for persona in (*PERSONAS, ""):
        factors = weights.personas.get(persona, {})
        table.append(
            [weights.venues[term] * factors.get(term, 1.0) * asked.get(term, 1.0) / total for term in VENUE_TERMS]
        )
    assert len(table) == OTHER_PERSONA + 1
    return np.array(table, dtype=np.float32)


def _table(rows: Sequence[str], columns: Sequence[str], given: dict[str, dict[str, float]], otherwise: float) -> Floats:
    """Values by row and column, and one row and one column more for who and what is none of these."""
    table = []
    for name in rows:
        liked = given.get(name, {})
        table.append([*(liked.get(kind, otherwise) for kind in columns), otherwise])
    table.append([otherwise] * (len(columns) + 1))
    return np.array(table, dtype=np.float32)


assert len(TASTES) == NO_TASTE

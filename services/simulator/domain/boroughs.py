"""What kinds of venues boroughs have: more of what is visited more there, while the city has the world's shares."""

from collections.abc import Callable, Iterable

import numpy as np

from services.simulator.domain.balancing import balance
from services.simulator.domain.draws import Array
from services.simulator.domain.specification import TASTES, CategoryVisits, CityData

_CLOSE = 1e-12


def category_shares(data: CityData) -> Array:
    """Share of each category among the venues of a neighbourhood, shape (neighbourhoods, categories).

    Neighbourhoods weighed by their ``venues``, the mean of each is the world's share.
    """
    kinds = data.world.categories
    usual = np.array([kind.share for kind in kinds.values()])
    boroughs, weights, rows = _boroughs(data)
    if not data.category_visits:
        return np.tile(usual, (len(rows), 1))
    factors = _factors(data.category_visits, boroughs, tuple(kinds), lambda one: one.category)
    return _shares(factors, weights, usual)[rows]


def cuisine_shares(data: CityData, categories: Array) -> Array:
    """Share of each cuisine among the venues of a category and neighbourhood, given `category_shares`.

    Shape (neighbourhoods, categories, cuisines). The city's mean is the world's share, as with categories.
    """
    boroughs, weights, rows = _boroughs(data)
    first = np.array([np.flatnonzero(rows == borough)[0] for borough in range(len(boroughs))])
    found = np.empty((len(rows), len(data.world.categories), len(TASTES)))
    for number, (name, kind) in enumerate(data.world.categories.items()):
        usual = np.array([kind.cuisines.get(taste, 0.0) for taste in TASTES])
        visits = [one for one in data.category_visits if one.category == name and one.cuisine is not None]
        found[:, number] = usual
        if visits and kind.share > 0:
            factors = _factors(visits, boroughs, TASTES, lambda one: one.cuisine)
            found[:, number] = _shares(factors, weights * categories[first, number], usual)[rows]
    return found


def _boroughs(data: CityData) -> tuple[list[str], Array, Array]:
    """Names, weights by venues, and the borough of each neighbourhood."""
    places = data.place.neighbourhoods
    names = list(dict.fromkeys(place.borough for place in places))
    rows = np.array([names.index(place.borough) for place in places], dtype=np.int64)
    weights = np.bincount(rows, weights=[place.venues for place in places], minlength=len(names))
    return names, np.maximum(weights / weights.sum(), _CLOSE), rows


def _shares(factors: Array, weights: Array, usual: Array) -> Array:
    """Shares of kinds by borough: the usual ones times factors, balanced. Kinds nobody has stay so."""
    there = usual > 0
    part, size = usual[there] / usual.sum(), weights / weights.sum()
    shares = np.zeros(factors.shape)
    shares[:, there] = balance(size[:, None] * part * factors[:, there], size, part) / size[:, None]
    return shares


def _factors(
    visits: Iterable[CategoryVisits],
    boroughs: list[str],
    kinds: tuple[str, ...],
    kind_of: Callable[[CategoryVisits], str | None],
) -> Array:
    """Part of each kind in a borough over that in the city, shape (boroughs, kinds); 1 where no visit is known."""
    counts = np.zeros((len(boroughs), len(kinds)))
    for one in visits:
        counts[boroughs.index(one.borough), kinds.index(str(kind_of(one)))] += one.count
    known = counts > 0
    here = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    city = counts.sum(axis=0) / counts.sum()
    return np.where(known, here / np.where(city > 0, city, 1.0), 1.0)

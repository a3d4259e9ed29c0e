"""Boroughs have more of what is visited more there, while the city as a whole has the shares of the world."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.simulator.data_files import load_city_data
from services.simulator.domain.balancing import balance
from services.simulator.domain.boroughs import category_shares, cuisine_shares
from services.simulator.domain.draws import Array, Draws, Purpose, cumulate, pick
from services.simulator.domain.specification import TASTES
from services.simulator.domain.venues import make_venues
from tests.unit.simulator.domain.neighbours import data

VENUES = 60_000
PLACES = data().place.neighbourhoods
BOROUGHS = list(dict.fromkeys(place.borough for place in PLACES))
CATEGORIES = list(data().world.categories)
WORLD = np.array([kind.share for kind in data().world.categories.values()])
RESTAURANT = CATEGORIES.index("restaurant")


@cache
def _made() -> dict[str, Array]:
    return make_venues(data(), Draws(11), VENUES)


def _counts(column: str, kinds: int, which: Array) -> Array:
    """Venues of each borough and kind, shape (boroughs, kinds)."""
    borough = np.array([BOROUGHS.index(place.borough) for place in PLACES])[_made()["zone"][which]]
    counts = np.zeros((len(BOROUGHS), kinds))
    np.add.at(counts, (borough, _made()[column][which]), 1)
    return counts


def _table(*kinds: tuple[str, str | None]) -> Array:
    """Visits of the table to some (category, cuisine), shape (boroughs, kinds); without a cuisine to all of it."""
    return np.array(
        [
            [
                sum(
                    row.count
                    for row in data().category_visits
                    if (row.borough, row.category) == (borough, category) and cuisine in (None, row.cuisine)
                )
                for category, cuisine in kinds
            ]
            for borough in BOROUGHS
        ]
    )


def _odds_ratios(counts: Array) -> Array:
    """Ln of each borough's odds of the first kind against the others, over those of the first borough."""
    log = np.log(counts[:, :1] / counts[:, 1:])
    return np.asarray(log[1:] - log[:1])


def test_the_shares_of_boroughs_have_the_odds_ratios_of_their_visits() -> None:
    """What a table of visits says apart from how much its city has of each kind: balancing keeps it."""
    first = [next(n for n, place in enumerate(PLACES) if place.borough == name) for name in BOROUGHS]
    shares = category_shares(data())
    mapped = ("bar", "cafe", "fast_food", "restaurant")
    expected = _odds_ratios(_table(*((name, None) for name in mapped)))
    found = _odds_ratios(shares[first][:, [CATEGORIES.index(name) for name in mapped]])
    assert found == pytest.approx(expected, abs=1e-6)
    cuisines = ("american", "mexican", "chinese", "japanese")
    expected = _odds_ratios(_table(*(("restaurant", name) for name in cuisines)))
    menu = cuisine_shares(data(), shares)[first, RESTAURANT]
    assert _odds_ratios(menu[:, [TASTES.index(name) for name in cuisines]]) == pytest.approx(expected, abs=1e-6)


def test_many_venues_have_their_boroughs_shares() -> None:
    counts = _counts("category", len(CATEGORIES), np.arange(VENUES))
    size = counts.sum(axis=1, keepdims=True)
    first = [next(n for n, place in enumerate(PLACES) if place.borough == name) for name in BOROUGHS]
    expected = category_shares(data())[first]
    assert np.abs(counts / size - expected).max() < 5 * np.sqrt(0.25 / size.min())
    assert (np.abs(counts - size * expected) < 5 * np.sqrt(size * expected * (1 - expected)) + 1).all()


def test_boroughs_are_ordered_by_bars_among_bars_and_cafes_as_their_visits_are() -> None:
    counts = _counts("category", len(CATEGORIES), np.arange(VENUES))
    bars, cafes = counts[:, CATEGORIES.index("bar")], counts[:, CATEGORIES.index("cafe")]
    visits = _table(("bar", None), ("cafe", None))
    seen = visits[:, 0] / visits.sum(axis=1)
    by_visits = np.argsort(seen)
    found = (bars / (bars + cafes))[by_visits]
    # Manhattan and Queens are visited alike: 68.5 and 68.4 of 100
    apart = np.diff(seen[by_visits]) > 0.01
    assert apart.sum() >= 3
    assert (np.diff(found)[apart] > 0).all()


def test_queens_has_chinese_restaurants_and_manhattan_american_ones() -> None:
    menu = _counts("cuisine", len(TASTES), np.flatnonzero(_made()["category"] == RESTAURANT))
    menu /= menu.sum(axis=1, keepdims=True)
    manhattan, queens = BOROUGHS.index("Manhattan"), BOROUGHS.index("Queens")
    assert menu[queens, TASTES.index("chinese")] > 2 * menu[manhattan, TASTES.index("chinese")]
    assert menu[manhattan, TASTES.index("american")] > 2 * menu[queens, TASTES.index("american")]


def test_the_whole_city_has_the_shares_of_the_world() -> None:
    weights = np.array([place.venues for place in PLACES])
    shares = category_shares(data())
    assert weights @ shares / weights.sum() == pytest.approx(WORLD / WORLD.sum(), abs=1e-9)
    of_all = np.bincount(_made()["category"], minlength=len(CATEGORIES)) / VENUES
    assert of_all == pytest.approx(WORLD / WORLD.sum(), abs=5 * np.sqrt(0.25 / VENUES))
    restaurants = weights * shares[:, RESTAURANT]
    menu = restaurants @ cuisine_shares(data(), shares)[:, RESTAURANT] / restaurants.sum()
    given_shares = data().world.categories["restaurant"].cuisines
    usual = np.array([given_shares.get(taste, 0.0) for taste in TASTES])
    assert menu == pytest.approx(usual / usual.sum(), abs=1e-9)


def test_neighbourhoods_keep_their_shares_of_venues() -> None:
    weights = np.array([place.venues for place in PLACES])
    found = np.bincount(_made()["zone"], minlength=len(PLACES)) / VENUES
    assert found == pytest.approx(weights / weights.sum(), abs=5 * np.sqrt(0.1 / VENUES))


def test_a_venue_is_the_same_in_a_small_city_and_a_large_one() -> None:
    few = make_venues(data(), Draws(11), 50)
    assert all((few[name] == column[:50]).all() for name, column in _made().items())


def test_without_a_table_kinds_and_neighbourhoods_are_drawn_apart_as_ever() -> None:
    london = load_city_data(city="london")
    assert london.category_visits == ()
    for city in (london, replace(data(), category_visits=())):
        ids, draws = np.arange(5000), Draws(11)
        made = make_venues(city, draws, len(ids))
        category = pick(cumulate(WORLD), draws.uniform(Purpose.VENUE, ids, step=0))
        kinds = city.world.categories.values()
        menus = cumulate(np.array([[kind.cuisines.get(taste, 0.0) for taste in TASTES] for kind in kinds]))
        cuisine = (menus[category] < draws.uniform(Purpose.VENUE, ids, step=2)[:, None]).sum(axis=1)
        assert made["category"].tolist() == category.tolist()
        assert made["cuisine"].tolist() == cuisine.tolist()


_PARTS = st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6)


@given(rows=_PARTS, columns=_PARTS, seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_a_balanced_table_has_its_sums_and_the_odds_ratios_of_the_table_it_came_from(
    rows: list[float], columns: list[float], seed: int
) -> None:
    row_sums, column_sums = (np.array(parts) / sum(parts) for parts in (rows, columns))
    start = np.random.default_rng(seed).uniform(0.1, 3.0, (len(rows), len(columns)))
    fitted = balance(start, row_sums, column_sums)
    assert fitted.sum(axis=1) == pytest.approx(row_sums, abs=1e-9)
    assert fitted.sum(axis=0) == pytest.approx(column_sums, abs=1e-9)
    assert _odds_ratios(fitted) == pytest.approx(_odds_ratios(start), abs=1e-6)

"""Friends at the beginning: ten on the mean and many times that now and then, near each other, known to each other."""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from services.simulator.domain.draws import Array, Draws
from services.simulator.domain.friends import first_graph
from services.simulator.domain.geography import kilometres
from services.simulator.domain.population import FRIENDS, People
from tests.unit.simulator.domain.neighbours import START, data

PEOPLE = 6000
RATES = data().world.social


@cache
def _people() -> dict[str, Array]:
    return People(data(), Draws(11), sessions_per_day=1.0).initial(PEOPLE, START)


@cache
def _graph() -> tuple[Array, Array]:
    return first_graph(_people()["home_zone"], Draws(11), RATES)


def _ties() -> tuple[Array, Array]:
    """Each friendship twice, once from either end."""
    row, slot = np.nonzero(_graph()[0] >= 0)
    return row, _graph()[0][row, slot]


def _clustering(source: Array, target: Array) -> float:
    """Share of pairs of friends of one person who are friends themselves."""
    known = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(PEOPLE, PEOPLE))
    known.data[:] = 1.0  # a tie drawn twice is one tie
    degree: Array = np.asarray(known.sum(axis=1))
    return float((known @ known).multiply(known).sum() / (degree * (degree - 1)).sum())


@given(homes=st.lists(st.integers(0, 4), max_size=40), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_friendship_is_mutual_told_once_and_nobody_is_their_own_friend(homes: list[int], seed: int) -> None:
    friends, degree = first_graph(np.array(homes, dtype=np.int64), Draws(seed), RATES)
    circles = [row[row >= 0].tolist() for row in friends]
    assert [len(circle) for circle in circles] == degree.tolist()
    for who, circle in enumerate(circles):
        assert circle == sorted(set(circle) - {who})
        assert all(who in circles[other] for other in circle)


def test_people_have_about_the_mean_number_of_friends_of_the_world() -> None:
    """A little less: ties that are drawn twice, lead back or find no room are not drawn again."""
    assert 0.95 * RATES.mean_friends < _graph()[1].mean() < 1.05 * RATES.mean_friends


def test_a_few_have_many_times_the_friends_that_chance_would_give_them_and_most_have_less_than_the_mean() -> None:
    degree, mean = _graph()[1], float(_graph()[1].mean())
    assert FRIENDS >= degree.max() > 4 * mean
    assert np.median(degree) < mean
    many = (degree >= 3 * mean).mean()
    assert many > 0.01
    assert many > 1000 * stats.poisson.sf(3 * mean - 1, mean)


def test_friends_of_friends_are_friends_far_more_often_than_in_a_random_graph_of_the_same_degrees() -> None:
    source, target = _ties()
    shuffled = np.random.default_rng(3).permutation(target)
    assert _clustering(source, target) > 8 * _clustering(source, shuffled)


def test_who_shares_a_friend_is_a_friend_beyond_what_living_near_explains() -> None:
    source, target = _ties()
    open_graph, _ = first_graph(_people()["home_zone"], Draws(11), replace(RATES, closure_share=0.0))
    row, slot = np.nonzero(open_graph >= 0)
    assert _clustering(source, target) > 1.5 * _clustering(row, open_graph[row, slot])


def test_friends_live_nearer_than_any_two_people() -> None:
    people, (source, target) = _people(), _ties()
    strangers = np.random.default_rng(4).permutation(target)
    latitude, longitude, zone = (people[name] for name in ("home_latitude", "home_longitude", "home_zone"))
    apart, chance = (
        kilometres(latitude[source], longitude[source], latitude[other], longitude[other])
        for other in (target, strangers)
    )
    assert np.median(apart) < 0.6 * np.median(chance)
    assert (zone[source] == zone[target]).mean() > 5 * (zone[source] == zone[strangers]).mean()


def test_the_same_seed_knows_the_same_friends_and_another_seed_others() -> None:
    zone = _people()["home_zone"]
    assert (first_graph(zone, Draws(11), RATES)[0] == _graph()[0]).all()
    assert (first_graph(zone, Draws(12), RATES)[0] != _graph()[0]).mean() > 0.1


def test_a_world_without_friends_has_none() -> None:
    friends, degree = first_graph(_people()["home_zone"], Draws(11), replace(RATES, mean_friends=0.0))
    assert not degree.any()
    assert (friends == -1).all()

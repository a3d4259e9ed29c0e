"""Draws are uniform, independent, and a function of what they are for, not of how they are asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.simulator.domain.draws import Draws, Purpose, cumulate, pick

IDS = np.arange(50_000)


def test_draws_are_uniform() -> None:
    assert stats.kstest(Draws(1).uniform(Purpose.ACTION, IDS, tick=3), "uniform").pvalue > 0.001


def test_draws_of_one_person_over_ticks_are_uniform() -> None:
    person = np.array([17])
    over_time = np.array([Draws(1).uniform(Purpose.ACTION, person, tick=tick)[0] for tick in range(5_000)])
    assert stats.kstest(over_time, "uniform").pvalue > 0.001


@pytest.mark.parametrize("other", ["tick", "purpose", "neighbour", "step", "seed", "also"])
def test_draws_that_differ_in_anything_are_independent(other: str) -> None:
    draws, one = Draws(1), Draws(1).uniform(Purpose.ACTION, IDS, tick=5)
    two = {
        "tick": lambda: draws.uniform(Purpose.ACTION, IDS, tick=6),
        "purpose": lambda: draws.uniform(Purpose.WALK_IN, IDS, tick=5),
        "neighbour": lambda: draws.uniform(Purpose.ACTION, IDS + 1, tick=5),
        "step": lambda: draws.uniform(Purpose.ACTION, IDS, tick=5, step=1),
        "seed": lambda: Draws(2).uniform(Purpose.ACTION, IDS, tick=5),
        "also": lambda: draws.uniform(Purpose.ACTION, IDS, tick=5, also=[IDS]),
    }[other]()
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.02
    table = np.histogram2d(one, two, bins=8)[0]
    assert stats.chisquare(table.ravel()).pvalue > 0.0001


@given(st.integers(1, 999), st.integers(0, 2**40), st.integers(0, 2**62))
def test_a_draw_does_not_depend_on_who_else_is_asked(cut: int, tick: int, seed: int) -> None:
    ids = np.arange(1000)
    whole = Draws(seed).bits(Purpose.PARTY, ids, tick=tick)
    parts = [Draws(seed).bits(Purpose.PARTY, part, tick=tick) for part in (ids[:cut], ids[cut:])]
    assert np.array_equal(whole, np.concatenate(parts))


def test_the_largest_of_gumbel_noise_and_log_weights_follows_the_weights() -> None:
    weights = np.array([0.5, 0.3, 0.15, 0.05])
    noise = Draws(9).gumbel(Purpose.ACTION, IDS[:, None], also=[np.arange(4)[None, :]])
    counts = np.bincount((np.log(weights) + noise).argmax(axis=1), minlength=4)
    assert stats.chisquare(counts, weights * len(IDS)).pvalue > 0.001


def test_picking_follows_the_distribution() -> None:
    shares = np.array([0.1, 0.0, 0.6, 0.3])
    counts = np.bincount(pick(cumulate(shares), Draws(3).uniform(Purpose.PERSONA, IDS)), minlength=4) / len(IDS)
    assert np.abs(counts - shares).max() < 0.01
    assert counts[1] == 0


@given(seed=st.integers(0, 2**40), chance=st.floats(0, 1), first=st.integers(0, 20_000), count=st.integers(0, 9_000))
def test_the_likely_are_all_whose_uniform_is_below_their_chance_and_hardly_more(
    seed: int, chance: float, first: int, count: int
) -> None:
    draws, people = Draws(seed), np.arange(first, first + count)
    uniform = draws.uniform(Purpose.WALK_IN, people, tick=7)
    found = draws.likely(Purpose.WALK_IN, first, first + count, lambda _: chance, tick=7)
    assert set(people[uniform < chance].tolist()) <= set(found.tolist())
    assert set(found.tolist()) <= set(people[uniform < chance + 1e-8].tolist())
    assert (np.diff(found) > 0).all()

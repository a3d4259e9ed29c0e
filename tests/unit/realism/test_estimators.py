"""Estimators give back what is known of the data they are given."""

import numpy as np
import pytest

from cli.realism.city import NotMeasuredError
from cli.realism.estimators import (
    burstiness,
    distance_of,
    gini,
    kilometres,
    likelihood_ratio,
    slope,
    tail,
    two_log_normals,
    zipf_exponent,
)


def of(times: np.ndarray) -> float:
    gaps = np.diff(times)
    return float(burstiness(len(times), gaps.mean(), gaps.std()))


def test_a_periodic_series_is_not_bursty_at_all() -> None:
    assert of(np.arange(40.0)) == pytest.approx(-1.0)


def test_poisson_series_of_few_events_have_no_burstiness_on_average() -> None:
    rng = np.random.default_rng(1)
    assert np.mean([of(np.sort(rng.random(25))) for _ in range(400)]) == pytest.approx(0.0, abs=0.02)


def test_two_bursts_far_apart_are_nearly_as_bursty_as_can_be() -> None:
    assert of(np.concatenate([np.arange(30), 1e6 + np.arange(30)]) * 1.0) > 0.95


def test_the_exponent_of_choices_by_rank_is_recovered() -> None:
    rng = np.random.default_rng(2)
    weights = np.arange(1, 501) ** -0.84
    ranks = rng.choice(np.arange(1, 501), 20_000, p=weights / weights.sum())
    assert zipf_exponent(ranks, 500) == pytest.approx(0.84, abs=0.02)


def test_choices_at_random_have_no_exponent() -> None:
    assert zipf_exponent(np.random.default_rng(3).integers(1, 501, 20_000), 500) == pytest.approx(0.0, abs=0.02)


def test_the_valley_lies_between_two_log_normals() -> None:
    rng = np.random.default_rng(4)
    values = np.exp(np.concatenate([rng.normal(np.log(60), 0.8, 4_000), rng.normal(np.log(60_000), 0.8, 4_000)]))
    mixture = two_log_normals(values)
    assert mixture.medians == pytest.approx((60, 60_000), rel=0.1)
    assert mixture.valley == pytest.approx((60 * 60_000) ** 0.5, rel=0.2)


def test_the_exponent_of_a_power_law_is_recovered_and_an_exponential_is_not_taken_for_one() -> None:
    rng = np.random.default_rng(5)
    assert tail(3 * rng.random(4_000) ** (-1 / 1.5), 3.0).power_law.alpha == pytest.approx(2.5, abs=0.1)
    fit = tail(3 + rng.exponential(4, 2_000), 3.0)
    assert likelihood_ratio(fit, "power_law", "truncated_power_law", nested=True) < -10


def test_a_tail_of_a_few_points_is_refused() -> None:
    with pytest.raises(NotMeasuredError, match="49 tail points"):
        tail(np.arange(3.0, 52.0), 3.0)


def test_a_slope_of_logarithms_is_recovered_and_weights_count() -> None:
    x = np.arange(1.0, 20.0)
    assert slope(x, 3 * x**-0.7)[0] == pytest.approx(-0.7)
    spoilt = 3 * x**-0.7
    spoilt[0] *= 50
    assert slope(x, spoilt, np.where(x == 1, 1e-6, 100.0))[0] == pytest.approx(-0.7, abs=0.01)


def test_known_inequalities() -> None:
    assert gini([1, 1, 1, 1]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)


def test_histograms_apart_have_distance_one_and_equal_ones_none() -> None:
    assert distance_of([1, 0], [0, 5]) == pytest.approx(1.0)
    assert distance_of([1, 2], [2, 4]) == pytest.approx(0.0)
    with pytest.raises(NotMeasuredError):
        distance_of([0, 0], [1, 1])


def test_a_degree_of_latitude_is_111_km() -> None:
    km = kilometres(np.array(40.0), np.array(-74.0), np.array(41.0), np.array(-74.0))
    assert float(km) == pytest.approx(111.2, abs=0.1)

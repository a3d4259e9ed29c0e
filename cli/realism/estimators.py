"""Estimators that several facts share, each from the library of its field, or a formula with its source."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import powerlaw
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats
from scipy.spatial.distance import jensenshannon
from sklearn.mixture import GaussianMixture

from cli.realism.city import NotMeasuredError

Floats = NDArray[np.float64]

EARTH_KM: Final = 6_371.0088
"""Mean radius, IUGG."""

TAIL_POINTS: Final = 50
"""A power law is not fitted to fewer (REALISM, suggested score)."""

FITTED: Final = 5_000
"""Tail points that a likelihood ratio looks at; more are thinned evenly, as its optimiser is slow."""


def burstiness(count: ArrayLike, mean: ArrayLike, deviation: ArrayLike) -> Floats:
    """Burstiness for few events, Kim & Jo 2016 (arXiv 1604.01125), eq. 22: 1 extreme, 0 Poisson, -1 periodic.

    Args:
        count: Events n, at least 2.
        mean: Mean of the n - 1 gaps, any unit.
        deviation: Their standard deviation, divisor n - 1 (of the population).
    """
    n = np.asarray(count, dtype=np.float64)
    ratio = np.asarray(deviation, dtype=np.float64) / np.asarray(mean, dtype=np.float64)
    high, low = np.sqrt(n + 1), np.sqrt(n - 1)
    value: Floats = (high * ratio - low) / ((high - 2) * ratio + low)
    return value


def distance_of(first: ArrayLike, second: ArrayLike) -> float:
    """Jensen-Shannon distance, base 2, of two histograms; both are normalised.

    Raises:
        NotMeasuredError: One is empty.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.sum() == 0 or other.sum() == 0:
        raise NotMeasuredError("a histogram without a single count")
    return float(jensenshannon(one, other, base=2))


def histogram(values: ArrayLike, size: int) -> Floats:
    """Shares of the integers 0 to size - 1."""
    counts = np.bincount(np.asarray(values, dtype=np.int64), minlength=size)[:size].astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1.0), dtype=np.float64)


def kilometres(latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats) -> Floats:
    """Great-circle distance by the haversine formula, degrees in, kilometres out; shapes broadcast."""
    a, b = np.radians(latitude), np.radians(other_latitude)
    half = np.sin((b - a) / 2) ** 2
    half = half + np.cos(a) * np.cos(b) * np.sin(np.radians(other_longitude - longitude) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(half)))


def gini(values: ArrayLike) -> float:
    """Gini coefficient of values not negative: half the relative mean difference."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if ordered.sum() == 0:
        return 0.0
    ranks = np.arange(1, len(ordered) + 1)
    return float(2 * (ranks * ordered).sum() / (len(ordered) * ordered.sum()) - (len(ordered) + 1) / len(ordered))


def tail(values: Floats, xmin: float | None, *, discrete: bool = False) -> powerlaw.Fit:
    """Maximum-likelihood fit of tails; ``xmin`` None lets the library choose it (Clauset, Shalizi, Newman 2009).

    Raises:
        NotMeasuredError: Less than 50 values at or above ``xmin``.
    """
    within = values[values > 0] if xmin is None else values[values >= xmin]
    if len(within) < TAIL_POINTS:
        raise NotMeasuredError(f"{len(within)} tail points, a power law needs {TAIL_POINTS}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = powerlaw.Fit(thinned(within), xmin=xmin, discrete=discrete, verbose=False)
        float(fit.power_law.alpha)  # fitted when first asked for, with warnings of its own
    return fit


def likelihood_ratio(fit: powerlaw.Fit, first: str, second: str, *, nested: bool) -> float:
    """Vuong's normalised log-likelihood ratio of two families: above 0 the first is likelier."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        ratio, _ = fit.distribution_compare(first, second, nested=nested)
    return float(ratio)


def thinned(values: Floats, most: int = FITTED) -> Floats:
    """At most ``most`` values, evenly over the sorted ones: the distribution is kept."""
    ordered = np.sort(values)
    if len(ordered) <= most:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, most).astype(np.int64)]


def slope(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> tuple[float, float]:
    """Slope and intercept of ln y on ln x, least squares, weighted by ``weights`` (counts behind each point).

    Raises:
        NotMeasuredError: Fewer than three points.
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    heavy = np.ones(len(across)) if weights is None else np.asarray(weights, dtype=np.float64)
    good = (across > 0) & (up > 0) & (heavy > 0)
    if good.sum() < 3:  # noqa: PLR2004 — a line through fewer points says nothing
        raise NotMeasuredError(f"{int(good.sum())} points, a slope needs 3")
    sigma = 1 / np.sqrt(heavy[good])
    (rise, start), _ = optimize.curve_fit(
        lambda t, a, b: a * t + b, np.log(across[good]), np.log(up[good]), p0=(0.0, 0.0), sigma=sigma
    )
    return float(rise), float(start)


def zipf_exponent(ranks: ArrayLike, most: int) -> float:
    """Exponent a of P(rank) ~ rank^-a on 1 to ``most``, maximum likelihood of a bounded Zipf distribution."""
    observed = np.asarray(ranks, dtype=np.float64)
    mean_log = float(np.log(observed).mean())
    support = np.log(np.arange(1, most + 1, dtype=np.float64))

    def unlikely(a: float) -> float:
        return float(a * mean_log + np.logaddexp.reduce(-a * support))

    return float(optimize.minimize_scalar(unlikely, bounds=(-1.0, 5.0), method="bounded").x)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Two log-normal components: their medians, and the least dense point between them, in the data's unit."""

    medians: tuple[float, float]
    valley: float


def two_log_normals(values: Floats) -> Mixture:
    """Mixture of two log-normals, expectation-maximisation of scikit-learn, at most 50,000 values, evenly thinned.

    Raises:
        NotMeasuredError: Too few values.
    """
    if len(values) < TAIL_POINTS:
        raise NotMeasuredError(f"{len(values)} gaps, a mixture needs {TAIL_POINTS}")
    logs = np.log(thinned(values, 50_000))[:, None]
    fit = GaussianMixture(n_components=2, random_state=0, n_init=2).fit(logs)
    low, high = np.sort(fit.means_[:, 0])
    between = np.linspace(low, high, 512)
    density = fit.score_samples(between[:, None])
    return Mixture((float(np.exp(low)), float(np.exp(high))), float(np.exp(between[int(density.argmin())])))


def quantiles(values: ArrayLike, at: Sequence[float]) -> list[float]:
    """Quantiles, linear between order statistics."""
    return [float(q) for q in np.quantile(np.asarray(values, dtype=np.float64), at)]


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rho.

    Raises:
        NotMeasuredError: One side is constant, or less than three pairs.
    """
    one, other = np.asarray(first), np.asarray(second)
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:  # noqa: PLR2004 — no ranks to compare
        raise NotMeasuredError("nothing to rank")
    return float(stats.spearmanr(one, other).statistic)

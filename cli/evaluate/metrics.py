"""How good ranked lists are, as pure functions of the lists and of what turned out to be relevant.

A list is a row of venue indices, best first, filled up with -1. Definitions: recall and NDCG with binary gains after
Järvelin and Kekäläinen (ACM TOIS 2002); novelty is mean self-information after Zhou et al. (PNAS 2010).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Lists = NDArray[np.int64]
Floats = NDArray[np.float64]

NOBODY = -1
"""Fills a list that has fewer items than asked for."""

CONFIDENCE = 0.95
RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Relevant:
    """What each question should have found. ``keys`` are question x venues + venue, ascending, each once."""

    keys: NDArray[np.int64]
    questions: int
    venues: int

    @staticmethod
    def of(questions: Sequence[int], venues: Sequence[int], asked: int, known: int) -> "Relevant":
        """From pairs (question, venue), in any order, repeats allowed."""
        pairs = np.asarray(questions, dtype=np.int64) * known + np.asarray(venues, dtype=np.int64)
        return Relevant(np.unique(pairs), asked, known)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Relevant venues of each question, shape (questions,)."""
        return np.bincount(self.keys // max(self.venues, 1), minlength=self.questions)

    def hits(self, lists: Lists) -> NDArray[np.bool_]:
        """Which items of each list are relevant, shape of ``lists``."""
        keys = np.arange(len(lists))[:, None] * self.venues + lists
        return np.asarray(np.isin(keys, self.keys) & (lists != NOBODY))


def recall(hits: NDArray[np.bool_], counts: NDArray[np.int64]) -> Floats:
    """Share of the relevant items that each list holds, shape (questions,); not a number where none is relevant."""
    return np.asarray(hits.sum(axis=1) / np.where(counts > 0, counts, np.nan))


def ndcg(hits: NDArray[np.bool_], counts: NDArray[np.int64]) -> Floats:
    """Discounted gain over that of the best possible list, shape (questions,); not a number where none is relevant."""
    places = hits.shape[1]
    discount = 1 / np.log2(np.arange(2, places + 2))
    best = np.concatenate([[np.nan], np.cumsum(discount)])[np.minimum(counts, places)]
    return np.asarray((hits * discount).sum(axis=1) / best)


def coverage(lists: Lists, venues: int) -> float:
    """Share of all venues that are in at least one list."""
    return float(len(np.unique(lists[lists != NOBODY])) / venues) if venues else 0.0


def novelty(lists: Lists, visitors: NDArray[np.int64], people: int) -> float:
    """Mean of -log2 of the share of people who had been there, over all items; bits. One visitor is added to each."""
    shown = lists[lists != NOBODY]
    if not len(shown):
        return float("nan")
    return float(-np.log2((visitors[shown] + 1) / (people + 1)).mean())


def by_user(values: Floats, users: NDArray[np.int64]) -> Floats:
    """Mean of each user's questions, shape (users with a number,): who asks often counts no more than others."""
    some = ~np.isnan(values)
    _, place = np.unique(users[some], return_inverse=True)
    return np.asarray(np.bincount(place, weights=values[some]) / np.maximum(np.bincount(place), 1))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over users, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean(values: Floats, seed: int) -> Estimate:
    """Mean over users, with the percentile bootstrap over users."""
    return _bootstrap(len(values), seed, lambda chosen: values[chosen].mean(axis=-1))


def ratio(values: Floats, others: Floats, seed: int) -> Estimate:
    """Mean over mean of the same users, who are drawn together; infinite where the others have nothing."""

    def over(chosen: NDArray[np.int64]) -> Floats:
        below = others[chosen].mean(axis=-1)
        return np.asarray(values[chosen].mean(axis=-1) / np.where(below > 0, below, np.nan))

    found = _bootstrap(len(values), seed, over)
    return Estimate(float("inf"), found.low, found.high) if np.isnan(found.value) and len(values) else found


def _bootstrap(people: int, seed: int, of: Callable[[NDArray[np.int64]], Floats]) -> Estimate:
    if people == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    drawn = np.random.default_rng(seed).integers(0, people, (RESAMPLES, people))
    tail = (1 - CONFIDENCE) / 2
    samples = of(drawn)
    samples = samples[~np.isnan(samples)]
    low, high = np.quantile(samples, [tail, 1 - tail]) if len(samples) else (np.nan, np.nan)
    return Estimate(float(of(np.arange(people))), float(low), float(high))

"""The online model: a logistic of the score's terms, with an offset of each venue and each person's kitchens.

    p(user takes venue) = 1 / (1 + exp(-(b + sum_t w_t (x_t - 1/2) + offset(venue) + leaning(user, kitchen))))

Shared weights step by AdaGrad (Duchi, Hazan and Singer 2011), offsets and leanings by plain gradient with decay.
Examples of one minute are one step, in an order that does not depend on how they arrived.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.columns import Array
from services.recommender.domain.places import NO_TASTE, Floats, Ints
from services.recommender.domain.weights import VENUE_TERMS, Learning

BOUND = 2.0
"""Offsets and leanings stay within: odds of one to seven."""


@dataclass(frozen=True)
class Examples:
    """What people thought of venues: rows of people and venues, terms of shape (examples, terms), targets, weights."""

    users: Ints
    venues: Ints
    terms: Floats
    targets: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass
class Model:
    """Shared weights, bias last, shape (terms + 1,), and how far each has stepped."""

    weights: Array = field(default_factory=lambda: np.zeros(len(VENUE_TERMS) + 1))
    squares: Array = field(default_factory=lambda: np.full(len(VENUE_TERMS) + 1, 1e-2))
    seen: float = 0.0
    begun: bool = False

    def logit(self, terms: list[Floats], offset: Floats, leaning: Floats) -> Floats:
        """Log odds of pairs; every argument broadcasts to their shape, ``terms`` in the order of `VENUE_TERMS`."""
        total = np.asarray(offset + leaning, dtype=np.float32)
        for weight, term in zip(self.weights[:-1].tolist(), terms, strict=True):
            total = total + np.float32(weight) * (term - np.float32(0.5))
        return np.asarray(total + np.float32(self.weights[-1]))

    def share(self, learning: Learning) -> float:
        """How much say the model has: nothing at first, all of it in the end."""
        return self.seen / (self.seen + learning.warm_up) if self.seen else 0.0

    def begin(self, learning: Learning) -> None:
        """Start from the acceptance expected before anything is known."""
        if not self.begun:
            self.weights[-1] = np.log(learning.prior / (1 - learning.prior))
            self.begun = True

    def learn(self, learning: Learning, examples: Examples, leanings: Array, offsets: Array, kitchens: Array) -> None:
        """One step over some examples. ``leanings`` (people, tastes) and ``offsets`` (venues,) are written to."""
        self.begin(learning)
        users, venues = examples.users, examples.venues
        kitchen = kitchens[venues].astype(np.int64)
        leans = np.where(kitchen < NO_TASTE, leanings[users, np.minimum(kitchen, NO_TASTE - 1)], 0)
        columns = [np.ascontiguousarray(examples.terms[:, term]) for term in range(examples.terms.shape[1])]
        expected = sigmoid(self.logit(columns, offsets[venues], leans)).astype(np.float64)
        error = (examples.targets - expected) * examples.weights
        for place, column in enumerate([*columns, np.full(len(users), 1.5, dtype=np.float32)]):
            gradient = sum((error * (column.astype(np.float64) - 0.5)).tolist())
            self.squares[place] += gradient * gradient
            self.weights[place] += learning.rate * gradient / np.sqrt(self.squares[place])
        for row, step in enumerate((learning.personal_rate * error).tolist()):
            venue, person, taste = int(venues[row]), int(users[row]), int(kitchen[row])
            offsets[venue] = _stepped(float(offsets[venue]), 0.25 * step, learning.decay)
            if taste < NO_TASTE:
                leanings[person, taste] = _stepped(float(leanings[person, taste]), step, learning.decay)
        self.seen += float(len(users))


def sigmoid(logit: Floats) -> Floats:
    """1 / (1 + exp(-logit))."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def _stepped(value: float, step: float, decay: float) -> float:
    return min(max(value * (1 - decay) + step, -BOUND), BOUND)

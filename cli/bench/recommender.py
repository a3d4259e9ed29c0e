"""The recommender: users scored a second, memory of a user, and how long an answer takes beside the live feed."""

from collections.abc import Iterator, Sequence

import numpy as np

from cli.bench import recommender_alone as alone
from cli.bench import recommender_live as live
from cli.bench.measure import Measurement

USERS_BAR = 10_000.0
BYTES_BAR = 1_024.0
P99_BAR_MS = 50.0


def measure() -> Sequence[Measurement]:
    """Everything of the recommender."""
    return [*_alone(), *_live()]


def _alone() -> Iterator[Measurement]:
    scored = alone.scored()
    if scored.items == 0:
        raise RuntimeError("nobody was advised: the figure would be of nothing")
    name = "users advised against 1,200 venues, batches of 2,000, CPU time"
    yield Measurement(name, scored.rate, "users/s", bar=USERS_BAR)
    held = alone.held()
    name = f"memory of a person known, {alone.FEW:,} to {alone.MANY:,} people"
    yield Measurement(name, held.bytes, "bytes", bar=BYTES_BAR, lower_is_better=True)


def _live() -> Iterator[Measurement]:
    """Medians over the rounds: what else the machine does hits single rounds."""
    rounds = live.waited()
    feed = f"{live.REQUESTS_A_SECOND} requests/s beside {live.EVENTS_A_SECOND} events/s"
    for share, bar in ((0.5, None), (0.99, P99_BAR_MS)):
        answer = float(np.median([one.quantile(share) for one in rounds]))
        bare = float(np.median([np.quantile(one.bare, share, method="higher") for one in rounds]))
        name = f"recommendation asked for to answer read, {feed}, p{share * 100:.0f}"
        yield Measurement(name, answer, "ms", "bare record through the same broker", bare, bar, lower_is_better=True)
    busy = float(np.median([one.busy for one in rounds]))
    yield Measurement("the same, CPU of the recommender", busy, "CPU seconds/s")
    unanswered = sum(int(np.isinf(one.answers).sum()) + one.refused for one in rounds)
    yield Measurement("the same, requests not answered", unanswered, "requests", bar=0, lower_is_better=True)

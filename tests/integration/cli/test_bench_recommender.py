"""The recommender's bench against a real broker: requests go out, answers come back, and both are timed."""

import numpy as np
import pytest

from cli.bench.recommender_live import REQUESTS_A_SECOND, Sizes, waited


@pytest.mark.kafka
def test_requests_beside_the_feed_are_answered_and_timed() -> None:
    (took,) = waited(Sizes(people=200, rounds=1, seconds=1.0))
    assert len(took.answers) == REQUESTS_A_SECOND
    assert took.refused == 0
    assert np.isfinite(took.answers).all()
    assert took.quantile(0.99) >= took.quantile(0.5) > 0
    assert np.isfinite(took.bare).all()
    assert 0 < took.busy < 2

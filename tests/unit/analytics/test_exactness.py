"""Every published figure of a city that was told in lock-step equals a recount by polars, however its records come."""

import numpy as np
import pytest

from tests.unit.analytics.recount import MEDIANS, joined, median, recount, waiting
from tests.unit.analytics.retelling import Topics, told


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_stands_published_equals_a_recount_of_the_topics_to_the_last_count(city: Topics, seed: int) -> None:
    records = joined(city, city["users"], city["venues"])
    figures, _ = told(city, np.random.default_rng(seed))
    counted = {key: figure for key, figure in figures.items() if key[0] not in MEDIANS}
    assert counted == recount(records, city["users"])
    kinds = {key[0] for key in counted}
    assert {"bookings", "invites", "conversion", "acceptance", "funnel", "engagement", "group_size"} <= kinds
    assert {key[1] for key in counted} >= {"topic", "event_type", "persona", "category", "borough", "step"}
    waited = {(key[0], key[3], key[4]): figure for key, figure in figures.items() if key[0] in MEDIANS}
    expected = {
        (metric, start, start + length): times
        for length in (3_600_000_000, 86_400_000_000)
        for (metric, start), times in waiting(records, length).items()
    }
    assert waited.keys() == expected.keys()
    for key, times in expected.items():
        count, value = waited[key]
        assert count == len(times)
        assert value == pytest.approx(median(times), rel=0.02, abs=1.0), key

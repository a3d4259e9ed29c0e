"""Labels are exact: without a cause, what it labelled is gone and what it prevented is back."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.simulator.domain.causes import label
from services.simulator.domain.events import Kind
from tests.unit.simulator.domain.neighbours import data
from tests.unit.simulator.domain.twins import Telling, Watched, check

WARM_UP = 25


@pytest.mark.parametrize("scenario", [name for name in data().scenarios if data().scenarios[name].modifiers])
def test_a_twin_of_the_same_state_without_the_cause_is_the_unlabelled_rest_and_the_suppressed(scenario: str) -> None:
    seed, seen = 11, Counter[str]()
    watched = Watched(seed)
    for _ in range(WARM_UP):
        watched.step()
    watched.step(scenario)
    for tick in range(60):
        if tick % 2:
            seen += check([Telling(watched.twin(seed)), Telling(watched)])
        else:
            watched.step()
    assert min(seen["alike"], seen["labelled"], seen["suppressed"]) > 20, seen
    assert seen["exempt"] < 0.15 * seen.total(), "what cannot be compared is little"


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    names=st.permutations(["lunch_rush", "friday_night", "weekend_brunch", "concert_night", "new_user_onboarding"]),
    apart=st.integers(0, 20),
)
def test_the_label_of_any_record_is_the_last_of_two_causes_that_brought_it_about(
    seed: int, names: list[str], apart: int
) -> None:
    watched = Watched(seed, 150)
    watched.step(names[0])
    for _ in range(apart):
        watched.step()
    watched.step(names[1])
    for _ in range(3):
        for _ in range(7):
            watched.step()
        check([Telling(watched.twin(seed)), Telling(watched.twin(seed, 1)), Telling(watched)])


def test_the_label_is_the_last_cause_that_changed_the_outcome() -> None:
    baseline, one, two = np.array([1, 1, 1, 1]), np.array([1, 2, 2, 2]), np.array([1, 2, 3, 1])
    assert label([baseline, one, two], [7, 8]).tolist() == [0, 7, 8, 0]


def test_without_causes_nothing_is_labelled_and_nothing_is_suppressed() -> None:
    watched = Watched(4)
    for _ in range(30):
        rows = watched.step()
        assert not rows["cause"].any()
        assert not (rows["kind"] == Kind.TRUTH_SUPPRESSED).any()


def test_no_two_records_of_what_was_prevented_have_the_same_id() -> None:
    watched, ids = Watched(5), Counter[tuple[object, ...]]()
    watched.step("friday_night", "lunch_rush")
    for tick in range(40):
        rows = watched.step()
        rows = rows[rows["kind"] == Kind.TRUTH_SUPPRESSED]
        ids.update((tick, int(r["user"]), int(r["ordinal"])) for r in rows)
    assert len(ids) > 50
    assert max(ids.values()) == 1


def test_what_follows_from_a_labelled_record_carries_its_label() -> None:
    watched = Watched(6)
    for _ in range(WARM_UP):
        watched.step()
    watched.step("friday_night")
    caused: Mapping[int, int] = {}
    followers = 0
    for _ in range(90):
        rows = watched.step()
        known = {**caused, **{int(r["low"]): int(r["cause"]) for r in rows if r["low"] and r["cause"]}}
        for row in rows[(rows["from_low"] != 0) & (rows["kind"] < 40)]:
            if known.get(int(row["from_low"]), 0):
                assert row["cause"] > 0, Kind(int(row["kind"])).name
                followers += 1
        caused = known
    assert followers > 100

"""The measures of ranked lists: worked by hand, and what must hold for any lists."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.evaluate import metrics
from cli.evaluate.metrics import NOBODY, Relevant

VENUES = 12

some_list = st.permutations(range(VENUES))
some_answers = st.sets(st.integers(0, VENUES - 1), min_size=1)


def one(ranked: Sequence[int], right: set[int]) -> tuple[float, float]:
    """Recall and NDCG of one list."""
    relevant = Relevant.of([0] * len(right), sorted(right), 1, VENUES)
    hits = relevant.hits(np.array([ranked]))
    return float(metrics.recall(hits, relevant.counts)[0]), float(metrics.ndcg(hits, relevant.counts)[0])


def test_a_list_worked_by_hand() -> None:
    recall, gain = one([3, 1, 2], {1, 5})
    assert recall == 0.5
    assert gain == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))


def test_two_of_three_right_answers_in_first_and_third_place() -> None:
    recall, gain = one([7, 0, 4], {7, 4, 9})
    assert recall == pytest.approx(2 / 3)
    assert gain == pytest.approx((1 + 0.5) / (1 + 1 / math.log2(3) + 0.5))


def test_a_place_left_empty_is_never_right() -> None:
    relevant = Relevant.of([0, 1], [VENUES - 1, 3], 2, VENUES)
    hits = relevant.hits(np.array([[0, NOBODY], [NOBODY, NOBODY]]))
    assert not hits.any()


def test_answers_of_one_question_are_not_those_of_the_next() -> None:
    relevant = Relevant.of([0, 1, 1], [2, 3, 3], 3, VENUES)
    assert relevant.counts.tolist() == [1, 1, 0]
    hits = relevant.hits(np.array([[2, 3], [2, 3], [2, 3]]))
    assert hits.tolist() == [[True, False], [False, True], [False, False]]
    assert metrics.recall(hits, relevant.counts)[:2].tolist() == [1.0, 1.0]
    assert np.isnan(metrics.recall(hits, relevant.counts)[2])


@given(some_answers)
def test_a_perfect_ranking_has_all_the_gain(right: set[int]) -> None:
    rest = [venue for venue in range(VENUES) if venue not in right]
    assert one([*sorted(right), *rest][:10], right)[1] == pytest.approx(1.0)


@given(some_list, some_answers)
def test_recall_never_falls_with_a_longer_list(ranked: list[int], right: set[int]) -> None:
    found = [one(ranked[:k], right)[0] for k in range(1, VENUES + 1)]
    assert found == sorted(found)
    assert found[-1] == 1.0


@given(some_list, some_answers, st.integers(1, VENUES - 1))
def test_a_right_answer_moved_up_gains_and_leaves_recall_alone(ranked: list[int], right: set[int], place: int) -> None:
    moved = ranked.copy()
    moved[place - 1], moved[place] = moved[place], moved[place - 1]
    (recall, gain), (other_recall, other_gain) = one(ranked, right), one(moved, right)
    assert recall == other_recall
    better = (ranked[place] in right) - (ranked[place - 1] in right)
    assert np.sign(round(other_gain - gain, 12)) == better


@given(some_list, some_answers, st.integers(1, VENUES))
def test_measures_lie_between_nought_and_one(ranked: list[int], right: set[int], k: int) -> None:
    assert all(0 <= value <= 1 + 1e-12 for value in one(ranked[:k], right))


def test_coverage_counts_each_venue_once() -> None:
    assert metrics.coverage(np.array([[0, 1], [1, NOBODY]]), 4) == 0.5


def test_novelty_is_higher_for_places_that_fewer_people_know() -> None:
    visitors = np.array([7, 1, 0])
    assert metrics.novelty(np.array([[0]]), visitors, 7) == 0.0
    assert metrics.novelty(np.array([[1, 2]]), visitors, 7) == pytest.approx((2 + 3) / 2)
    assert math.isnan(metrics.novelty(np.array([[NOBODY]]), visitors, 7))


def test_a_person_who_asks_often_counts_once() -> None:
    values = metrics.by_user(np.array([1.0, 1.0, 1.0, 0.0, np.nan]), np.array([5, 5, 5, 2, 9]))
    assert values.tolist() == [0.0, 1.0]


def test_an_interval_holds_its_mean_and_shrinks_with_more_people() -> None:
    few, many = (np.tile([0.0, 1.0], people) for people in (10, 1_000))
    wide, narrow = metrics.mean(few, 3), metrics.mean(many, 3)
    assert wide.low < wide.value == 0.5 < wide.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 5
    assert metrics.mean(few, 3) == wide


def test_a_ratio_draws_the_same_people_for_both() -> None:
    values = np.linspace(0.1, 1.0, 50)
    found = metrics.ratio(2 * values, values, 1)
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0))


def test_nothing_to_compare_with_is_infinitely_better_and_nobody_asked_is_no_number() -> None:
    assert metrics.ratio(np.ones(4), np.zeros(4), 1).value == math.inf
    assert math.isnan(metrics.mean(np.array([]), 1).value)

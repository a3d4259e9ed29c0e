"""Tastes: bounds, caps, decay, and independence of how a topic is cut into batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.domain.cells import MemoryCells, Scope
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.preferences import Preferences
from services.analytics.domain.venues import TASTES, VenueDirectory
from services.analytics.settings import PREFERENCES_FILE, read_learning
from tests.unit.analytics.city import DAY, Frames, event, venue

LEARNING = read_learning(PREFERENCES_FILE)
FRAMES = Frames()
KINDS = sorted(LEARNING.actions)


def learner(learning: LearningParameters = LEARNING, cells: MemoryCells | None = None) -> Preferences:
    directory = VenueDirectory()
    directory.update(FRAMES.batch("venues", [venue(number) for number in range(8)]).frame)
    return Preferences(Scope("run", 0), cells or MemoryCells(), directory, learning)


actions = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 3),  # user
        st.integers(0, 7),  # venue
        st.integers(1, 5),  # stars
        st.integers(0, 5 * DAY),
    ),
    min_size=1,
    max_size=40,
)


def told(acts: list[tuple[str, int, int, int, int]]) -> list[dict[str, object]]:
    return [
        event(kind, number, at, user, venue_id=f"v{place:05d}", rating=stars)
        for number, (kind, user, place, stars, at) in enumerate(acts)
    ]


@given(actions)
@settings(max_examples=60, deadline=None)
def test_tastes_stay_between_zero_and_one(acts: list[tuple[str, int, int, int, int]]) -> None:
    extreme = LEARNING.model_copy(update={"learning_rate": 1.0, "cap_per_action": 1.0, "decay_per_day": 1.0})
    preferences = learner(extreme)
    list(preferences.fold(0, FRAMES.batch("user_actions", told(acts)).frame))
    for user in range(4):
        tastes = preferences.of(f"u{user:07d}")
        assert tastes is None or all(0.0 <= value <= 1.0 for value in tastes.values())


@given(actions, st.integers(1, 39))
@settings(max_examples=60, deadline=None)
def test_the_same_rows_are_published_however_the_topic_is_cut(
    acts: list[tuple[str, int, int, int, int]], cut: int
) -> None:
    frame = FRAMES.batch("user_actions", told(acts)).frame
    whole, parts = learner(), learner()
    at_once = list(whole.fold(0, frame))
    in_two = [*parts.fold(0, frame[:cut]), *parts.fold(0, frame[cut:])]
    assert at_once == in_two


@given(actions)
@settings(max_examples=30, deadline=None)
def test_a_restart_in_between_changes_nothing(acts: list[tuple[str, int, int, int, int]]) -> None:
    frame = FRAMES.batch("user_actions", told(acts)).frame
    middle = len(acts) // 2
    straight, cells = learner(), MemoryCells()
    first = learner(cells=cells)
    expected = list(straight.fold(0, frame[:middle])) + list(straight.fold(0, frame[middle:]))
    before = list(first.fold(0, frame[:middle]))
    second = learner()
    for key, data in cells.scan(0):
        second.load(0, key.split("|")[2], data)
    assert before + list(second.fold(0, frame[middle:])) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_no_action_moves_a_taste_further_than_the_cap(kind: str) -> None:
    eager = LEARNING.model_copy(update={"learning_rate": 1.0})
    preferences = learner(eager)
    list(preferences.fold(0, FRAMES.batch("user_actions", [event(kind, 0, 0, venue_id="v00001")]).frame))
    tastes = preferences.of("u0000000")
    assert tastes is not None
    moved = np.array([tastes[taste] for taste in TASTES]) - LEARNING.baseline
    assert 0 < np.abs(moved).max() <= LEARNING.cap_per_action + 1e-12
    assert tastes["italian"] != LEARNING.baseline


def test_without_actions_a_taste_returns_to_the_baseline_by_a_share_a_day() -> None:
    preferences = learner()
    visits = [event("visit.started", number, number, venue_id="v00001") for number in range(20)]
    list(preferences.fold(0, FRAMES.batch("user_actions", visits).frame))
    high = preferences.of("u0000000")
    later = event("visit.started", "later", 10 * DAY + 19, venue_id="v00000")
    list(preferences.fold(0, FRAMES.batch("user_actions", [later]).frame))
    low = preferences.of("u0000000")
    assert high is not None
    assert low is not None
    expected = high["italian"] + (LEARNING.baseline - high["italian"]) * LEARNING.decay_per_day * 10
    assert low["italian"] == pytest.approx(expected, abs=1e-12)


def test_nothing_is_learned_when_it_is_switched_off() -> None:
    preferences = learner(LEARNING.model_copy(update={"enabled": False}))
    assert list(preferences.fold(0, FRAMES.batch("user_actions", [event("visit.started", 0, 0)]).frame)) == []
    assert preferences.of("u0000000") is None

"""Tastes: bounds, caps, and what does not matter: cuts, interleaving, order of bookings, restarts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.domain import preferences as evolution
from services.analytics.domain import shifts, ties
from services.analytics.domain.cells import MemoryCells, split_key
from services.analytics.domain.tastes import COLUMNS, HIGHEST, LOWEST, Formula
from tests.unit.analytics.city import START, rows_of
from tests.unit.analytics.tasting import (
    KINDS,
    LEARNING,
    Acts,
    acts,
    assert_same,
    frame_of,
    learner,
    only,
    state,
    streams,
    tell,
)


@given(acts)
@settings(max_examples=20, deadline=None)
def test_every_column_stays_in_its_bounds_however_wild_the_parameters_are(told: Acts) -> None:
    wild = LEARNING.model_copy(
        update={"learning_rate": 1.0, "cap_per_action": 1.0, "decay_per_day": 1.0, "publish_after": 0.0}
        | {"pull": LEARNING.pull.model_copy(update={"limit": 1.0})}
        | {"social": LEARNING.social.model_copy(update={"weight": 1.0})}
        | {"season": LEARNING.season.model_copy(update={"drifts": {"italian": 1.0, "outdoor": -1.0}})}
    )
    preferences = learner(wild)
    rows = [row for topic, records in streams(told).items() for row in tell(preferences, topic, *records)]
    assert rows
    for row in rows:
        for name in COLUMNS:
            low, high = (1.0, 4.0) if name == "price_tier" else (0.0, 1.0)
            assert low <= float(str(row[name])) <= high, name


@given(acts, st.integers(1, 39))
@settings(max_examples=20, deadline=None)
def test_the_same_rows_are_published_however_a_topic_is_cut(told: Acts, cut: int) -> None:
    for topic, records in streams(told).items():
        frame = frame_of(topic, records)
        whole, parts = learner(), learner()
        at_once = rows_of(list(whole.fold(topic, 0, frame)), "preferences")
        cut_once = [*parts.fold(topic, 0, frame[:cut]), *parts.fold(topic, 0, frame[cut:])]
        assert at_once == rows_of(cut_once, "preferences")
        assert whole.shifts.merged(START // shifts.HOUR_US) == parts.shifts.merged(START // shifts.HOUR_US)


@given(acts, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_tastes_are_the_same_however_the_topics_interleave(told: Acts, order: object) -> None:
    given_streams = streams(told)
    turns = [topic for topic, records in given_streams.items() for _ in records]
    order.shuffle(turns)  # type: ignore[attr-defined]
    one, other = learner(), learner()
    for topic, records in given_streams.items():
        tell(one, topic, *records)
    waiting = {topic: iter(records) for topic, records in given_streams.items()}
    for topic in turns:
        tell(other, topic, next(waiting[topic]))
    assert_same(state(one), state(other))


@given(acts, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_bookings_teach_the_same_in_whatever_order_they_were_told_again(told: Acts, order: object) -> None:
    told = [("booked" if act[0] == "taken" else "cancelled" if act[0] in KINDS else act[0], *act[1:]) for act in told]
    records = streams(told)["bookings_by_user"]
    one, other = learner(), learner()
    tell(one, "bookings_by_user", *records)
    order.shuffle(records)  # type: ignore[attr-defined]
    for record in records:
        tell(other, "bookings_by_user", record)
    assert_same(state(one), state(other))


@given(acts)
@settings(max_examples=15, deadline=None)
def test_a_restart_in_between_changes_nothing(told: Acts) -> None:
    straight, cells = learner(), MemoryCells()
    first = learner(cells=cells)
    halves = {
        topic: (records[: len(records) // 2], records[len(records) // 2 :]) for topic, records in streams(told).items()
    }
    expected = [
        row for half in (0, 1) for topic, parts in halves.items() for row in tell(straight, topic, *parts[half])
    ]
    before = [row for topic, parts in halves.items() for row in tell(first, topic, *parts[0])]
    second = learner()
    for key, data in cells.scan(0):
        _, kind, name = split_key(key)
        if kind == evolution.KIND:
            second.load(0, name, data)
        elif kind == evolution.DAY_KIND:
            second.load_day(0, data)
        elif kind == ties.KIND:
            second.ties.load(name, data)
    assert before + [row for topic, parts in halves.items() for row in tell(second, topic, *parts[1])] == expected


@given(acts)
@settings(max_examples=15, deadline=None)
def test_no_act_of_any_kind_moves_any_column_further_than_the_cap(told: Acts) -> None:
    eager = only(actions=True, reviews=True, bookings=True, social=True).model_copy(update={"learning_rate": 1.0})
    preferences = learner(eager)
    for topic, records in streams([(*act[:4], 0) for act in told]).items():
        for record in records:
            before = state(preferences, START).get(str(record["user_id"]), {})
            tell(preferences, topic, record)
            after = state(preferences, START).get(str(record["user_id"]), {})
            for column, low, high, middle in zip(COLUMNS, LOWEST, HIGHEST, Formula(eager).start, strict=True):
                moved = abs(after.get(column, middle) - before.get(column, middle))
                assert moved <= eager.cap_per_action * (high - low) + 1e-12, column

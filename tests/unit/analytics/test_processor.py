"""The processor as a lock-step host runs it: windows, corrections, duplicates, branches, milestones, answers."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.app import in_memory_processors
from services.analytics.domain.cells import MemoryCells
from services.analytics.domain.queries import NotFoundError, RefusedError, answer
from services.analytics.domain.rekeying import TOPIC
from services.analytics.processor import AnalyticsProcessor
from services.analytics.settings import PREFERENCES_FILE, read_learning
from streamkit.processor import Output
from streamkit.records import Batch
from tests.unit.analytics.city import MINUTE, START, Frames, event, rows_of, state_changed, tick, venue

Figures = dict[tuple[str, str | None, str | None, int], int]


def analytics() -> AnalyticsProcessor:
    (processor,) = in_memory_processors()
    return processor


def totals(rows: list[dict[str, object]]) -> Figures:
    """Last version of every figure."""
    last: Figures = {}
    for row in sorted(rows, key=lambda row: int(str(row["version"]))):
        minute = (int(str(row["window_start"])) - START) // MINUTE
        last[str(row["metric"]), row["dimension"], row["dimension_value"], minute] = int(str(row["count"]))  # type: ignore[index]
    return last


def test_a_window_closes_when_everything_of_its_tick_is_consumed_and_not_before() -> None:
    frames, processor = Frames(), analytics()
    first = frames.batch("user_actions", [event("venue.viewed", n, n, user=n) for n in range(3)])
    assert rows_of(processor.process(first), "system_metrics") == []
    late_tick = frames.batch("system_metrics", [tick(3 * MINUTE, "user_actions:0=4,ground_truth:2=9")])
    assert rows_of(processor.process(late_tick), "system_metrics") == []
    closed = processor.process(frames.batch("user_actions", [event("venue.liked", 3, 1, user=0)]))
    figures = totals(rows_of(closed, "system_metrics"))
    assert figures["events", None, None, 0] == 4
    assert figures["events", "event_type", "venue.viewed", 0] == 3
    assert figures["active_users", None, None, 0] == 3


def test_a_late_record_is_told_as_the_next_version() -> None:
    frames, processor = Frames(), analytics()
    processor.process(frames.batch("user_actions", [event("venue.viewed", 0, 0)]))
    processor.process(frames.batch("system_metrics", [tick(3 * MINUTE, "user_actions:0=1")]))
    late = rows_of(processor.process(frames.batch("user_actions", [event("venue.viewed", 1, 5)])), "system_metrics")
    total = next(row for row in late if row["dimension"] is None and row["metric"] == "events")
    assert (total["version"], total["count"]) == (2, 2)


def test_a_duplicate_event_id_counts_once_even_in_another_batch_and_after_a_restart() -> None:
    frames, cells = Frames(), MemoryCells()
    first = AnalyticsProcessor(cells, read_learning(PREFERENCES_FILE))
    batch = frames.batch("user_actions", [event("venue.viewed", 0, 0), event("venue.viewed", 0, 0)])
    first.process(batch)
    second = AnalyticsProcessor(cells, read_learning(PREFERENCES_FILE))
    second.load({("user_actions", 0): 2})
    second.process(frames.batch("user_actions", [event("venue.viewed", 0, 0)]))
    closed = second.process(frames.batch("system_metrics", [tick(3 * MINUTE, "user_actions:0=3")]))
    assert totals(rows_of(closed, "system_metrics"))["events", None, None, 0] == 1


events = st.lists(
    st.tuples(
        st.sampled_from(["venue.viewed", "venue.liked", "session.started", "visit.started"]),
        st.integers(0, 4),  # user
        st.integers(0, 3 * MINUTE),
        st.integers(0, 3),  # partition
    ),
    min_size=1,
    max_size=30,
)


@given(events, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_published_figures_equal_a_recount_whatever_the_order(
    told: list[tuple[str, int, int, int]], order: object
) -> None:
    records = [event(kind, number, at, user=user) for number, (kind, user, at, _) in enumerate(told)]
    placed = list(zip(records, [user % 4 for _, user, _, _ in told], strict=True))
    order.shuffle(placed)  # type: ignore[attr-defined]
    frames, processor = Frames(), analytics()
    published = []
    for record, partition in placed:
        published += rows_of(processor.process(frames.batch("user_actions", [record], partition)), "system_metrics")
    counts = pl.Series([partition for _, partition in placed]).value_counts()
    needed = ",".join(f"user_actions:{partition}={count}" for partition, count in counts.sort("").iter_rows())
    published += rows_of(
        processor.process(frames.batch("system_metrics", [tick(10 * MINUTE, needed)])), "system_metrics"
    )
    recount: dict[tuple[str, int], int] = {}
    for record in records:
        key = (record["event_type"], (record["simulation_time"] - START) // MINUTE)
        recount[key] = recount.get(key, 0) + 1
    figures = {(value, minute): n for (_, kind, value, minute), n in totals(published).items() if kind == "event_type"}
    assert figures == recount


def told_again(processor: AnalyticsProcessor, frames: Frames, batch: Batch) -> list[Output]:
    """What a batch leads to, records that come back to the processor included."""
    outputs = list(processor.process(batch))
    followed = rows_of(outputs, TOPIC)
    return outputs + (list(processor.process(frames.batch(TOPIC, followed))) if followed else [])


def test_milestones_are_told_once_though_bookings_come_on_every_partition() -> None:
    frames, processor = Frames(), analytics()
    booking: dict[str, Any] = {"booking_id": "b" * 26, "start_time": START, "created_by": "user"}
    told = []
    for partition in range(4):
        record = event("booking.requested", partition, partition, venue_id=f"v{partition:05d}", **booking)
        told += rows_of(told_again(processor, frames, frames.batch("bookings", [record], partition)), "journeys")
    assert [row["milestone"] for row in told if row["event_type"] == "milestone.reached"] == ["first_booking"]


def test_a_person_s_journey_never_goes_back_in_time_though_topics_are_not_read_in_step() -> None:
    frames, processor = Frames(), analytics()
    booking: dict[str, Any] = {"booking_id": "b" * 26, "start_time": START, "created_by": "user"}
    requested = event("booking.requested", 1, MINUTE, **booking)
    told = [
        *rows_of(processor.process(frames.batch("user_actions", [event("visit.started", 0, 9 * MINUTE)])), "journeys"),
        *rows_of(told_again(processor, frames, frames.batch("bookings", [requested])), "journeys"),
        *rows_of(processor.process(frames.batch("user_actions", [event("venue.saved", 2, 8 * MINUTE)])), "journeys"),
    ]
    assert [row["milestone"] for row in told if row["milestone"]] == ["first_visit", "first_booking", "first_save"]
    assert {row["simulation_time"] for row in told} == {START + 9 * MINUTE}


def test_the_tenth_visit_is_a_milestone() -> None:
    frames, processor = Frames(), analytics()
    visits = [event("visit.started", number, number) for number in range(12)]
    told = rows_of(processor.process(frames.batch("user_actions", visits)), "journeys", "milestone.reached")
    assert [row["milestone"] for row in told] == ["first_visit", "tenth_visit"]
    assert told[1]["correlation_id"] == visits[9]["event_id"]


def test_a_newer_branch_ends_the_older_one_and_deletes_its_cells() -> None:
    frames, cells = Frames(), MemoryCells()
    processor = AnalyticsProcessor(cells, read_learning(PREFERENCES_FILE))
    processor.process(frames.batch("simulation_control", [state_changed(0, wall_time=1)]))
    processor.process(frames.batch("user_actions", [event("venue.viewed", 0, 0)]))
    assert any(key.startswith("run/0|") for key, _ in cells.scan(0))
    processor.process(frames.batch("simulation_control", [state_changed(0, wall_time=2, branch=1)]))
    processor.process(frames.batch("user_actions", [event("venue.viewed", 1, 0)]))
    assert not any(key.startswith("run/0|") for key, _ in cells.scan(0))
    processor.process(frames.batch("simulation_control", [state_changed(9, wall_time=1, branch=0)]))
    assert processor.live is not None
    assert processor.live.scope.branch == 1


def test_questions_are_answered_and_bad_ones_refused_with_the_reason() -> None:
    frames, processor = Frames(), analytics()
    processor.process(frames.batch("venues", [venue(0)]))
    processor.process(frames.batch("user_actions", [event("session.started", 0, 0), event("visit.started", 1, 5)]))
    state = processor.live
    journey = answer(state, "journey.get", json.dumps({"user_id": "u0000000"}))
    assert [step["milestone"] for step in journey["milestones"]] == ["first_session", "first_visit"]
    buckets = answer(state, "aggregate.get", json.dumps({"time_range": "1h", "group_by": "minute"}))["buckets"]
    assert [bucket["events"] for bucket in buckets] == [2]
    assert answer(state, "top.get", '{"what": "visited_venues"}')["items"][0]["name"] == "Venue 0"
    assert {step["step"]: step["users"] for step in answer(state, "funnel.get", None)["steps"]}["visit"] == 1
    with pytest.raises(NotFoundError, match="u0000009"):
        answer(state, "journey.get", '{"user_id": "u0000009"}')
    for kind, parameters, reason in (
        ("nothing.get", "{}", "unknown kind"),
        ("journey.get", "{", "not JSON"),
        ("journey.get", "{}", "user_id"),
        ("top.get", '{"limit": 0}', "limit"),
        ("aggregate.get", '{"time_range": "7d", "group_by": "minute"}', "buckets"),
    ):
        with pytest.raises(RefusedError, match=reason):
            answer(state, kind, parameters)

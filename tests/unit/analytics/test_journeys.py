"""Journeys: every milestone once, in any interleaving of topics, through restarts and records told twice."""

import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.domain.cells import MemoryCells, Scope, split_key
from services.analytics.domain.journey_rows import Journey
from services.analytics.domain.journeys import TOPICS, Journeys
from services.analytics.domain.rekeying import as_told
from tests.unit.analytics.city import DAY, START, Frames, event, rows_of

FRAMES = Frames()
Row = dict[str, object]

ALL = {
    "first_session", "first_save", "first_interest", "first_invite", "first_booking", "first_visit", "first_review",
    "tenth_visit", "dormant", "returned", "churned",
}  # fmt: skip
ACTIONS = (
    "session.started", "venue.saved", "interest.expressed", "visit.started", "review.submitted", "user.dormant",
    "user.returned", "user.churned",
)  # fmt: skip


def journeys(cells: MemoryCells | None = None) -> Journeys:
    return Journeys(Scope("run", 0), cells or MemoryCells())


def record(number: int, kind: str, at: int, user: int) -> tuple[str, Row]:
    if kind == "invite.sent":
        more = {"other_user_id": "u0000009", "invite_id": "i" * 26, "planned_time": START}
        return "social_interactions", event(kind, number, at, user, **more)
    if kind == "booking.requested":
        ids = {"correlation_id": f"c{number}".ljust(26, "0"), "booking_id": "b" * 26}
        return "bookings_by_user", event("booking.followed", number, at, user, step=kind, **ids)
    return "user_actions", event(kind, number, at, user)


def tell(people: Journeys, topic: str, *rows: Row) -> list[Row]:
    frame = FRAMES.batch(topic, rows).frame
    told = people.fold(0, as_told(frame) if topic == "bookings_by_user" else frame)
    return [*rows_of(list(told), "journeys")]


told_events = st.lists(
    st.tuples(
        st.sampled_from([*ACTIONS, "invite.sent", "booking.requested", "visit.started"]),
        st.integers(0, 2),
        st.integers(0, 3 * DAY),
    ),
    min_size=1,
    max_size=40,
)


def milestones(rows: list[Row]) -> Counter[tuple[object, object]]:
    return Counter((row["user_id"], row["milestone"]) for row in rows if row["event_type"] == "milestone.reached")


@given(told_events, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_each_milestone_is_told_once_and_the_same_ones_however_topics_interleave(
    told: list[tuple[str, int, int]], order: object
) -> None:
    records = [record(number, kind, at, user) for number, (kind, user, at) in enumerate(told)]
    one, other = journeys(), journeys()
    first = [row for topic in TOPICS for place, row in records if place == topic for row in tell(one, topic, row)]
    waiting = {topic: iter([row for place, row in records if place == topic]) for topic in TOPICS}
    turns = [topic for topic, _ in records]
    order.shuffle(turns)  # type: ignore[attr-defined]
    second = [row for topic in turns for row in tell(other, topic, next(waiting[topic]))]
    assert milestones(first) == milestones(second)
    assert set(milestones(first).values()) <= {1}
    for user in range(3):
        reached, again = one.of(f"u{user:07d}"), other.of(f"u{user:07d}")
        assert (reached is None) == (again is None)
        if reached is not None and again is not None:
            assert (reached.stages, reached.visits, reached.spells) == (again.stages, again.visits, again.spells)
    for rows in (first, second):
        for user in range(3):
            times = [int(str(row["simulation_time"])) for row in rows if row["user_id"] == f"u{user:07d}"]
            assert times == sorted(times)


def test_a_whole_life_reaches_every_milestone_in_order_with_the_time_since_the_one_before() -> None:
    people, rows = journeys(), []
    life = ["session.started", "venue.saved", "interest.expressed", "invite.sent", "booking.requested"]
    life += ["visit.started", "review.submitted", *["visit.started"] * 9, "user.dormant", "user.returned"]
    life += ["user.dormant", "user.churned"]
    for number, kind in enumerate(life):
        topic, row = record(number, kind, number * 60_000_000, 0)
        rows += tell(people, topic, row)
    reached = [row for row in rows if row["event_type"] == "milestone.reached"]
    assert [row["milestone"] for row in reached] == [
        "first_session", "first_save", "first_interest", "first_invite", "first_booking", "first_visit", "first_review",
        "tenth_visit", "dormant", "returned", "churned",
    ]  # fmt: skip
    assert {row["milestone"] for row in reached} == ALL
    assert [row["since_previous_seconds"] for row in reached[:3]] == [None, 60, 60]
    stages = [row for row in rows if row["event_type"] == "funnel.stage_changed"]
    assert [(row["previous_stage"], row["stage"]) for row in stages][-1] == ("visiting", "reviewing")
    assert stages[1]["since_previous_seconds"] == 120
    journey = people.of("u0000000")
    assert journey is not None
    assert (journey.stage, journey.lifecycle, journey.spells, journey.visits) == ("reviewing", "churned", 2, 10)
    assert [step["milestone"] for step in journey.reached()][-1] == "churned"


def test_a_restart_tells_no_milestone_again() -> None:
    cells = MemoryCells()
    first = journeys(cells)
    visits = [record(number, "visit.started", number, 0)[1] for number in range(12)]
    assert milestones(tell(first, "user_actions", *visits[:5])) == {("u0000000", "first_visit"): 1}
    second = journeys()
    for key, data in cells.scan(0):
        second.load(0, split_key(key)[2], data)
    assert milestones(tell(second, "user_actions", *visits[5:])) == {("u0000000", "tenth_visit"): 1}
    journey = second.of("u0000000")
    assert journey is not None
    assert (journey.stages, journey.visits) == ({5}, 12)


@given(told_events)
@settings(max_examples=50, deadline=None)
def test_a_batch_tells_what_its_records_tell_one_by_one(told: list[tuple[str, int, int]]) -> None:
    records = [record(number, kind, at, user) for number, (kind, user, at) in enumerate(told)]
    cells = MemoryCells()
    one, other, third = journeys(cells), journeys(), journeys()
    for topic in TOPICS:
        rows = [row for place, row in records if place == topic]
        together = tell(one, topic, *rows) if rows else []
        apart = [line for row in rows for line in tell(other, topic, row)]
        assert together == apart
    for key, data in cells.scan(0):
        third.load(0, split_key(key)[2], data)
    for user in range(3):
        name = f"u{user:07d}"
        assert one.of(name) == other.of(name)
        assert third.of(name) in (one.of(name), None if one.of(name) == Journey() else ())


def test_a_journey_kept_as_json_is_read() -> None:
    content = {
        "milestones": [["first_visit", START, "v0000001"], ["first_session", START + 5, None]],
        "stages": [1, 5], "visits": 9, "told": START + 5, "staged": START, "lifecycle": "dormant", "spells": 2,
    }  # fmt: skip
    people = journeys()
    people.load(0, "u0000000", json.dumps(content).encode())
    journey = people.of("u0000000")
    assert journey == Journey(
        {"first_visit": (START, "v0000001"), "first_session": (START + 5, None)},
        {1, 5}, 9, START + 5, START, "dormant", 2,
    )  # fmt: skip
    visit = tell(people, "user_actions", record(0, "visit.started", DAY, 0)[1])
    assert milestones(visit) == {("u0000000", "tenth_visit"): 1}

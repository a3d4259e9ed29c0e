"""Figures of how much tastes move: sums by cause, told when an hour is over, corrected by what comes late."""

import json
from typing import Any

import numpy as np
import pytest

from services.analytics.domain.cells import MemoryCells, Scope, split_key
from services.analytics.domain.learning import REASONS
from services.analytics.domain.queries import NotFoundError, RefusedError, answer
from services.analytics.domain.rekeying import TOPIC
from services.analytics.domain.shifts import KEPT_HOURS, Shifts
from tests.unit.analytics.city import MINUTE, START, Frames, event, rows_of, tick, venue
from tests.unit.analytics.test_processor import analytics

HOUR = 60 * MINUTE
VISIT = np.array([REASONS.index("visit")], dtype=np.int8)
METRICS = ("preference_shift", "preference_shift_rate", "social_influence")


def figures(outputs: Any) -> dict[tuple[str, str | None], dict[str, Any]]:
    rows = [row for row in rows_of(outputs, "system_metrics") if row["metric"] in METRICS]
    return {(row["metric"], row["dimension_value"]): row for row in rows}


def test_an_hour_of_shifts_is_told_by_cause_when_it_is_over_and_again_when_something_comes_late() -> None:
    frames, processor = Frames(), analytics()
    processor.process(frames.batch("venues", [venue(number) for number in range(8)]))
    processor.process(frames.batch("user_actions", [event("visit.started", 0, 0, user=1, venue_id="v00001")]))
    taken = event("invite.accepted", 1, 1, 2, venue_id="v00002", other_user_id="u0000001", invite_id="i" * 26)
    processor.process(frames.batch("social_interactions", [taken | {"latency_seconds": 9}]))
    positions = "user_actions:0=1,social_interactions:0=1"
    told = figures(processor.process(frames.batch("system_metrics", [tick(2 * HOUR, positions)])))
    assert told["preference_shift", None]["count"] == 2
    visit, social = told["preference_shift", "visit"]["value"], told["preference_shift", "social"]["value"]
    assert visit == pytest.approx(0.04)
    assert told["preference_shift", None]["value"] == pytest.approx(visit + social)
    assert told["preference_shift_rate", None]["value"] == pytest.approx((visit + social) / 2)
    assert told["social_influence", None]["value"] == pytest.approx(social / (visit + social), abs=1e-6)
    late = processor.process(frames.batch("user_actions", [event("venue.liked", 2, 2, user=1, venue_id="v00001")]))
    corrected = figures(late)
    assert corrected["preference_shift", None]["version"] == 2
    assert ("preference_shift", "visit") not in corrected


def test_a_duplicate_moves_no_taste_twice_and_a_booking_reaches_whoever_made_it() -> None:
    frames, processor = Frames(), analytics()
    processor.process(frames.batch("venues", [venue(number) for number in range(8)]))
    asked = event("booking.requested", 0, 0, 3, venue_id="v00001", booking_id="b" * 26, start_time=START)
    asked["created_by"] = "user"
    outputs = processor.process(frames.batch("bookings", [asked, asked], partition=2))
    followed = rows_of(outputs, TOPIC)
    assert [(row["user_id"], row["step"], row["correlation_id"]) for row in followed] == [
        ("u0000003", "booking.requested", asked["event_id"])
    ]
    for _ in range(2):  # told twice under one id
        told = rows_of(processor.process(frames.batch(TOPIC, followed)), "preferences")
        followed_by = [(row["reason"], row["correlation_id"]) for row in told]
        assert followed_by in ([("booking", asked["event_id"])], [])
    assert processor.live is not None
    person = processor.live.preferences.learners.index["u0000003"]
    assert processor.live.preferences.learners.version[person] == 1


def test_a_worker_that_tells_no_hours_forgets_them_with_their_cells_and_takes_what_another_did() -> None:
    cells = MemoryCells()
    shifts = Shifts(Scope("run", 0), cells)
    sizes, hour = np.array([0.25]), START // HOUR
    shifts.add(1, np.array([START]), VISIT, sizes)
    other = MemoryCells()
    Shifts(Scope("run", 0), other).add(2, np.array([START]), VISIT, sizes)
    [(key, data)] = other.scan(2)
    for _ in range(2):  # saved twice
        shifts.load(split_key(key)[1], 2, split_key(key)[2], data)
    assert shifts.merged(hour).counts == {"visit": 2}
    shifts.pass_over({"simulation_time": START + KEPT_HOURS * HOUR})
    assert shifts.merged(hour).counts == {"visit": 2}
    shifts.pass_over({"simulation_time": START + (KEPT_HOURS + 1) * HOUR})
    assert shifts.merged(hour).counts == {}
    assert not list(cells.scan(1))


def test_tastes_can_be_asked_for_with_what_moved_them_last() -> None:
    frames, processor = Frames(), analytics()
    processor.process(frames.batch("venues", [venue(number) for number in range(8)]))
    processor.process(frames.batch("user_actions", [event("visit.started", n, n, venue_id="v00001") for n in range(3)]))
    found = answer(processor.live, "preferences.get", json.dumps({"user_id": "u0000000"}))
    assert found["preferences"]["taste_italian"] > 0.6
    assert found["last_shift"]["reason"] == "visit"
    assert found["last_shift"]["time"] == START + 2
    assert found["shifts"] == len(found["latest_shifts"]) == 3
    with pytest.raises(NotFoundError, match="u0000009"):
        answer(processor.live, "preferences.get", '{"user_id": "u0000009"}')
    with pytest.raises(RefusedError, match="friends"):
        answer(processor.live, "preferences.get", '{"user_id": "u0000000", "friends": 99}')

"""What is answered of a whole city equals a recount by polars; what is asked badly is refused with the reason."""

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import h3
import numpy as np
import polars as pl
import pytest

from services.analytics.domain.branches import BranchState
from services.analytics.domain.queries import RefusedError, answer
from services.analytics.store.old_figures import reaches_back
from tests.unit.analytics.recount import STEPS, joined
from tests.unit.analytics.retelling import START, Topics, told
from tests.unit.gateway import answering

HOUR = 3_600_000_000
MINUTE = HOUR // 60
FIRST_HOUR = START // HOUR * HOUR


@pytest.fixture(scope="module")
def state(city: Topics) -> BranchState:
    _, processor = told(city, np.random.default_rng(4), end=150)
    assert processor.live is not None
    return processor.live


@pytest.fixture(scope="module")
def records(city: Topics) -> pl.DataFrame:
    return joined(city, city["users"], city["venues"])


def ask(state: BranchState, kind: str, **parameters: Any) -> Any:
    answered = json.loads(json.dumps(answer(state, kind, json.dumps(parameters))))
    answering.check(kind, answered)
    return answered


def counted(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(frame[column].drop_nulls().value_counts().iter_rows())


def test_figures_of_an_hour_chosen_and_broken_down_equal_a_recount(state: BranchState, records: pl.DataFrame) -> None:
    hour = records.filter(pl.col("simulation_time").is_between(FIRST_HOUR, FIRST_HOUR + HOUR, closed="left"))
    whole = ask(state, "aggregate.get", **{"from": FIRST_HOUR, "to": FIRST_HOUR + HOUR}, breakdown="persona")
    assert whole["total"]["events"] == hour.height == sum(bucket["events"] for bucket in whole["buckets"])
    assert whole["total"]["by_persona"] == counted(hour, "persona")
    assert whole["total"]["active_users"] == hour.filter(pl.col("topic") == "user_actions")["user_id"].n_unique()
    assert all(bucket["closed"] for bucket in whole["buckets"])
    borough, events = hour["borough"].drop_nulls().value_counts(sort=True).row(0)
    asked: dict[str, Any] = {"from": FIRST_HOUR, "to": FIRST_HOUR + HOUR, "group_by": "hour", "borough": borough}
    chosen = ask(state, "aggregate.get", **asked)
    assert chosen["total"]["events"] == events
    assert chosen["total"]["by_type"] == counted(hour.filter(pl.col("borough") == borough), "event_type")
    assert chosen["total"]["active_users"] is None
    typed = ask(state, "aggregate.get", **asked, topic="user_actions", type="venue.viewed")
    viewed = hour.filter((pl.col("borough") == borough) & (pl.col("event_type") == "venue.viewed"))
    assert typed["total"]["by_type"] == {"venue.viewed": viewed.height}
    assert ask(state, "aggregate.get", **{**asked, "from": "2026-06-05T22:00:00Z", "to": None})["from"] == FIRST_HOUR


def test_an_answer_says_from_when_on_it_has_figures_and_a_quiet_minute_is_none(state: BranchState) -> None:
    now = ask(state, "realtime.get")["now"]
    kept = state.aggregates.partials.kept.of("minute")
    begin = now - (kept - 10) * MINUTE
    within = ask(state, "aggregate.get", **{"from": begin, "to": begin + HOUR})
    assert (within["buckets"], within["complete"], within["figures_from"], within["reason"]) == ([], True, begin, None)
    before = ask(state, "aggregate.get", **{"from": now - (kept + 60) * MINUTE, "to": begin})
    assert not before["complete"]
    assert before["from"] < before["figures_from"] <= now - kept * MINUTE + MINUTE
    assert "figures_from" in before["reason"]
    assert reaches_back(before)
    assert not reaches_back(within)


def test_rankings_equal_a_recount_with_equals_by_name(state: BranchState, records: pl.DataFrame, city: Topics) -> None:
    def ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10]

    def asked(what: str, by: str, **range_: Any) -> list[tuple[str, int]]:
        return [(item["id"], item["count"]) for item in ask(state, "top.get", what=what, by=by, **range_)["items"]]

    visits = records.filter(pl.col("event_type") == "visit.started")
    assert asked("venues", "visits") == ranked(counted(visits, "venue_id")) != []
    assert asked("categories", "visits") == ranked(counted(visits, "category"))
    assert asked("users", "visits") == ranked(counted(visits, "user_id"))
    bookings = records.filter(pl.col("event_type") == "booking.requested")
    assert asked("users", "bookings") == ranked(counted(bookings, "user_id")) != []
    assert asked("personas", "bookings") == ranked(counted(bookings, "persona"))
    paid = city["user_actions"].filter(pl.col("spend_minor").is_not_null()).group_by("venue_id")
    assert asked("venues", "spend") == ranked(dict(paid.agg(pl.col("spend_minor").sum()).iter_rows())) != []
    late = visits.filter(pl.col("simulation_time") >= FIRST_HOUR + HOUR)
    assert asked("venues", "visits", **{"from": FIRST_HOUR + HOUR}) == ranked(counted(late, "venue_id"))
    assert asked("event_types", "events") == ranked(counted(records, "event_type"))


def test_the_funnel_counts_people_once_and_times_their_first_steps(state: BranchState, records: pl.DataFrame) -> None:
    steps = ask(state, "funnel.get")["steps"]
    firsts = {
        step: dict(
            records.filter(pl.col("event_type").is_in(kinds) & pl.col("user_id").is_not_null())
            .group_by("user_id")
            .agg(pl.col("simulation_time").min())
            .iter_rows()
        )
        for step, kinds in STEPS.items()
    }
    assert [step["users"] for step in steps] == [len(people) for people in firsts.values()]
    for before, step in pairwise(steps):
        earlier, people = firsts[before["step"]], firsts[step["step"]]
        assert step["continued"] == pytest.approx(len(earlier.keys() & people.keys()) / len(earlier), abs=1e-4)
        waits = [(at - earlier[user]) / 1e6 for user, at in people.items() if earlier.get(user, at + 1) <= at]
        expected = pytest.approx(float(np.median(waits)), abs=0.06) if waits else None
        assert step["median_seconds"] == expected
    assert steps[0]["conversion"] is None


def test_the_heatmap_counts_whoever_says_where_they_are_and_halves_with_age(state: BranchState, city: Topics) -> None:
    there = city["user_actions"].filter(pl.col("latitude").is_not_null()).select("latitude", "longitude")
    expected = Counter(h3.latlng_to_cell(latitude, longitude, 7) for latitude, longitude in there.iter_rows())
    asked = {"window_minutes": 1_440, "resolution": 7, "half_life_minutes": 15}
    found = ask(state, "heatmap.get", **asked)
    at_fine = {cell["cell"]: cell["count"] for cell in found["cells"]}
    assert sum(at_fine.values()) == there.height
    near = sum(min(at_fine.get(cell, 0), count) for cell, count in expected.items()) / there.height
    assert near > 0.85  # a child at the rim of its parent may lie in the parent's neighbour
    slow = {
        cell["cell"]: cell["weight"]
        for cell in ask(state, "heatmap.get", **{**asked, "half_life_minutes": 60})["cells"]
    }
    assert all(0 < cell["weight"] <= slow[cell["cell"]] + 1e-6 <= cell["count"] + 2e-6 for cell in found["cells"])


def test_the_city_now_tells_its_clock_its_graph_and_how_far_it_is(state: BranchState, city: Topics) -> None:
    now = ask(state, "realtime.get", window_minutes=1_440)
    people = city["users"].unique("user_id", keep="last")
    friends = int(people["friend_ids"].drop_nulls().str.split(",").list.len().sum()) // 2
    assert now["social"]["friendships"] == friends > 0
    assert now["social"]["density"] == pytest.approx(2 * friends / (people.height * (people.height - 1)), abs=1e-8)
    assert now["registered_users"] == people.height
    assert state.aggregates.late > 0
    assert "late" not in now, "a count of this process alone"


@pytest.mark.parametrize(
    ("kind", "parameters", "reason"),
    [
        ("aggregate.get", {"time_range": "1h", "from": 1}, "exclude each other"),
        ("aggregate.get", {"to": 5}, "to needs from"),
        ("aggregate.get", {"from": 7, "to": 7}, "after from"),
        ("aggregate.get", {"from": "yesterday"}, "ISO 8601"),
        ("aggregate.get", {"from": "2026-06-05T22:00:00"}, "no time zone"),
        ("aggregate.get", {"from": "9999-01-01T00:00:00Z"}, "lies after now"),
        ("aggregate.get", {"from": 1.5}, "from"),
        ("aggregate.get", {"from": -1}, "from"),
        ("aggregate.get", {"persona": "a", "borough": "b"}, "cannot be combined"),
        ("aggregate.get", {"persona": "a", "breakdown": "borough"}, "cannot be combined"),
        ("aggregate.get", {"colour": "red"}, "colour"),
        ("aggregate.get", {"time_range": "30d"}, "buckets"),
        ("top.get", {"what": "users", "by": "views"}, "not ranked by views"),
        ("top.get", {"what": "booked_venues", "by": "views"}, "not ranked by views"),
        ("heatmap.get", {"resolution": 12}, "resolution"),
        ("realtime.get", {"window_minutes": 0}, "window_minutes"),
    ],
)
def test_a_bad_question_is_refused_with_the_reason(
    state: BranchState, kind: str, parameters: dict[str, object], reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        answer(state, kind, json.dumps(parameters))

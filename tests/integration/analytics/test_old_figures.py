"""What lies before the live tables comes from the store where it was published, and else the answer says so."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.analytics.domain.aggregates.figures import of_types
from services.analytics.store.database import transaction
from services.analytics.store.old_figures import joined, reaches_back
from services.analytics.store.questions import Questions
from services.analytics.store.windows import roll_up
from tests.integration.analytics.stored import CODEC, TOPICS, Store
from tests.integration.analytics.test_store import closed
from tests.unit.analytics.city import MINUTE, state_changed

pytestmark = pytest.mark.postgres
HOUR = 60 * MINUTE
TYPES = {"session.started": 3, "interest.expressed": 4, "booking.requested": 1}


@pytest.fixture
def told(store: Store) -> Store:
    """Ten hours of a telling that lives, each with eight events, three of them of one persona."""
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    rows: list[dict[str, object]] = []
    for hour in range(10):
        at = hour * HOUR
        rows.append(closed(at, 8, width=HOUR))
        rows.append(closed(at, 5, width=HOUR, metric="active_users"))
        rows += [by(at, count, "event_type", name) for name, count in TYPES.items()]
        rows += [by(at, 7, "topic", "user_actions"), by(at, 1, "topic", "bookings")]
        rows += [by(at, 3, "persona", "foodie_explorer"), by(at, 5, "persona", "budget_conscious")]
        rows.append(by(at, 2, "persona", "foodie_explorer", metric="sessions"))
    store.add("system_metrics", rows)
    return store


def by(at: int, count: int, dimension: str, value: str, **columns: Any) -> dict[str, object]:
    return closed(at, count, width=HOUR, dimension=dimension, dimension_value=value, **columns)


def live(types: Mapping[str, int] | None = None, group_by: str = "hour", **rest: Any) -> dict[str, Any]:
    """A live answer about twelve hours of which the tables have the last three."""
    counts = TYPES if types is None else types
    total = {
        "events": sum(counts.values()), "active_users": 6, "engagement": 0.5, "registered_users": 12,
        "by_topic": {"user_actions": sum(counts.values())}, "by_type": dict(counts), **of_types(counts, 12 * 3_600),
    }  # fmt: skip
    buckets = [{"start": 9 * HOUR, "end": 10 * HOUR, "events": sum(counts.values())}]
    return {
        "group_by": group_by, "from": 0, "to": 12 * HOUR, "buckets": buckets, "total": total | rest,
        "complete": False, "figures_from": 9 * HOUR, "reason": "forgotten",
    }  # fmt: skip


def ask(store: Store, answer: Mapping[str, Any], **asked: object) -> Any:
    assert reaches_back(answer)
    with transaction(store.engine) as cursor:
        return joined(Questions(cursor, CODEC, TOPICS, None), answer, json.dumps(asked))


def test_old_buckets_come_before_the_live_ones_and_count_in_the_total(told: Store) -> None:
    answer = ask(told, live())
    assert [one["events"] for one in answer["buckets"]] == [8] * 10
    assert [one.get("source") for one in answer["buckets"]] == ["store"] * 9 + [None]
    first = answer["buckets"][0]
    assert (first["start"], first["end"], first["active_users"]) == (0, HOUR, 5)
    assert (first["by_type"], first["sessions"], first["conversion"]) == (TYPES, 3, 0.25)
    assert (answer["complete"], answer["figures_from"], answer["reason"]) == (True, 0, None)
    total = answer["total"]
    assert (total["events"], total["sessions"], total["bookings"], total["interests"]) == (80, 30, 10, 40)
    assert total["by_type"] == {name: 10 * count for name, count in sorted(TYPES.items())}
    assert (total["conversion"], total["registered_users"]) == (0.25, 12)
    assert total["active_users"] is total["engagement"] is None


@pytest.mark.parametrize(
    ("asked", "events", "shown"),
    [
        ({"type": "interest.expressed"}, 4, {"by_type": {"interest.expressed": 4}, "interests": 4}),
        ({"topic": "bookings"}, 1, {"by_topic": {"bookings": 1}}),
        ({"persona": "foodie_explorer"}, 3, {"sessions": 2, "bookings": 0}),
        ({"persona": "foodie_explorer", "breakdown": "persona"}, 3, {"by_persona": {"foodie_explorer": 3}}),
    ],
)
def test_what_is_chosen_by_one_thing_comes_from_what_was_published_by_it(
    told: Store, asked: dict[str, str], events: int, shown: dict[str, object]
) -> None:
    answer = ask(told, live(by_persona={}), **asked)
    assert [one["events"] for one in answer["buckets"][:-1]] == [events] * 9
    assert shown.items() <= answer["buckets"][0].items()
    assert answer["total"]["events"] == 8 + 9 * events
    assert answer["complete"]
    assert len(ask(told, live(), **{**asked, next(iter(asked)): "nothing.such"})["buckets"]) == 1


def test_a_breakdown_of_old_buckets_adds_up_in_the_total(told: Store) -> None:
    answer = ask(told, live(by_persona={"foodie_explorer": 1}), breakdown="persona")
    assert answer["buckets"][0]["by_persona"] == {"foodie_explorer": 3, "budget_conscious": 5}
    assert answer["total"]["by_persona"] == {"budget_conscious": 45, "foodie_explorer": 28}


@pytest.mark.parametrize(
    ("group_by", "asked"),
    [
        ("hour", {"topic": "bookings", "type": "booking.requested"}),
        ("hour", {"topic": "bookings", "breakdown": "persona"}),
        ("minute", {"persona": "foodie_explorer"}),
        ("minute", {}),
    ],
)
def test_what_was_not_published_so_is_said_to_be_missing(told: Store, group_by: str, asked: dict[str, str]) -> None:
    given = live(group_by=group_by) | {"from": 8 * HOUR}
    answer = ask(told, given, **asked)
    assert (answer["complete"], answer["figures_from"]) == (False, 9 * HOUR)
    assert len(answer["reason"]) > len("forgotten")
    assert (answer["buckets"], answer["total"]) == (given["buckets"], given["total"])


def test_hours_that_were_summed_to_days_are_said_to_be_missing(told: Store) -> None:
    told.add("system_metrics", [closed(at * HOUR, 8, width=HOUR) for at in range(20, 30)], 500)
    with transaction(told.engine) as cursor:
        roll_up(cursor, {}, {1: 24 * HOUR})
    given = live() | {"to": 31 * HOUR, "figures_from": 30 * HOUR, "buckets": []}
    answer = ask(told, given)
    assert [one["start"] for one in answer["buckets"]] == [at * HOUR for at in range(24, 30)]
    assert (answer["complete"], answer["figures_from"]) == (False, 24 * HOUR)
    assert "longer" in answer["reason"]

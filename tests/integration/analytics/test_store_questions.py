"""Questions to the event store on a real PostgreSQL: pages, filters, journeys, stories, old figures."""

import json
from typing import Any

import pytest

from services.analytics.domain.cells import Scope
from services.analytics.domain.queries import NotFoundError, RefusedError
from services.analytics.store.database import TooLongError, transaction
from services.analytics.store.parameters import Figures, History, Journey, State, Story, Tastes
from services.analytics.store.questions import Questions
from services.analytics.store.story import story
from tests.integration.analytics.stored import CODEC, START, Store, batch, views
from tests.integration.analytics.test_store import closed
from tests.unit.analytics.city import DAY, MINUTE, event, state_changed

pytestmark = pytest.mark.postgres


@pytest.fixture
def told(store: Store) -> Store:
    """A telling that lives."""
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    return store


def ask(store: Store, kind: Any, answer: Any, **parameters: object) -> Any:
    return store.ask(kind, answer, None, json.dumps(parameters))


def pages(store: Store, kind: Any, answer: Any, name: str, **parameters: object) -> list[str]:
    """Ids of every page's records, up to the end."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = ask(store, kind, answer, **parameters, **({"cursor": cursor} if cursor else {}))
        found += [one["event_id"] for one in page[name]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_give_every_event_once_in_order(told: Store, order: str) -> None:
    rows = views(60, step_us=DAY // 20)
    same_time = [event("venue.liked", number, DAY, number) for number in range(7)]
    told.add("user_actions", [*rows, *same_time])
    found = pages(told, History, Questions.history, "events", order=order, limit=4, topic="user_actions")
    expected = sorted((row["simulation_time"], row["event_id"]) for row in [*rows, *same_time])
    assert found == [name for _, name in (expected if order == "asc" else reversed(expected))]


def test_pages_do_not_move_while_events_arrive(told: Store) -> None:
    old = views(30)
    told.add("user_actions", old)
    first = ask(told, History, Questions.history, limit=10, topic="user_actions")
    told.add("user_actions", views(30, 30), first=30)
    second = ask(told, History, Questions.history, limit=100, topic="user_actions", cursor=first["next_cursor"])
    shown = [one["event_id"] for one in [*first["events"], *second["events"]]]
    assert shown == [row["event_id"] for row in reversed(old)]


def test_a_record_is_told_as_it_was_with_its_place(told: Store) -> None:
    given = batch("user_actions", views(1), first=12, partition=3)
    told.write(given)
    (found,) = ask(told, History, Questions.history, topic="user_actions")["events"]
    columns = {name: value for name, value in given.frame.row(0, named=True).items() if value is not None}
    schema_id = CODEC.schema_id("user_actions")
    assert found == {"topic": "user_actions", "partition": 3, "offset": 12, "schema_id": schema_id, **columns}


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"user_id": "u0000003"}, 10),
        ({"event_type": "venue.liked"}, 5),
        ({"event_type": ["venue.liked", "venue.viewed"], "topic": ["user_actions"]}, 105),
        ({"topic": "bookings"}, 2),
        ({"venue_id": "v77777"}, 5),
        ({"booking_id": "b1"}, 2),
        ({"cause_id": "storm"}, 2),
        ({"event_type": "venue.liked", "topic": "bookings"}, 0),
        ({"from": START + 90_000_000, "topic": "user_actions", "event_type": "venue.viewed"}, 10),
        ({"to": START + 10_000_000, "event_type": "venue.viewed"}, 10),
        ({"from": "2023-11-14T22:14:00Z", "to": "2023-11-14T22:14:10+00:00", "event_type": "venue.viewed"}, 10),
    ],
)
def test_history_is_filtered(told: Store, parameters: dict[str, object], count: int) -> None:
    told.add("user_actions", views(100))
    told.add("user_actions", [event("venue.liked", n, n, 99, venue_id="v77777") for n in range(5)], first=100)
    asked = event("booking.requested", 1, 0, 42, booking_id="b1", start_time=START, created_by="x", cause_id="storm")
    over = event("booking.cancelled", 2, MINUTE, 42, booking_id="b1", reason="by_user", cause_id="storm")
    told.add("bookings", [asked, over])
    assert len(ask(told, History, Questions.history, limit=500, **parameters)["events"]) == count


def test_each_telling_has_its_own_history(store: Store) -> None:
    store.add("simulation_control", [state_changed(0, wall_time=1), state_changed(0, wall_time=2, branch=1)])
    store.add("user_actions", [*views(3), *views(5, 10, branch=1)])

    def count(**telling: object) -> int:
        return len(ask(store, History, Questions.history, topic="user_actions", **telling)["events"])

    assert count() == 5
    assert count(run_id="run", branch=0) == 3
    live = store.ask(History, Questions.history, Scope("run", 0), '{"topic": "user_actions"}')
    assert len(live["events"]) == 3
    with pytest.raises(NotFoundError, match="branch 9"):
        count(run_id="run", branch=9)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"order": "up"}, "order"),
        ({"user": "u"}, "user"),
        ({"branch": 1}, "run_id and branch go together"),
        ({"from": 5, "to": 5}, "from must lie before to"),
        ({"from": "2024-01-01T00:00:00"}, "needs a time zone"),
        ({"from": "yesterday"}, "ISO 8601"),
        ({"from": 1e300}, "from"),
        ({"user_id": "a\0"}, "user_id"),
        ({"cursor": "!!"}, "not one that an answer gave"),
        ({"cursor": "WzEsMl0"}, "not one that an answer gave"),
    ],
)
def test_a_bad_question_is_refused_with_the_reason(told: Store, parameters: dict[str, object], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        ask(told, History, Questions.history, **parameters)


def test_a_cursor_belongs_to_its_question(told: Store) -> None:
    told.add("user_actions", views(20))
    cursor = ask(told, History, Questions.history, limit=5)["next_cursor"]
    with pytest.raises(RefusedError, match="another question"):
        ask(told, History, Questions.history, limit=5, order="asc", cursor=cursor)


def test_a_journey_has_what_others_send_and_bookings_of_every_venue(told: Store) -> None:
    me, friend = 1, 2
    told.add("user_actions", [event("session.started", 1, 0, me), event("session.started", 2, 1, friend)])
    invite = {"other_user_id": f"u{me:07d}", "invite_id": "i", "planned_time": START}
    told.add(
        "social_interactions",
        [
            event("invite.sent", 3, 2, friend, **invite),
            event("invite.accepted", 4, 3, me, invite_id="i", other_user_id=f"u{friend:07d}", latency_seconds=1),
            event("invite.declined", 5, 4, friend, invite_id="j", other_user_id=f"u{me:07d}", latency_seconds=1),
        ],
    )
    told.add("bookings", [event("booking.cancelled", 6, 5, me, booking_id="b", reason="x", venue_id="v1")])
    told.add("bookings", [event("booking.cancelled", 7, 6, me, booking_id="c", reason="x", venue_id="v2")], partition=1)
    mine = {**event("milestone.reached", 8, 7, me, milestone="first_session"), "source": "analytics"}
    told.add("journeys", [mine])
    answer = ask(told, Journey, Questions.journey, user_id=f"u{me:07d}")
    parts = [(one["part"], one["event_type"]) for one in answer["events"]]
    assert parts == [
        ("action", "session.started"),
        ("received", "invite.sent"),
        ("social", "invite.accepted"),
        ("booking", "booking.cancelled"),
        ("booking", "booking.cancelled"),
        ("milestone", "milestone.reached"),
    ]
    paged = pages(told, Journey, Questions.journey, "events", user_id=f"u{me:07d}", limit=2)
    assert paged == [one["event_id"] for one in answer["events"]]


def taste(version: int, at: int, italian: float) -> dict[str, object]:
    zero = [column for column in CODEC.decode("preferences", []).frame.columns if column.startswith("taste_")]
    tastes = dict.fromkeys(zero, 0.5) | {"taste_italian": italian}
    return {
        **event("preference.updated", version, at, 5),
        **tastes,
        "source": "analytics",
        "price_tier": 2.0,
        "outdoor": 0.5,
        "version": version,
        "reason": "visit",
        "shift": 0.25,
    }


def test_tastes_are_told_version_by_version(told: Store) -> None:
    told.add("preferences", [taste(1, 0, 0.5), taste(2, MINUTE, 0.75)])
    newest, first = ask(told, Tastes, Questions.tastes, user_id="u0000005")["versions"]
    assert (newest["version"], newest["reason"], newest["shift"], newest["tastes"]["italian"]) == (
        2,
        "visit",
        0.25,
        0.75,
    )
    assert first["tastes"]["italian"] == 0.5
    assert "taste_italian" not in first


def chain(number: int, of: int | None) -> dict[str, Any]:
    names = {n: event("venue.viewed", f"chain{n}", n * MINUTE)["event_id"] for n in (number, of) if n is not None}
    return event(
        "venue.viewed", f"chain{number}", number * MINUTE, correlation_id=names.get(of) if of is not None else None
    )


def test_a_story_goes_both_ways(told: Store) -> None:
    rows = [chain(0, None), chain(1, 0), chain(2, 1), chain(3, 2), chain(4, 2), chain(9, None)]
    told.add("user_actions", rows)
    visit = event("visit.started", "of the booking", 20 * MINUTE, booking_id="b1")
    told.add("user_actions", [visit], first=10)
    booked = event(
        "booking.requested", "b", 3 * MINUTE, booking_id="b1", start_time=START, created_by="x",
        correlation_id=rows[2]["event_id"],
    )  # fmt: skip
    told.add("bookings", [booked])
    answer = ask(told, Story, story, event_id=rows[2]["event_id"])
    assert answer["root"] == rows[0]["event_id"]
    assert not answer["truncated"]
    assert {(one["event_id"], one["depth"], one["relation"]) for one in answer["events"]} == {
        (rows[0]["event_id"], -2, "led_to_it"),
        (rows[1]["event_id"], -1, "led_to_it"),
        (rows[2]["event_id"], 0, "asked"),
        (rows[3]["event_id"], 1, "came_of_it"),
        (rows[4]["event_id"], 1, "came_of_it"),
        (booked["event_id"], 1, "came_of_it"),
        (visit["event_id"], 0, "same_booking"),
    }


def test_a_story_is_bounded_and_says_so(told: Store) -> None:
    rows = [chain(0, None), *(chain(number, number - 1) for number in range(1, 30))]
    told.add("user_actions", rows)
    assert ask(told, Story, story, event_id=rows[0]["event_id"], limit=10)["truncated"]
    assert len(ask(told, Story, story, event_id=rows[0]["event_id"], limit=10)["events"]) == 10
    shallow = ask(told, Story, story, event_id=rows[15]["event_id"], depth=3)
    assert [one["depth"] for one in shallow["events"]] == [-3, -2, -1, 0, 1, 2, 3]
    assert shallow["truncated"]
    with pytest.raises(NotFoundError):
        ask(told, Story, story, event_id="nobody")


def test_a_story_that_goes_round_ends(told: Store) -> None:
    one, two = chain(0, None), chain(1, 0)
    told.add("user_actions", [{**one, "correlation_id": two["event_id"]}, two])
    assert len(ask(told, Story, story, event_id=one["event_id"])["events"]) == 2


def test_hours_are_summed_from_minutes_where_none_was_published(told: Store) -> None:
    told.add("system_metrics", [closed(at * MINUTE, 2) for at in range(90)])
    told.add("system_metrics", [closed(60 * MINUTE, 61, 1, 60 * MINUTE)], 90)
    answer = ask(told, Figures, Questions.figures, **{"from": 1, "to": 2 * 60 * MINUTE, "group_by": "hour"})
    assert [
        (one["start"], one["figures"][0]["count"], one["figures"][0]["rolled_up"]) for one in answer["buckets"]
    ] == [
        (0, 120, True),
        (60 * MINUTE, 61, False),
    ]
    with pytest.raises(RefusedError, match="more than 1500"):
        ask(told, Figures, Questions.figures, **{"from": 0, "to": 2 * DAY, "group_by": "minute"})


def test_records_of_a_rare_type_are_found_by_their_type_on_every_day(told: Store) -> None:
    rare = [event("venue.liked", number, number * DAY) for number in range(2)]
    told.add("user_actions", [*views(6_000, step_us=DAY // 3_000), *rare])
    with transaction(told.engine) as cursor:
        cursor.execute("ANALYZE analytics.events")
    ((kind,),) = told.rows("SELECT kind_id FROM analytics.kinds WHERE event_type = 'venue.liked'")
    for day in range(START // DAY, START // DAY + 2):
        plan = told.rows(
            "EXPLAIN SELECT body FROM analytics.events WHERE kind_id = ANY(%s) AND day = %s"
            " ORDER BY simulation_us DESC, event_id DESC LIMIT 100",
            [kind],
            day,
        )
        assert "kind_id_simulation_us_idx" in str(plan), plan


def test_what_is_held_is_told(told: Store) -> None:
    told.add("user_actions", views(10, step_us=DAY // 5))
    answer = ask(told, State, Questions.state)
    assert [day["day"] for day in answer["days"]] == ["2023-11-14", "2023-11-15", "2023-11-16"]
    assert answer["positions"] == {"simulation_control:0": 1, "user_actions:0": 10}
    assert answer["bytes"] > 0


def test_a_question_that_takes_too_long_is_ended(told: Store) -> None:
    with pytest.raises(TooLongError), transaction(told.engine, 0.05) as cursor:
        cursor.execute("SELECT pg_sleep(5)")

"""The event store on a real PostgreSQL: each event once, positions with it, bad values apart, old days dropped."""

import polars as pl
import pytest
from sqlalchemy import Engine

from services.analytics.domain.cells import Scope
from services.analytics.store import windows
from services.analytics.store.database import prepare, transaction
from services.analytics.store.days import Days, sizes
from services.analytics.store.retention import DAY_US, Retention
from services.analytics.store.writer import CAREFUL_BATCHES, Writer
from streamkit.errors import ConfigurationError, Poison, Retryable
from streamkit.identity import hash_id
from tests.integration.analytics.stored import CODEC, COMMON, START, Store, after, batch, views
from tests.unit.analytics.city import DAY, MINUTE, event, state_changed, tick

pytestmark = pytest.mark.postgres
COUNT = "SELECT count(*) FROM analytics.events"


def careless(store: Store) -> None:
    """Store batches until the writer copies straight into the partitions."""
    for number in range(CAREFUL_BATCHES):
        store.add("user_actions", views(1, 1_000_000 + number), 1_000_000 + number, partition=3)


def test_every_event_is_stored_with_its_place_links_and_bytes(store: Store) -> None:
    given = batch(
        "bookings", [event("booking.cancelled", 1, 0, 7, booking_id="b1", cause_id="c1", reason="by_user")], 41
    )
    assert store.write(given) == 1
    row = store.rows(
        'SELECT run_id, branch, topic, event_type, source, partition, "offset", user_id, venue_id, booking_id,'
        " cause_id, simulation_us, body FROM analytics.history"
    )[0]
    assert row[:-2] == (
        "run", 0, "bookings", "booking.cancelled", "simulator", 0, 41, "u0000007", "v00000", "b1", "c1",
    )  # fmt: skip
    assert row[-2] == START
    assert bytes(row[-1]) == given.values[0]


def test_an_event_that_comes_again_is_stored_once(store: Store) -> None:
    rows = views(50)
    assert store.add("user_actions", rows) == 50
    assert store.add("user_actions", rows[20:], first=20) == 0
    assert store.add("user_actions", [*views(10, 45), *views(10, 45)], first=50) == 5
    assert store.rows(COUNT) == [(55,)]


def test_an_event_that_comes_again_after_many_new_ones_is_stored_once(store: Store) -> None:
    careless(store)
    assert store.add("user_actions", views(50)) == 50
    assert store.add("user_actions", views(50, 30), first=50) == 30
    assert store.rows(COUNT) == [(CAREFUL_BATCHES + 80,)]


def test_positions_move_with_the_events_and_never_back(store: Store) -> None:
    store.add("user_actions", views(5), first=10)
    store.add("user_actions", views(5), first=2)
    assert store.positions == {("user_actions", 0): 15}


def test_what_a_killed_process_had_not_committed_is_not_there_and_comes_again(engine: Engine, store: Store) -> None:
    class Killed(BaseException):
        pass

    given = batch("user_actions", views(30))
    for point in ("copied", "before_commit", "committed"):

        def die(at: str, point: str = point) -> None:
            if at == point:
                raise Killed

        with pytest.raises(Killed):
            Writer(engine, "test-store", die).write([given], after(given))
        told = 30 if point == "committed" else 0
        assert store.rows(COUNT) == [(told,)]
        assert store.positions == ({("user_actions", 0): 30} if told else {})
    assert store.write(given) == 0
    assert store.rows(COUNT) == [(30,)]


def test_texts_are_stored_as_they_are(store: Store) -> None:
    strange = ['a"b', "c,d", "e\nf", "\\.", "\\x00", "", " ", "é", "NULL"]
    store.add("user_actions", [event("venue.viewed", n, n, venue_id=text) for n, text in enumerate(strange)])
    found = store.rows("SELECT venue_id FROM analytics.events ORDER BY simulation_us")
    assert [venue for (venue,) in found] == strange


def test_a_value_that_the_database_cannot_take_is_poison_alone(store: Store) -> None:
    rows = views(40)
    rows[23]["venue_id"] = "v\0"
    given = batch("user_actions", rows, first=100, partition=2)
    with pytest.raises(Poison) as caught:
        store.write(batch("bookings", [event("booking.cancelled", 1, 0, booking_id="b", reason="x")]), given)
    assert (caught.value.topic, caught.value.partition, caught.value.offset) == ("user_actions", 2, 123)
    assert store.rows(COUNT) == [(0,)]
    rest = given.filter((pl.Series(given.offsets) != 123).to_numpy())
    assert store.write(rest) == 39


def test_what_services_say_of_themselves_is_not_history(store: Store) -> None:
    beat = {
        **COMMON,
        "event_id": "h",
        "event_type": "service.heartbeat",
        "simulation_time": START,
        "instance": "i",
        "wall_time": 1,
    }
    assert store.add("system_metrics", [beat, tick(0, "")]) == 1


def closed(at: int, count: int, version: int = 1, width: int = MINUTE, **columns: object) -> dict[str, object]:
    return {
        **COMMON,
        "event_id": hash_id("closed", at, count, version, width, *map(str, columns.values())),
        "event_type": "aggregate.window_closed",
        "source": "analytics",
        "simulation_time": START,
        "metric": "events",
        "window_start": at,
        "window_end": at + width,
        "version": version,
        "count": count,
        "value": float(count),
        **columns,
    }


def test_of_a_window_the_latest_version_stays(store: Store) -> None:
    store.add("system_metrics", [closed(0, 5), closed(0, 7, 2)])
    store.add("system_metrics", [closed(0, 6, 1), closed(0, 3, 2, dimension="topic", dimension_value="bookings")], 2)
    assert store.rows("SELECT dimension, version, count FROM analytics.aggregates ORDER BY dimension") == [
        ("", 2, 7),
        ("topic", 2, 3),
    ]


def test_old_minutes_are_summed_to_hours_and_old_hours_to_days(store: Store) -> None:
    hour = 60 * MINUTE
    day = DAY * 3
    minutes = [closed(day + at * MINUTE, 1) for at in range(120)]
    people = [closed(day + at * MINUTE, 9, metric="active_users") for at in range(120)]
    store.add("system_metrics", [*minutes, *people, closed(day + DAY, 4)])
    with transaction(store.engine) as cursor:
        assert windows.newest(cursor) == {1: day + DAY}
        windows.roll_up(cursor, {1: day + hour + 30 * MINUTE}, {})
    found = store.rows(
        "SELECT width_us, start_us, count, rolled_up FROM analytics.aggregates WHERE width_us > 60000000"
    )
    assert found == [(hour, day, 60, True)]
    assert store.rows("SELECT count(*) FROM analytics.aggregates WHERE width_us = 60000000") == [(121,)]
    with transaction(store.engine) as cursor:
        windows.roll_up(cursor, {1: day + DAY}, {1: day + DAY})
    assert store.rows("SELECT width_us, start_us, count, rolled_up FROM analytics.aggregates ORDER BY width_us") == [
        (MINUTE, day + DAY, 4, False),
        (DAY, day, 120, True),
    ]


def test_a_published_hour_replaces_one_that_was_summed(store: Store) -> None:
    store.add("system_metrics", [closed(0, 5)])
    with transaction(store.engine) as cursor:
        windows.roll_up(cursor, {1: 60 * MINUTE}, {})
    store.add("system_metrics", [closed(0, 6, 1, 60 * MINUTE)], 1)
    assert store.rows("SELECT count, rolled_up FROM analytics.aggregates") == [(6, False)]


def test_the_oldest_days_are_dropped_and_the_newest_stays(store: Store) -> None:
    store.add("user_actions", views(5, step_us=DAY))
    days = Days(store.engine)
    assert len(days.drop_old(Retention(days=3, mib=0))) == 2
    assert store.rows(COUNT) == [(3,)]
    assert Store(store.engine).add("user_actions", views(5, step_us=DAY)) == 2
    assert days.drop_old(Retention(days=0, mib=0)) == []
    assert store.rows(COUNT) == [(5,)]


def test_days_go_by_the_clock_of_the_telling_that_lives(store: Store) -> None:
    """The one before was set in later times, and one record has an absurd date."""
    later = [{**row, "run_id": "old", "event_id": f"o{row['event_id']}"} for row in views(3, 100, DAY)]
    store.add("simulation_control", [{**state_changed(0, 1), "run_id": "old"}, state_changed(0, wall_time=2)])
    store.add("user_actions", [*later, *views(40, step_us=DAY // 10), *views(1, 9, 3_000 * DAY)])
    store.add("system_metrics", [tick(4 * DAY - MINUTE, "")])
    today = (START + 4 * DAY - MINUTE) // DAY_US
    days = Days(store.engine)
    dropped = days.drop_old(Retention(days=3, mib=0))
    assert dropped[:4] == [START // DAY_US + at for at in (27_000, 102, 101, 100)]
    with transaction(store.engine) as cursor:
        kept = sizes(cursor)
    assert [day.day for day in kept] == [today - 2, today - 1, today]


def test_days_go_by_their_size_on_the_disk_until_the_rest_fits(store: Store) -> None:
    store.add("simulation_control", [state_changed(0, wall_time=1)])
    store.add("user_actions", views(4_000, step_us=DAY // 1_000))
    store.add("system_metrics", [tick(2 * DAY - DAY // 4, "")])
    with transaction(store.engine) as cursor:
        before = sizes(cursor)
    assert len(before) == 5
    assert sum(day.size for day in before[2:]) < 2 << 20 < sum(day.size for day in before[1:])
    first, today = START // DAY_US, START // DAY_US + 2
    days = Days(store.engine)
    assert days.drop_old(Retention(days=0, mib=2), {Scope("run", 0): START + 5 * DAY}) == [first, first + 1]
    assert days.drop_old(Retention(days=0, mib=1)) == [today + 2, today + 1]
    assert [day for (day,) in store.rows("SELECT DISTINCT day FROM analytics.events")] == [today]


def test_figures_of_tellings_that_are_over_go_by_size_before_any_event(store: Store) -> None:
    told = [(f"run{number}", closed(at * MINUTE, 1)) for number in range(3) for at in range(3_500)]
    store.add("simulation_control", [{**state_changed(0, number), "run_id": f"run{number}"} for number in range(3)])
    store.add("system_metrics", [{**row, "run_id": run, "event_id": f"{run}{row['event_id']}"} for run, row in told])
    with transaction(store.engine) as cursor:
        taken = windows.sizes(cursor)
        cursor.execute("SELECT pg_total_relation_size('analytics.aggregates')")
        (real,) = cursor.fetchone() or (0,)
    assert 0.6 < sum(taken.values()) / real < 1.6
    days = Days(store.engine)
    assert days.drop_old(Retention(days=0, mib=3)) == []
    assert len(store.rows("SELECT DISTINCT scope_id FROM analytics.aggregates")) == 3
    assert days.drop_old(Retention(days=0, mib=2)) == []
    runs = "SELECT DISTINCT run_id FROM analytics.aggregates JOIN analytics.scopes USING (scope_id) ORDER BY 1"
    assert store.rows(runs) == [("run1",), ("run2",)]


def test_a_day_that_another_process_drops_is_made_again(store: Store) -> None:
    store.add("user_actions", views(2, step_us=DAY))
    Days(store.engine).drop_old(Retention(days=1, mib=0))
    late = batch("user_actions", views(1, 50, 1))
    with pytest.raises(Retryable, match="dropped"):
        store.write(late)
    assert store.write(late) == 1


def test_days_before_1970_and_far_ahead_are_days_too(store: Store) -> None:
    odd = [event("venue.viewed", number, at - START) for number, at in enumerate((-5, -DAY * 3, 4_000_000_000_000_000))]
    assert store.add("user_actions", odd) == 3


def test_tables_of_another_version_are_refused_where_migrating_is_off(store: Store) -> None:
    with transaction(store.engine) as cursor:
        cursor.execute("UPDATE analytics.alembic_version SET version_num = '0000'")
    with pytest.raises(ConfigurationError, match="0000"):
        prepare(store.engine, migrate=False)


def test_what_is_stored_is_read_back_by_the_codec(store: Store) -> None:
    given = batch("user_actions", views(3))
    store.write(given)
    bodies = [bytes(body) for (body,) in store.rows("SELECT body FROM analytics.events ORDER BY simulation_us")]
    assert CODEC.decode("user_actions", bodies).frame.equals(given.frame)

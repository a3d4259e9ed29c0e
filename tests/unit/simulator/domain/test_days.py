"""Days: routines of weekdays, weekends, holidays and days off, in local time and across changes of the clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.simulator.domain import sessions
from services.simulator.domain.days import (
    DAY_OFF,
    HOLIDAY,
    WEEKDAY,
    WEEKEND,
    common_kind,
    kinds_of_day,
    possible_kinds,
)
from services.simulator.domain.explain import KIND_NAMES, routine_state
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data, make_city

NEW_YORK = ZoneInfo("America/New_York")


def _turn(local: str, users: int = 3000) -> Turn:
    start = datetime.fromisoformat(local).replace(tzinfo=NEW_YORK)
    return make_city(users, venues=5, start=int(start.timestamp()) * 1_000_000)._turn(0, (), ())


def _at_work(turn: Turn) -> float:
    users = np.arange(turn.state.users.count)
    zone, _, _ = turn.anchor(users)
    away = turn.state.users["home_zone"] != turn.state.users["work_zone"]
    return float((zone == turn.state.users["work_zone"])[away].mean())


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("2026-06-03T11:00", WEEKDAY),
        ("2026-06-06T11:00", WEEKEND),
        ("2026-12-25T11:00", HOLIDAY),
        ("2026-11-27T11:00", HOLIDAY),
        ("2026-02-14T11:00", WEEKEND),
        ("2026-03-17T11:00", WEEKDAY),
    ],
)
def test_a_day_is_what_the_calendar_says(local: str, kind: int) -> None:
    assert common_kind(data(), _turn(local, 5).now) == kind


def test_people_work_on_weekdays_and_not_on_weekends_or_holidays() -> None:
    assert _at_work(_turn("2026-06-03T11:00")) > 0.85
    assert _at_work(_turn("2026-06-06T11:00")) == 0
    assert _at_work(_turn("2026-12-25T11:00")) == 0


def test_a_share_of_people_takes_a_weekday_off_and_stays_away_from_work() -> None:
    turn = _turn("2026-06-03T11:00", 6000)
    users, persona = np.arange(6000), turn.state.users["persona"]
    kinds = np.asarray(kinds_of_day(turn.town, turn.now, users, persona))
    for number, share in enumerate(data().people.days_off.values()):
        mine = persona == number
        assert abs((kinds[mine] == DAY_OFF).mean() - share) < 4 * np.sqrt(share / mine.sum())
    zone, _, _ = turn.anchor(users)
    off = (kinds == DAY_OFF) & (turn.state.users["home_zone"] != turn.state.users["work_zone"])
    assert (zone[off] == turn.state.users["home_zone"][off]).all()
    other = np.asarray(kinds_of_day(turn.town, _turn("2026-06-04T11:00", 5).now, users, persona))
    both = ((kinds == DAY_OFF) & (other == DAY_OFF)).mean()
    assert both < 0.02


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 299), st.integers(1, 300))
def test_a_day_off_is_the_persons_whoever_asks(first: int, count: int) -> None:
    turn = _turn("2026-06-03T11:00", 300)
    persona = turn.state.users["persona"]
    whole = np.asarray(kinds_of_day(turn.town, turn.now, np.arange(300), persona))
    some = np.arange(first, min(first + count, 300))
    assert np.asarray(kinds_of_day(turn.town, turn.now, some, persona[some])).tolist() == whole[some].tolist()
    assert set(whole.tolist()) <= set(possible_kinds(turn.town.data, turn.now))


@pytest.mark.parametrize(("before", "after"), [("2026-03-06", "2026-03-09"), ("2026-10-30", "2026-11-02")])
@pytest.mark.parametrize("clock", ["08:30", "12:30", "19:30", "23:30"])
def test_routines_follow_the_clock_on_the_wall_across_its_changes(before: str, after: str, clock: str) -> None:
    one, two = _turn(f"{before}T{clock}", 400), _turn(f"{after}T{clock}", 400)
    hours = (two.start - one.start) / 3_600_000_000
    assert hours % 24 in (1, 23)
    persona = one.state.users["persona"]
    users = np.arange(400)
    kinds = [np.asarray(kinds_of_day(t.town, t.now, users, persona)) for t in (one, two)]
    same = np.flatnonzero(kinds[0] == kinds[1])
    assert (sessions._curve(one, same) == sessions._curve(two, same)).all()


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_of_the_change_has_its_true_length_and_the_hour_that_is_not_there_never_comes(
    day: str, hours: int
) -> None:
    turn = _turn(f"{day}T00:00", 5)
    seen = []
    for hour in range(30):
        now = turn.town.local.moment(turn.start + hour * 3_600_000_000)
        if now.day == turn.now.day:
            seen.append(now.hour)
    assert len(seen) == hours
    assert (2 in seen) == (hours == 25)
    midnight = datetime.fromisoformat(day).replace(tzinfo=NEW_YORK)
    assert (midnight + timedelta(days=1)).timestamp() - midnight.timestamp() == hours * 3600


@pytest.mark.parametrize("routine", list(data().people.routines))
def test_every_routine_knows_all_kinds_of_days_and_sleeps_at_night(routine: str) -> None:
    given_ = data().people.routines[routine]
    days = (given_.weekday, given_.weekend, given_.holiday, given_.day_off)
    assert all(days)
    assert {"commuting", "lunch"} <= set(given_.weekday.values())
    for hours in days[1:]:
        assert not {"commuting", "working", "busy", "lunch"} & set(hours.values())
    assert all("asleep" in hours.values() for hours in days[:2])


def test_what_the_routine_says_can_be_read_for_anybody_at_any_time() -> None:
    turn = _turn("2026-06-03T11:00", 50)
    people = turn.town.people.rows(np.arange(50), np.full(50, turn.start))
    for number in range(50):
        person = {name: column[number : number + 1] for name, column in people.items()}
        states = [routine_state(turn.town, person, minute, WEEKDAY) for minute in range(0, 1440, 30)]
        assert {"asleep", "commuting", "lunch"} <= set(states)
        assert "commuting" not in {routine_state(turn.town, person, minute, DAY_OFF) for minute in range(0, 1440, 30)}
    assert len(KIND_NAMES) == 4

"""Joining in the morning and with the size of the city, completing a profile, going quiet, coming back, leaving."""

from dataclasses import replace

import numpy as np
import pytest

from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.events import Kind
from services.simulator.domain.lifecycle import complete_profiles, drift, join, leaving, register
from services.simulator.domain.population import ACTIVE, CHURNED, DORMANT
from services.simulator.domain.sessions import open_sessions
from services.simulator.domain.specification import LIFECYCLE
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import START, data, make_city

RATES = data().world.lifecycle
HOURS = np.array(RATES.registration_hours)
USERS = 10_000


def _joined_by_hour(ticks: range, users: int = 50, **rates: float) -> np.ndarray:
    """Who joins in each local hour of a city with other rates of joining, shape (24,)."""
    world = replace(data().world, lifecycle=replace(RATES, **rates))  # type: ignore[arg-type]
    config = CityConfig(users=users, venues=5, start=START)
    city = City(config, 5, Identity("run", 0, "dining", "new_york"), replace(data(), world=world))
    counts = np.zeros(24)
    for tick in ticks:
        turn = city._turn(tick, (), ())
        register(turn)
        rows = turn.events.rows()
        assert (rows["kind"] == Kind.USER_REGISTERED).all()
        counts[turn.now.hour] += len(rows)
    assert counts.sum() == city.population - users
    return counts


def _rounding(ticks: int) -> float:
    """Five standard deviations of what rounding to whole people by chance makes of so many ticks, at most."""
    return 5 * float(np.sqrt(ticks / 4))


def test_people_join_by_the_hours_of_the_world_most_of_them_in_the_morning() -> None:
    daily = 3000.0
    counts = _joined_by_hour(range(1440), registrations_per_day=daily, growth_per_day=0.0)
    assert counts == pytest.approx(daily * HOURS / HOURS.sum(), abs=_rounding(60))
    assert 7 <= counts.argmax() <= 10
    assert counts[7:11].sum() > 2 * daily * 4 / 24


def test_when_somebody_joins_does_not_depend_on_who_else_does() -> None:
    times = []
    for count in (3, 40):
        turn = make_city(50, venues=5)._turn(0, (), ())
        join(turn, count)
        times.append(turn.events.rows()["time"][:3].tolist())
    assert times[0] == times[1]


@pytest.mark.parametrize("users", [3000, 15_000])
def test_the_more_people_there_are_the_more_join(users: int) -> None:
    """An hour of growth compounds: people x (exp(rate of the hour) - 1)."""
    daily, first = 0.5, 14 * 60  # 8 o'clock of the morning after
    counts = _joined_by_hour(range(first, first + 60), users=users, registrations_per_day=0.0, growth_per_day=daily)
    expected = users * np.expm1(daily / 24 * HOURS[8] / HOURS.mean())
    assert counts[8] == pytest.approx(expected, abs=_rounding(60) + 0.01 * expected)


def _newcomers(turn: Turn, count: int) -> np.ndarray:
    """People who join now and open the app at once."""
    ids = join(turn, count)
    open_sessions(turn, ids, np.zeros(count, dtype=np.int16))
    turn.state.users.put("session_end", ids, turn.start + HOUR)
    return ids


def test_newcomers_in_the_app_complete_their_profile_within_their_first_minutes() -> None:
    city = make_city(100)
    ids = _newcomers(city._turn(0, (), ()), 4000)
    columns, done = city._state.users, 0
    for tick in range(1, 5):
        turn = city._turn(tick, (), ())
        turn.active = np.arange(columns.count)
        complete_profiles(turn)
        rows = turn.events.rows()
        assert (rows["kind"] == Kind.PROFILE_COMPLETED).all()
        assert (rows["ref_low"] == columns["session_low"][rows["user"]]).all()
        done += len(rows)
        finished = columns["profile_done"][ids] == 1
        assert done == finished.sum()
        expected = 1 - (1 - turn.town.data.world.lifecycle.profile_share) ** tick
        assert finished.mean() == pytest.approx(expected, abs=5 * 0.5 / np.sqrt(len(ids)))
        assert (columns["lifecycle"][ids[finished]] == ACTIVE).all()
        assert (columns["lifecycle"][ids[~finished]] == LIFECYCLE.index("registered")).all()


def test_whoever_is_not_in_the_app_completes_nothing() -> None:
    city = make_city(100)
    ids = _newcomers(city._turn(0, (), ()), 500)
    turn = city._turn(1, (), ())
    turn.active = ids[:200]
    complete_profiles(turn)
    assert 0 < len(turn.events.rows()) <= 200
    assert not city._state.users["profile_done"][ids[200:]].any()


def _drifted(city: City, days: int, lifecycle: int) -> dict[Kind, int]:
    """How many go quiet, return and leave in so many days, when all are as before at each hour."""
    found = dict.fromkeys((Kind.USER_DORMANT, Kind.USER_RETURNED, Kind.USER_CHURNED), 0)
    everybody = np.arange(USERS)
    for tick in range(0, days * 1440, 60):
        city._state.users.put("lifecycle", everybody, lifecycle)
        turn = city._turn(tick, (), ())
        drift(turn)
        rows = turn.events.rows()
        for kind in found:
            found[kind] += int((rows["kind"] == kind).sum())
        back = rows["user"][rows["kind"] == Kind.USER_RETURNED]
        assert (turn.state.users["came"][back] == turn.start).all()
        assert (turn.state.users["lifecycle"][back] == ACTIVE).all()
        gone = rows["user"][rows["kind"] == Kind.USER_CHURNED]
        assert (turn.state.users["lifecycle"][gone] == CHURNED).all()
    return found


def test_the_dormant_return_and_leave_for_good_at_their_daily_rates() -> None:
    days = 15
    found = _drifted(make_city(USERS, venues=5), days, DORMANT)
    assert found[Kind.USER_DORMANT] == 0
    for kind, rate in ((Kind.USER_RETURNED, RATES.return_per_day), (Kind.USER_CHURNED, RATES.churn_per_day)):
        expected = rate * days * USERS
        assert found[kind] == pytest.approx(expected, abs=5 * np.sqrt(expected))


def test_whoever_has_left_for_good_does_nothing_more() -> None:
    assert sum(_drifted(make_city(USERS, venues=5), 2, CHURNED).values()) == 0


def test_people_who_are_about_go_quiet_at_the_rate_of_leaving_and_nobody_in_the_middle_of_something() -> None:
    city, everybody = make_city(USERS, venues=5), np.arange(USERS)
    columns = city._state.users
    columns.put("came", everybody, START - DAY)
    inside, dining = everybody[: USERS // 4], everybody[USERS // 4 : USERS // 2]
    columns.put("session_end", inside, START + HOUR)
    columns.put("visit_venue", dining, 1)
    columns.put("lifecycle", everybody, ACTIVE)
    turn = city._turn(0, (), ())
    expected = 0.0
    quiet: list[int] = []
    for tick in range(0, 12 * 60, 60):
        columns.put("lifecycle", everybody, ACTIVE)
        turn = city._turn(tick, (), ())
        expected += leaving(turn)[USERS // 2 :].sum() / 24
        drift(turn)
        rows = turn.events.rows()
        assert (rows["kind"] == Kind.USER_DORMANT).all()
        assert (columns["lifecycle"][rows["user"]] == DORMANT).all()
        quiet += rows["user"].tolist()
    assert min(quiet) >= USERS // 2
    assert len(quiet) == pytest.approx(expected, abs=5 * np.sqrt(expected))

"""The year of weather: an hour of any year has the weather of its day and hour; fine weather fills rooftops."""

import csv
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.simulator.data_files import DATA
from services.simulator.domain import environment
from services.simulator.domain.calendar import DAY, HOUR, MINUTE, LocalTime
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.events import Kind
from services.simulator.domain.running import hold
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.turn import Turn
from services.simulator.domain.visits import cold_factor
from tests.unit.simulator.domain.neighbours import START, data, make_city

USERS, VENUES = 4000, 200
EVERY_SECOND = np.arange(0, VENUES, 2)
ROOFTOP = "feature.rooftop"


@cache
def _measured() -> dict[tuple[str, int], dict[str, str]]:
    """The measured year by its own labels: month and day, and local hour."""
    with (DATA / "cities" / "new_york_weather.csv").open(encoding="utf-8") as file:
        return {(row["day"], int(row["hour"])): row for row in csv.DictReader(file)}


@cache
def _clock(year: int) -> LocalTime:
    return LocalTime("America/New_York", int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000)


@given(year=st.integers(2019, 2032), hours=st.integers(0, 364 * 24 - 1))
@settings(max_examples=200, deadline=None)
def test_an_hour_of_any_year_has_the_weather_of_that_day_and_hour(year: int, hours: int) -> None:
    local = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    clock = _clock(year)
    moment = clock.moment(int(clock.to_utc(np.array([int(local.timestamp()) * 1_000_000]))[0]))
    shown = datetime.fromtimestamp(moment.local_us // 1_000_000, UTC)  # an hour that does not exist has moved on
    label = "02-28" if (shown.month, shown.day) == (2, 29) else f"{shown:%m-%d}"
    row = _measured()[label, shown.hour]
    condition, *numbers = data().weather[moment.year_hour]
    assert CONDITIONS[int(condition)] == row["condition"]
    assert numbers == [float(row[name]) for name in ("temperature_c", "precipitation_mm", "wind_kph")]


def test_the_measured_year_has_every_hour_once_in_order() -> None:
    days = [f"{datetime(2013, 1, 1, tzinfo=UTC) + timedelta(days=day):%m-%d}" for day in range(365)]
    assert list(_measured()) == [(day, hour) for day in days for hour in range(24)]
    assert len(data().weather) == len(_measured())


def _at(start: int) -> Turn:
    return make_city(5, venues=5, start=start)._turn(0, (), ())


def test_weather_told_is_that_of_the_hour_and_the_same_hour_of_another_year_has_the_same() -> None:
    told = []
    for year in (2024, 2026):
        for local in (f"{year}-01-20T07:00", f"{year}-03-01T12:00", f"{year}-07-04T16:00", f"{year}-12-31T23:00"):
            offset = 4 if "-07-" in local else 5
            turn = _at(int(np.datetime64(local, "us").astype(int)) + offset * HOUR)
            environment._weather(turn)
            (row,) = turn.events.rows()
            assert row["kind"] == Kind.WEATHER_CHANGED
            measured = _measured()[local[5:10], int(local[11:13])]
            assert turn.events.texts[row["text"]] == measured["condition"]
            assert row["score"] == np.float32(measured["temperature_c"])
            told.append((row["score"], row["latitude"], row["longitude"], turn.state.numbers["weather"]))
    assert told[:4] == told[4:]
    assert len(set(told)) == 4


def test_people_stay_longer_in_the_cold_of_the_year() -> None:
    january, july = (int(np.datetime64(f"2026-{month}-20T12:00", "us").astype(int)) for month in ("01", "07"))
    assert cold_factor(_at(january)) > 1 > cold_factor(_at(july))


def _lift(weather: str) -> float:
    """What a sky adds to the log-odds of choosing one of many rooftops, next to a cloudy one."""
    return _log_odds(weather) - _log_odds("cloudy")


@cache
def _log_odds(weather: str) -> float:
    turn = make_city(USERS, venues=VENUES)._turn(0, (), ())
    venues, bit = turn.state.venues, list(data().world.features).index("rooftop")
    venues.put("features", np.arange(VENUES), 0)
    venues.put("features", EVERY_SECOND, 1 << bit)
    venues.put("outdoor", np.arange(VENUES), values=False)
    turn.state.numbers["weather"] = CONDITIONS.index(weather)
    hold(turn, (), ())
    users, no = np.arange(USERS), np.zeros(USERS, dtype=bool)
    venue, _, _ = choose_venues(turn, Wish(users, users % 6, no, no, no, np.full(USERS, 19)))
    share = np.isin(venue, EVERY_SECOND).mean()
    return float(np.log(share / (1 - share)))


def _given(weather: str) -> float:
    """What the modifiers say that a sky does to rooftops."""
    return sum(m.value for m in data().temporal.weather[weather] if m.target == ROOFTOP)


def test_rooftops_are_sought_in_fine_weather_by_as_much_as_the_modifiers_say() -> None:
    assert _given("clear") > 0
    assert 0.5 * _given("clear") < _lift("clear") < 1.2 * _given("clear")


@pytest.mark.parametrize("weather", ["rain", "snow", "storm"])
def test_rooftops_are_left_in_foul_weather(weather: str) -> None:
    assert _given(weather) < 0
    assert 1.2 * _given(weather) < _lift(weather) < 0.5 * _given(weather)


def test_the_hour_that_the_clock_skips_has_the_weather_of_the_hour_after() -> None:
    """Of 8 March 2026 at 2 o'clock, New York has none; a simulated minute before is still of 1 o'clock."""
    spring = int(np.datetime64("2026-03-08T07:00", "us").astype(int))
    clock = make_city(5, venues=5, start=START)._town.local
    before, after = clock.moment(spring - MINUTE), clock.moment(spring)
    assert (before.hour, after.hour) == (1, 3)
    assert after.year_hour - before.year_hour == 2
    assert clock.moment(spring + DAY).year_hour - after.year_hour == 24

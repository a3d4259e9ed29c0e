"""Local time and opening hours, across the change of daylight saving."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.simulator.domain.calendar import LocalTime
from services.simulator.domain.venues import Hours

ZONE = ZoneInfo("America/New_York")
START = datetime(2026, 3, 1, tzinfo=UTC)
LOCAL = LocalTime("America/New_York", int(START.timestamp()) * 1_000_000)


@given(st.integers(-300 * 1440, 700 * 1440))
def test_local_time_is_that_of_the_time_zone(minutes: int) -> None:
    moment = START + timedelta(minutes=minutes)
    local = moment.astimezone(ZONE)
    found = LOCAL.moment(int(moment.timestamp()) * 1_000_000)
    assert (found.hour, found.minute, found.weekday) == (local.hour, local.hour * 60 + local.minute, local.weekday())
    assert 0 <= found.year_hour < 8760


@given(st.integers(0, 700 * 1440))
def test_local_time_turns_back_into_the_same_instant_where_it_is_unique(minutes: int) -> None:
    moment = START + timedelta(minutes=minutes)
    if moment.astimezone(ZONE).date() in {
        datetime(2026, 11, 1, tzinfo=UTC).date(),
        datetime(2027, 11, 7, tzinfo=UTC).date(),
    }:
        return
    time = np.array([int(moment.timestamp()) * 1_000_000])
    assert LOCAL.to_utc(LOCAL.to_local(time))[0] == time[0]


def test_a_bar_is_open_past_midnight_and_closed_on_its_day_off() -> None:
    opens, closes = np.zeros((1, 7), dtype=np.int16), np.zeros((1, 7), dtype=np.int16)
    opens[0, 4], closes[0, 4] = 17 * 60, 26 * 60
    hours = Hours(opens, closes, LOCAL)

    def left(day: int, hour: int, minute: int = 0) -> float:
        local = datetime(2026, 3, day, hour, minute, tzinfo=ZONE)
        return float(hours.minutes_left(np.array([0]), np.array([int(local.timestamp()) * 1_000_000]))[0])

    assert left(6, 16, 59) <= 0
    assert left(6, 17) == 9 * 60
    assert left(7, 1, 30) == 30
    assert left(7, 2) <= 0
    assert left(10, 18) <= 0

"""Days of the calendar: rules fall where a calendar on the wall says, and a holiday acts by its type and impact."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulator.domain.almanac import DateRule, day_of, entry_of
from services.simulator.domain.effects import Surroundings
from services.simulator.domain.modifiers import Mechanism
from services.simulator.domain.scenarios import WEEKDAYS
from tests.unit.simulator.domain.neighbours import data, make_city

EPOCH = date(1970, 1, 1)
DULL = Surroundings(None, "weekday", holiday=None, weather="cloudy", traffic="light", weekday=None)


def _day(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - EPOCH).days


@pytest.mark.parametrize(
    ("rule", "year", "expected"),
    [
        (DateRule(2, 14), 2026, date(2026, 2, 14)),
        (DateRule(5, weekday="sunday", nth=2), 2026, date(2026, 5, 10)),
        (DateRule(6, weekday="sunday", nth=-1), 2026, date(2026, 6, 28)),
        (DateRule(12, weekday="thursday", nth=-1), 2026, date(2026, 12, 31)),
        (DateRule(11, weekday="thursday", nth=4, shift_days=1), 2024, date(2024, 11, 29)),
    ],
)
def test_a_rule_is_the_day_the_calendar_shows(rule: DateRule, year: int, expected: date) -> None:
    assert day_of(rule, year) == (expected - EPOCH).days


@given(st.integers(2012, 2040), st.integers(1, 12), st.integers(0, 6), st.sampled_from([1, 2, 3, 4, -1]))
def test_a_weekday_of_a_month_is_that_weekday_in_that_month(year: int, month: int, weekday: int, nth: int) -> None:
    found = date.fromordinal(EPOCH.toordinal() + day_of(DateRule(month, weekday=WEEKDAYS[weekday], nth=nth), year))
    assert (found.year, found.month, found.weekday()) == (year, month, weekday)
    assert (found.day - 1) // 7 + 1 == nth or (nth == -1 and found.day + 7 > 28)


def test_holidays_have_type_and_impact_and_only_some_are_days_off() -> None:
    marked, off = data().holidays, data().days_off
    assert marked[_day(2026, 2, 14)] == "Valentine's Day"
    assert _day(2026, 2, 14) not in off
    assert marked[_day(2026, 11, 26)] == "Thanksgiving Day"
    assert {_day(2026, 11, 26), _day(2026, 11, 27), _day(2026, 12, 25)} <= off
    observed = next(name for name in marked.values() if name.endswith("(observed)"))
    assert entry_of(data().almanac, observed) == entry_of(data().almanac, observed.removesuffix(" (observed)"))
    assert entry_of(data().almanac, "Somebody's Jubilee").type == "national"
    assert {entry.type for entry in data().almanac.holidays.values()} == {"national", "regional", "cultural"}


def test_a_holiday_is_felt_by_its_impact_and_brings_its_own_behaviour() -> None:
    mechanism = Mechanism(data())
    outings, invites, price, party = (
        [mechanism.value(mechanism.total(DULL._replace(holiday=name), ()), target) for name in (
            "Washington's Birthday", "Memorial Day", "New Year's Day", "Valentine's Day", "Thanksgiving Day")]
        for target in ("walk_ins", "action.invite", "price", "party_size")
    )  # fmt: skip
    assert 0 < outings[0] < outings[1] < outings[2]
    assert 0 < invites[0] < invites[1] < invites[2]
    assert 0 < price[0] < price[1] < price[3]
    assert party[3] < party[1] < party[4]
    told = {source for source, *_ in mechanism.temporal(DULL._replace(holiday="New Year's Day"))}
    assert "holiday New Year's Day (national, high)" in told


def test_a_marked_day_that_is_no_day_off_keeps_the_hours_of_its_weekday() -> None:
    working, feast = (make_city(5, start=int(np.datetime64(day, "us").astype(int))) for day in (
        "2025-02-14T17:00", "2025-12-25T17:00"))  # fmt: skip
    assert [city._turn(0, (), ()).weekend for city in (working, feast)] == [0, 1]

"""Scenarios of an offline run are written as people think of them and reach the city in the right tick."""

import pytest

from cli.schedule import Scheduled, ScheduleError, orders, parse
from services.simulator.domain.city import CityConfig

OPENING = CityConfig(start=1_780_524_000_000_000)
"""2026-06-03 18:00 in New York, 22:00 UTC."""
KNOWN = ("lunch_rush", "friday_night")


def read(text: str) -> Scheduled:
    return parse(text, OPENING, "America/New_York", KNOWN)


@pytest.mark.parametrize(
    ("text", "scheduled"),
    [
        ("lunch_rush@90", Scheduled("lunch_rush", 90)),
        ("lunch_rush@90..120", Scheduled("lunch_rush", 90, 120)),
        ("lunch_rush@1/19:30", Scheduled("lunch_rush", 90)),
        ("friday_night@2/18:00..2/23:30", Scheduled("friday_night", 1440, 1770)),
    ],
)
def test_a_time_is_minutes_from_the_start_or_a_local_clock(text: str, scheduled: Scheduled) -> None:
    assert read(text) == scheduled


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("lunch_rush", "NAME@WHEN"),
        ("lunch_rush@soon", "is no time"),
        ("lunch_rush@2/25:00", "no time of day"),
        ("lunch_rush@1/12:00", "before the start"),
        ("lunch_rush@90..80", "ends before it begins"),
        ("brunch@90", "there are: lunch_rush, friday_night"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ScheduleError, match=reason):
        read(text)


def test_a_scenario_begins_and_ends_in_the_ticks_of_its_minutes() -> None:
    config = CityConfig(tick_seconds=30)
    found = orders([Scheduled("friday_night", 10, 20), Scheduled("lunch_rush", 5)], config)
    assert [(order.tick, order.command.parameters["action"]) for order in found] == [
        (10, "start"),
        (20, "start"),
        (40, "stop"),
    ]
    assert len({order.command.command_id for order in found}) == 3

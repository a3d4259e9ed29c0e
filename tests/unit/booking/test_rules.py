"""Weather, crowds, holidays, peak and traffic; the file the limits come from; deposits."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.booking.data_files import POLICY, load_policy
from services.booking.domain.rules import CROWD, HOLIDAY, TRAFFIC, WEATHER, Condition, Rulebook
from services.booking.domain.venue import Venue
from streamkit.errors import ConfigurationError
from tests import ledger
from tests.unit.booking.city import (
    ALWAYS_OPEN,
    EVENING,
    FRIDAY_10H,
    HOUR,
    MINUTE,
    City,
    cancel_row,
    common,
    request_row,
    special_event_row,
    traffic_row,
    venue_row,
    visit_row,
    weather_row,
)

DAY = 24 * HOUR
HOUSE = Venue(
    "v1", "Chez Luna", "2x14", ALWAYS_OPEN, "America/New_York", takes_bookings=True, city="x", outdoor_seating=True
)


def city(tables: str = "2x2,4x1", **changes: Any) -> City:
    return City().publish("venues", venue_row(tables=tables, **changes)).settle()


def texts(town: City) -> list[str]:
    return [row["text"] for row in town.rows("system_metrics") if row["event_type"] == "notification.dispatched"]


def rules(*conditions: Condition, start_us: int = EVENING - 2 * DAY, house: Venue = HOUSE) -> Any:
    return Rulebook.of(load_policy(), conditions).rules(house, start_us, start_us)


def test_on_a_quiet_evening_every_table_is_given() -> None:
    assert rules().closed == frozenset()


def test_at_peak_every_seventh_table_is_kept_for_who_walks_in() -> None:
    assert rules(start_us=EVENING).closed == {7, 14}
    assert rules(start_us=EVENING + 2 * HOUR).closed == frozenset(), "after 21:00"


def test_on_a_holiday_more_is_kept_and_large_parties_are_not_taken() -> None:
    found = rules(Condition("x", HOLIDAY, "Labor Day", EVENING - 2 * DAY - HOUR, EVENING))
    assert (found.closed, found.party_limit) == ({5, 10}, 12)


def test_on_a_holiday_the_last_are_seated_earlier() -> None:
    start = EVENING - 2 * DAY + 3 * HOUR + 45 * MINUTE
    assert rules(start_us=start).open
    assert not rules(Condition("x", HOLIDAY, "Labor Day", start - HOUR, start + HOUR), start_us=start).open


def test_rain_closes_what_is_outside_for_the_next_hours_only() -> None:
    book = Rulebook.of(load_policy(), [Condition("x", WEATHER, "", 0, word="rain")])
    start = EVENING - 2 * DAY
    assert book.rules(HOUSE, start, start - 3 * HOUR).closed == {4, 8, 12}
    assert book.rules(HOUSE, start, start - 3 * HOUR - 1).closed == frozenset()
    assert book.rules(replace(HOUSE, outdoor_seating=False), start, start).closed == frozenset()
    assert rules(Condition("y", WEATHER, "", 0, word="rain")).closed == frozenset(), "another city"


def test_near_a_crowd_it_is_peak_and_one_asks_earlier() -> None:
    start = EVENING - 2 * DAY
    crowd = Condition("x", CROWD, "Concert", start, start + HOUR, latitude=0.0, longitude=0.0, radius_km=1.0)
    assert (rules(crowd).closed, rules(crowd).lead) == ({7, 14}, 30)
    assert rules(crowd, start_us=start - 2 * HOUR - 1).lead == 0
    assert rules(crowd, start_us=start + 2 * HOUR).lead == 0
    assert rules(crowd, house=replace(HOUSE, latitude=0.1)).lead == 0


@pytest.mark.parametrize(("delay", "lead", "grace"), [(14.0, 0, 30), (14.2, 15, 45), (60.0, 60, 60)])
def test_heavy_traffic_needs_time_and_lends_some(delay: float, lead: int, grace: int) -> None:
    book = Rulebook.of(load_policy(), [Condition("x", TRAFFIC, "", 0, value=delay)])
    assert book.rules(HOUSE, EVENING, EVENING).lead == lead
    assert book.grace("x") == grace
    assert book.grace("y") == 30


def test_who_sits_outside_is_moved_inside_when_it_begins_to_rain() -> None:
    town = city("2x2,4x2", outdoor_seating=True)
    town.publish("bookings", *(request_row(name, party_size=3) for name in "ab")).settle()
    town.publish("bookings", cancel_row("x", "a")).settle()
    assert town.last("b")["tables"] == "4"
    town.publish("environment", weather_row("w", "rain", EVENING - HOUR)).settle()
    told = town.last("b")
    assert (told["event_type"], told["tables"], told["reason"]) == ("booking.moved", "3", "rain")
    assert told["correlation_id"] == "w"
    assert "now inside, number 3" in texts(town)[-1]
    assert ledger.violations(town.rows("bookings"), {"v00001": "2x2,4x2"}) == []
    town.publish("environment", weather_row("v", "storm", EVENING - HOUR + MINUTE)).settle()
    assert town.told("b") == ["confirmed", "moved"], "it rained already"


def test_who_cannot_be_moved_is_told() -> None:
    town = city("4x4", outdoor_seating=True)
    town.publish("bookings", *(request_row(name, party_size=4) for name in "abcd")).settle()
    town.publish("environment", weather_row("w", "rain", EVENING - HOUR)).settle()
    assert [town.told(name) for name in "abcd"] == [["confirmed"]] * 4
    assert [text for text in texts(town) if "rain" in text] == [
        "Your table at Chez Luna on Fri 05 Jun 19:00 is outside, it rains, and no table inside is free."
    ]


def test_rain_tonight_minds_who_sits_inside_tonight_though_others_wait_for_tomorrow() -> None:
    town = city("4x4", outdoor_seating=True)
    for name, start, asking in (("tonight", EVENING, 4), ("tomorrow", EVENING + DAY, 5)):
        wish = {"start_time": start, "party_size": 4, "flexibility_minutes": 15}
        rows = [request_row(f"{name}{n}", **wish) for n in range(asking)]
        town.publish("bookings", *rows).settle()
    assert town.told("tomorrow4") == ["waitlisted"]
    town.publish("environment", weather_row("w", "rain", EVENING - HOUR)).settle()
    assert "booking.moved" not in {row["event_type"] for row in town.rows("bookings")}
    assert "no table inside is free" in texts(town)[-1]


def test_in_rain_nobody_is_seated_outside() -> None:
    town = city("2x3,6x1", outdoor_seating=True)
    town.publish("environment", weather_row("w", "rain", EVENING - HOUR)).settle()
    assert town.publish("bookings", request_row("a", EVENING - HOUR, party_size=5)).settle().last("a")["reason"] == (
        "no_table"
    )
    town.publish("environment", weather_row("v", "clear", EVENING - HOUR + MINUTE)).settle()
    assert town.publish("bookings", request_row("b", EVENING - HOUR, party_size=5)).settle().told("b") == ["confirmed"]


def test_an_older_record_of_the_weather_changes_nothing() -> None:
    town = city("2x3,6x1", outdoor_seating=True)
    town.publish("environment", weather_row("w", "clear", EVENING), weather_row("v", "rain", EVENING - HOUR)).settle()
    assert town.publish("bookings", request_row("b", EVENING - HOUR, party_size=5)).settle().told("b") == ["confirmed"]


def test_heavy_traffic_holds_a_table_longer_and_says_so_once() -> None:
    town = city().publish("bookings", request_row("a")).publish("environment", traffic_row("t", 20.0)).settle()
    town.tick(EVENING + 30 * MINUTE).tick(EVENING + 49 * MINUTE)
    assert town.told("a") == ["confirmed"]
    assert [text for text in texts(town) if "Traffic is heavy" in text] == [
        "Traffic is heavy: Chez Luna holds your table for 50 minutes after Fri 05 Jun 19:00."
    ]
    assert town.tick(EVENING + 50 * MINUTE).told("a") == ["confirmed", "no_show"]


def test_heavy_traffic_refuses_what_nobody_can_reach_in_time_and_shifts_who_is_flexible() -> None:
    town = city().publish("environment", traffic_row("t", 20.0)).settle()
    soon = {"start_time": EVENING + 10 * MINUTE}
    town.publish(
        "bookings", request_row("a", EVENING, **soon), request_row("b", EVENING, **soon, flexibility_minutes=15)
    )
    told = town.settle().last("a")
    assert (told["event_type"], told["reason"]) == ("booking.declined", "too_soon")
    assert told["alternatives"], "later"
    told = town.last("b")
    assert (told["event_type"], told["start_time"]) == ("booking.confirmed", EVENING + 25 * MINUTE)


def test_near_a_concert_a_table_is_asked_for_in_time_until_it_is_over() -> None:
    town = city().publish("environment", special_event_row("s", "special_event.scheduled")).settle()
    late = {"start_time": EVENING, "at": EVENING - 29 * MINUTE}
    assert town.publish("bookings", request_row("a", **late)).settle().last("a")["reason"] == "too_soon"
    town.publish("environment", special_event_row("e", "special_event.ended")).settle()
    assert town.publish("bookings", request_row("b", **late)).settle().told("b") == ["confirmed"]


def test_what_another_house_of_the_name_holds_and_ends_is_its_own() -> None:
    town = city()
    for house, latitude in (("v00001", 40.7), ("v00009", 40.8)):
        held = special_event_row(f"s{house}", "special_event.started", venue_id=house, latitude=latitude)
        town.publish("environment", held)
    town.publish("environment", special_event_row("e", "special_event.ended", venue_id="v00009")).settle()
    late = {"start_time": EVENING, "at": EVENING - 29 * MINUTE}
    assert town.publish("bookings", request_row("a", **late)).settle().last("a")["reason"] == "too_soon"
    town.publish("environment", special_event_row("f", "special_event.ended", venue_id="v00001")).settle()
    assert town.publish("bookings", request_row("b", **late)).settle().told("b") == ["confirmed"]


def test_a_holiday_is_known_from_its_start() -> None:
    day = {**common("h", "holiday.started", FRIDAY_10H), "name": "Luna Day", "kind": "national"}
    town = city("8x2").publish("environment", day).settle()
    assert town.publish("bookings", request_row("a", party_size=13)).settle().last("a")["reason"] == "party_too_large"


@pytest.mark.parametrize(("given_up", "kept"), [(EVENING - DAY, 0), (EVENING - DAY + 1, 6 * 1_000)])
def test_a_deposit_comes_back_a_day_before_and_not_later(given_up: int, kept: int) -> None:
    town = city("6x1").publish("bookings", request_row("a", FRIDAY_10H - 5 * DAY, party_size=6)).settle()
    assert town.last("a")["deposit_minor"] == 6_000, "Friday evening, 10.00 a head at price tier 2"
    assert "A deposit of 60.00 is taken." in texts(town)[-1]
    told = town.publish("bookings", cancel_row("x", "a", given_up)).settle().last("a")
    assert (told["event_type"], told["deposit_minor"]) == ("booking.cancelled", kept)
    assert texts(town)[-1].endswith("The deposit of 60.00 is kept." if kept else "The deposit is refunded.")


def test_who_does_not_come_loses_the_deposit_and_small_parties_leave_none() -> None:
    town = city("6x1,2x1").publish("bookings", request_row("a", party_size=6), request_row("b")).settle()
    assert town.last("b")["deposit_minor"] is None
    town.tick(EVENING + HOUR)
    assert (town.last("a")["deposit_minor"], town.last("b")["deposit_minor"]) == (6_000, None)


def test_a_party_that_nobody_saw_leaving_is_gone_in_the_end() -> None:
    town = city().publish("bookings", request_row("a")).settle()
    town.publish("user_actions", visit_row("s", "visit.started", "a")).settle()
    assert town.tick(EVENING + 7 * HOUR).told("a") == ["confirmed", "seated"]
    assert town.tick(EVENING + 7 * HOUR + 30 * MINUTE).told("a") == ["confirmed", "seated", "completed"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("pair_waste: 3", "pair_wast: 3", 4, "tables.pair_waste: Field required"),
        ("pair_waste: 3", "pair_waste: 3\n  mood: high", 10, "tables.mood: Extra inputs are not permitted"),
        ("days_ahead: 60", "days_ahead: soon", 12, "limits.days_ahead: Input should be a valid integer"),
        ("[8, 135]", "[8, 9999]", 6, "tables.dwell_steps.3.1: Input should be less than or equal to 225"),
    ],
)
def test_a_wrong_policy_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    wrong = tmp_path / "policy.yaml"
    wrong.write_text(POLICY.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_policy(wrong)
    told = str(refused.value)
    assert reason in told
    assert f"policy.yaml:{line}:" in told


def test_a_policy_that_is_no_yaml_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_policy(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("tables: [", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"bad\.yaml"):
        load_policy(tmp_path / "bad.yaml")

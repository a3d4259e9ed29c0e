"""What who finds no table is offered: other times of the house, and houses like it nearby."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.booking.adapters.memory import MemoryState
from services.booking.data_files import load_policy
from services.booking.domain.decide import mixed
from services.booking.domain.near import Neighbourhood, distances_km
from services.booking.domain.venue import Venue
from services.booking.processor import BookingProcessor
from tests.unit.booking.city import ALWAYS_OPEN, EVENING, MINUTE, City, request_row, venue_row

HOUSE = Venue(
    "v1", "Chez Luna", "2x1", ALWAYS_OPEN, "America/New_York", takes_bookings=True, city="x", category="restaurant",
    cuisine="thai", price_tier=2, latitude=40.7, longitude=-74.0,
)  # fmt: skip
KM_NORTH = 1 / 111.195
"""Degrees of latitude in a kilometre."""


def like(*others: Venue, house: Venue = HOUSE) -> tuple[str, ...]:
    return Neighbourhood.of({one.venue_id: one for one in (house, *others)}, load_policy().near).like(house)


def other(name: str, **changes: Any) -> Venue:
    return replace(HOUSE, venue_id=name, **changes)


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    found = distances_km(40.0, -74.0, np.array([41.0, 40.0, 40.0]), np.array([-74.0, -74.0, -73.0]))
    assert found == pytest.approx([111.195, 0.0, 111.195 * np.cos(np.radians(40.0))], rel=1e-4)


def test_only_houses_of_its_kind_that_take_bookings_near_and_about_as_dear_are_like_a_house() -> None:
    assert like(
        other("same"),
        other("bar", category="bar"),
        other("walk-in", takes_bookings=False),
        other("far", latitude=40.7 + 2.01 * KM_NORTH),
        other("just", latitude=40.7 + 1.99 * KM_NORTH),
        other("dear", price_tier=4),
    ) == ("same", "just")


def test_the_nearest_comes_first_and_another_cuisine_or_price_is_a_longer_walk() -> None:
    walk = {"latitude": 40.7 + 0.5 * KM_NORTH}
    assert like(
        other("a", cuisine="mexican"), other("b", price_tier=3), other("c", **walk), other("d", cuisine="x", **walk)
    ) == ("b", "c", "a", "d")


def test_no_more_are_looked_at_than_the_policy_says() -> None:
    assert len(like(*(other(f"v{number}") for number in range(2, 20)))) == load_policy().near.looked_at


def test_a_house_of_no_kind_is_like_none() -> None:
    nothing = replace(HOUSE, category="")
    assert like(other("v2", category=""), house=nothing) == ()


@pytest.mark.parametrize(
    ("times", "places", "offers"),
    [
        (("t1", "t2", "t3"), (), ("t1", "t2", "t3")),
        ((), ("p1", "p2", "p3"), ("p1", "p2", "p3")),
        (("t1", "t2", "t3"), ("p1", "p2"), ("t1", "p1", "t2")),
        (("t1",), ("p1", "p2", "p3"), ("t1", "p1", "p2")),
        ((), (), ()),
    ],
)
def test_times_and_places_are_offered_in_turns(
    times: tuple[str, ...], places: tuple[str, ...], offers: tuple[str, ...]
) -> None:
    assert mixed(times, places, 3) == offers


def test_who_is_declined_is_offered_a_near_house_with_a_free_table() -> None:
    rows = [venue_row("v00001", "2x1"), venue_row("v00002", "2x1"), venue_row("v00003", "2x1"), venue_row("v00004", "")]
    town = City().publish("venues", *rows).settle()
    full = [request_row("a"), request_row("b", venue_id="v00002"), request_row("c")]
    offers = town.publish("bookings", *full).settle().last("c")["alternatives"].split(",")
    assert offers == ["v00001@2026-06-06T00:30:00Z", "v00003@2026-06-05T23:00:00Z", "v00001@2026-06-05T21:30:00Z"]
    taken = request_row("d", venue_id="v00003", start_time=EVENING)
    assert town.publish("bookings", taken).settle().told("d") == ["confirmed"], "what is offered is free"


@pytest.mark.parametrize(
    ("changes", "request_changes", "reason"),
    [
        ({"takes_bookings": False}, {}, "walk_in_only"),
        ({"tables": "2x1"}, {"party_size": 4}, "party_too_large"),
        ({"opening_hours": "-,-,-,-,-,-,-"}, {}, "closed"),
    ],
)
def test_other_houses_are_offered_where_the_house_itself_cannot(
    changes: dict[str, Any], request_changes: dict[str, Any], reason: str
) -> None:
    town = City().publish("venues", venue_row(**changes), venue_row("v00002", "4x1")).settle()
    told = town.publish("bookings", request_row("a", **request_changes)).settle().last("a")
    assert (told["reason"], told["alternatives"]) == (reason, "v00002@2026-06-05T23:00:00Z")


def test_the_api_and_availability_tell_the_same_offers() -> None:
    town = City().publish("venues", venue_row(tables="2x1"), venue_row("v00002", "2x1")).settle()
    town.publish("bookings", request_row("a")).settle()
    asked: dict[str, Any] = {"venue_id": "v00001", "party_size": 2, "start_time": "2026-06-05T23:00:00Z"}
    free = town.ask("availability.get", **asked)["payload"]["alternatives"]
    created = town.ask("booking.create", user_id="u", **asked)
    assert created["payload"]["alternatives"] == free
    assert "v00002@2026-06-05T23:00:00Z" in free
    assert created["reason"] == "no_table"


class Counting:
    """A state that counts what it is asked; everything else is the inner one's."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.calls: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        self.calls[name] = self.calls.get(name, 0) + 1
        return getattr(self.inner, name)


def test_a_batch_of_many_declined_costs_a_handful_of_queries() -> None:
    state: Any = Counting(MemoryState())
    processor = BookingProcessor(state)
    rows = [venue_row(f"v{number:05}", "2x1") for number in range(1, 40)]
    town = City(processor).publish("venues", *rows).settle()
    state.calls.clear()
    wanted = [
        request_row(f"b{n}", venue_id=f"v{n % 39 + 1:05}", start_time=EVENING + n % 4 * 15 * MINUTE)
        for n in range(2_000)
    ]
    town.publish("bookings", *wanted).settle()
    assert sum(row["event_type"] == "booking.declined" for row in town.rows("bookings")) > 1_500
    assert state.calls["claims"] <= 2 * 4, state.calls
    assert sum(state.calls.values()) < 80, state.calls

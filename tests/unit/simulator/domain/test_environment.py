"""What the city does by itself: special events by calendar and by chance, streets that feel hour, weather, crowd."""

from collections import Counter

import numpy as np
import pytest

from services.simulator.domain import environment
from services.simulator.domain.almanac import Fixture
from services.simulator.domain.calendar import DAY, HOUR, MINUTE
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.city import City
from services.simulator.domain.effects import Surroundings
from services.simulator.domain.environment import Spot, gathering
from services.simulator.domain.events import Kind
from services.simulator.domain.geography import kilometres
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data, make_city


def _city(local: str, **how: int) -> City:
    """A city that begins at a local winter time of New York."""
    return make_city(how.get("users", 5), venues=how.get("venues", 20), start=_winter(local))


def _winter(local: str) -> int:
    return int(np.datetime64(local, "us").astype(int)) + 5 * HOUR


def _hours(city: City, hours: int) -> list[Turn]:
    """The environment alone, hour by hour."""
    turns = []
    for tick in range(0, hours * 60, 60):
        turn = city._turn(tick, (), ())
        environment.advance(turn)
        turns.append(turn)
    return turns


def _of(turns: list[Turn], kind: Kind) -> np.ndarray:
    rows = np.concatenate([turn.events.rows() for turn in turns])
    return np.asarray(rows[rows["kind"] == kind])


def _fixture(name: str) -> tuple[int, Fixture]:
    number = [one.name for one in data().almanac.venues_of_crowds].index(name)
    found = data().almanac.venues_of_crowds[number]
    assert isinstance(found, Fixture)
    return number, found


def test_an_event_of_the_calendar_is_announced_the_day_before_starts_and_ends_every_year() -> None:
    number, fixture = _fixture("Times Square New Year's Eve")
    for year in ("2025", "2026"):
        turns = _hours(_city(f"{year}-12-29T00:00"), 96)
        told = [_of(turns, kind) for kind in (Kind.EVENT_SCHEDULED, Kind.EVENT_STARTED, Kind.EVENT_ENDED)]
        mine = [rows[rows["value"] == number] for rows in told]
        assert [len(rows) for rows in mine] == [1, 1, 1]
        start = _winter(f"{year}-12-31T00:00") + int(fixture.from_hour * HOUR)
        assert mine[0]["when"] == start
        assert 24 * HOUR < start - mine[0]["time"][0] < 48 * HOUR
        assert mine[2]["money"] == start + int(fixture.hours * HOUR)
        assert mine[1]["from_low"] == mine[0]["low"] == mine[2]["from_low"]


def _month(day: int) -> int:
    """Of a day after 5 January 2026."""
    return int((np.datetime64("2026-01-05") + day).astype("datetime64[M]").astype(int)) % 12 + 1


def test_arenas_draw_their_crowds_as_often_as_the_almanac_says_in_the_months_it_says() -> None:
    turns = _hours(_city("2026-01-05T00:00"), 10 * 7 * 24)
    arenas = data().almanac.arenas
    scheduled = _of(turns, Kind.EVENT_SCHEDULED)
    counts = Counter(number for number in scheduled["value"].tolist() if number < len(arenas))
    for number, arena in enumerate(arenas):
        playing = [day for day in range(70) if not arena.months or _month(day) in arena.months]
        expected = len(playing) / 7 * arena.per_week
        if not playing:
            assert counts[number] == 0
            continue
        assert abs(counts[number] - expected) < 4 * np.sqrt(expected)
    assert len(_of(turns, Kind.EVENT_ENDED)) in range(len(scheduled) - 4, len(scheduled) + 1)


def test_a_city_that_opens_in_the_evening_knows_of_tonight_and_nothing_is_announced_twice() -> None:
    turns = _hours(_city("2026-12-31T08:00"), 10)
    rows = _of(turns, Kind.EVENT_SCHEDULED)
    assert _fixture("Times Square New Year's Eve")[0] in rows["value"]
    assert len(np.unique(rows[["value", "when"]])) == len(rows)


def _delay(city: City, *, weather: str = "clear", crowd: int = 0, starts_in: int = 30 * MINUTE) -> float:
    turn = city._turn(60, (), ())
    turn.state.numbers["weather_until"] = turn.end + DAY
    turn.state.numbers["weather_forced"] = CONDITIONS.index(weather)
    if crowd:
        spot = Spot(40.75, -73.99, 1.0, crowd)
        row = gathering(turn, spot, turn.start + starts_in, turn.start + starts_in + HOUR)
        turn.state.pools["gatherings"].add(row)
    environment.advance(turn)
    return float(_of([turn], Kind.TRAFFIC_CHANGED)["score"][0])


def test_trips_are_later_in_the_rush_in_snow_and_when_crowds_come_and_leave() -> None:
    rush, night = (_delay(_city(f"2026-01-07T{hour}:00")) for hour in ("16", "02"))
    assert rush > 4 * night
    assert _delay(_city("2026-01-07T16:00"), weather="snow") > 1.5 * rush
    assert rush > 1.3 * _delay(_city("2026-01-10T16:00"))
    busy = [_delay(_city("2026-01-07T16:00"), crowd=40_000, starts_in=s * MINUTE) for s in (30, -90, -20, 240)]
    assert min(busy[:2]) > rush + 2
    assert np.isclose(busy[2:], rush).all()


def test_heavy_traffic_keeps_people_near() -> None:
    mechanism = _city("2026-01-07T16:00")._town.mechanism
    levels = [
        mechanism.value(mechanism.total(Surroundings(None, "weekday", None, "cloudy", level, None), ()), "distance")
        for level in ("light", "moderate", "heavy", "severe")
    ]
    assert levels == sorted(levels)
    assert levels[-1] > levels[0]


@pytest.mark.parametrize("when", [-60, 60])
def test_places_near_a_special_event_surge_before_and_during_it_and_not_far_away(when: int) -> None:
    before, during = (_choices(crowd, when) for crowd in (0, 40_000))
    near, far = (during[0] / before[0], during[1] / before[1])
    assert 1.05 < near < 1.6
    assert near > far


def _choices(crowd: int, minutes: int) -> tuple[int, int]:
    """Choices of venues within a radius of an event that began so many minutes ago, and beyond three."""
    city = make_city(4000, venues=300)
    turn, spot = city._turn(0, (), ()), Spot(40.7505, -73.9934, 1.5, crowd)
    turn.state.pools["gatherings"].take(np.ones(len(turn.state.pools["gatherings"]), dtype=bool))
    if crowd:
        row = gathering(turn, spot, turn.start - minutes * MINUTE, turn.start + 2 * HOUR)
        turn.state.pools["gatherings"].add(row)
    users, no = np.arange(4000), np.zeros(4000, dtype=bool)
    venue, _, _ = choose_venues(turn, Wish(users, users % 6, no, no, no, np.full(4000, 19)))
    venues = turn.state.venues
    away = kilometres(venues["latitude"], venues["longitude"], spot.latitude, spot.longitude)[venue]
    return int((away < spot.radius_km).sum()), int((away > 3 * spot.radius_km).sum())

"""Events of single venues: drawn by the world's weights, told from the morning on, felt in the house alone."""

from collections import Counter

import numpy as np
import polars as pl
import pytest

from services.simulator.domain import environment, venue_events
from services.simulator.domain.calendar import DAY, HOUR, weekday_of
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.city import City, CityConfig, CommandResult, Identity
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import ANNOUNCED, NOT_ANNOUNCED, ON
from services.simulator.domain.weekly import own_event_kinds
from tests.unit.simulator.domain.many import many_venues, within
from tests.unit.simulator.domain.neighbours import START, data, make_city
from tests.unit.simulator.domain.watched import MINUTE, Watched

CATEGORIES = list(data().world.categories)
RATES = data().world.dynamics
KINDS = own_event_kinds(data())
USERS, VENUES = 4000, 200
HALF = np.arange(0, VENUES, 2)
WEEK, DAYS = 7, 3


@pytest.mark.parametrize("name", CATEGORIES)
def test_venues_of_a_category_hold_events_as_the_world_says(name: str) -> None:
    made = many_venues()
    of_kind = made["category"] == CATEGORIES.index(name)
    holds = of_kind & (made["event_day"] > 0)
    rates = RATES.own_events.get(name)
    if rates is None:
        assert not holds.any()
        return
    count = int(holds.sum())
    assert 0.8 * rates.share < count / of_kind.sum() < rates.share + 5 * np.sqrt(rates.share / of_kind.sum())
    kinds = {KINDS.index(kind): weight for kind, weight in rates.kinds.items()}
    for column, weights in (("kind", kinds), ("from", rates.starts), ("hours", rates.hours)):
        found = made[f"event_{column}"][holds]
        assert set(found.tolist()) == set(weights)
        if column == "kind":  # when depends on when a house is open
            assert all(within((found == k).mean(), w / sum(weights.values()), count) for k, w in weights.items())
    days = Counter(made["event_day"][holds].tolist())
    assert set(days) == set(range(1, WEEK + 1))
    day, start, hours = (made[f"event_{column}"][holds].astype(np.int64) for column in ("day", "from", "hours"))
    assert (made["opens"][holds, day - 1] <= 60 * start).all()
    assert (made["closes"][holds, day - 1] >= 60 * (start + hours)).all()
    assert not any(made[f"event_{column}"][of_kind & ~holds].any() for column in ("kind", "from", "hours"))


def test_an_event_is_told_in_the_morning_at_its_start_and_at_its_end_once_a_week() -> None:
    watched = Watched(make_city(20, venues=VENUES, start=START - 12 * HOUR))
    venues, town = watched.city._state.venues, watched.city._town
    watched.run(DAYS * 1440)
    rows = watched.rows("environment").filter(pl.col("venue_id").is_not_null())
    rows = rows.filter(pl.col("event_type").str.starts_with("special_event."))
    first = int(weekday_of(town.local.to_local(np.array([START - 12 * HOUR])))[0])
    days = [1 + (first + day) % WEEK for day in range(DAYS)]
    holders = np.flatnonzero(np.isin(venues["event_day"], days))
    assert len(holders) > 5
    assert rows["venue_id"].unique().sort().to_list() == [f"v{venue:05d}" for venue in holders]
    for venue in holders:
        mine = rows.filter(venue_id=f"v{venue:05d}").sort("simulation_time")
        scheduled, started, ended = mine.head(3).iter_rows(named=True)
        assert [one["event_type"].rpartition(".")[2] for one in (scheduled, started, ended)] == [
            "scheduled", "started", "ended",
        ]  # fmt: skip
        local = town.local.to_local(np.array([scheduled["simulation_time"], started["simulation_time"]]))
        opening = scheduled["simulation_time"] == START - 12 * HOUR
        assert opening or local[0] % DAY // HOUR == data().almanac.announce_hour
        assert weekday_of(local)[1] == venues["event_day"][venue] - 1
        assert local[1] % DAY == int(venues["event_from"][venue]) * HOUR
        assert started["simulation_time"] == scheduled["starts_at"] == started["starts_at"]
        assert ended["simulation_time"] == started["ends_at"]
        assert started["ends_at"] - started["starts_at"] == int(venues["event_hours"][venue]) * HOUR
        assert {started["correlation_id"], ended["correlation_id"]} == {scheduled["event_id"]}
        kind = KINDS[venues["event_kind"][venue]]
        assert {one["kind"] for one in (scheduled, started, ended)} == {kind}
        assert started["name"].startswith(kind.replace("_", " ").capitalize() + " at ")
        assert (started["latitude"], started["longitude"]) == tuple(venues[x][venue] for x in ("latitude", "longitude"))
        assert started["radius_km"] == pytest.approx(RATES.own_event_radius_km)
        assert started["crowd"] == sum(
            int(venues[n][venue]) * s for n, s in zip(("two", "four", "six", "eight"), (2, 4, 6, 8), strict=True)
        )
    assert rows["event_id"].n_unique() == len(rows)


def _turn(hour: float) -> Turn:
    """Everybody, an hour after the day's events were announced for noon in every second venue."""
    turn = make_city(USERS, venues=VENUES)._turn(0, (), ())
    noon = turn.start + int(hour * HOUR)
    for name, value in (("phase", ANNOUNCED), ("starts", noon), ("ends", noon + 2 * HOUR)):
        turn.state.venues.put(f"event_{name}", HALF, value)
    return turn


def _log_odds(turn: Turn) -> float:
    """Of choosing one of every second venue."""
    users, no = np.arange(USERS), np.zeros(USERS, dtype=bool)
    chosen = choose_venues(turn, Wish(users, users % 6, no, no, no, np.full(USERS, 19)))[0]
    share = np.isin(chosen, HALF).mean()
    return float(np.log(share / (1 - share)))


def test_people_come_for_an_event_from_a_while_before_its_start_to_its_end() -> None:
    weight = data().world.venue_choice.own_event
    before, early, on, over = (_log_odds(_turn(hours)) for hours in (3.0, 0.5, -1.0, -2.0))
    assert 0.5 * weight < early - before < 1.2 * weight
    assert on == early
    assert over == before


def _order(watched: Watched, event: str, venue: str, **payload: object) -> CommandResult:
    asked = {"event_type": f"special_event.{event}", "venue_id": venue, "payload": payload}
    return watched.order("trigger", asked)


def _told(watched: Watched, event: str, *venues: str) -> list[tuple[str, str]]:
    """Venue and name of events of some venues."""
    rows = watched.rows("environment").filter(pl.col("event_type") == f"special_event.{event}")
    return list(rows.filter(pl.col("venue_id").is_in(venues)).select("venue_id", "name").iter_rows())


def _holder(watched: Watched) -> tuple[int, str, str]:
    """A venue with an event of its own that is not of today, and what it is called."""
    venues, turn = watched.city._state.venues, watched.city._turn(0, (), ())
    other = (venues["event_day"] > 0) & (venues["event_day"] != turn.now.weekday + 1)
    place = int(np.flatnonzero(other)[0])
    return place, f"v{place:05d}", str(venue_events.own(turn, place)["name"])


def test_somebody_may_have_a_venue_hold_its_own_on_another_day() -> None:
    watched = Watched(make_city(40, venues=VENUES))
    place, venue, name = _holder(watched)
    assert _order(watched, "started", venue).accepted
    told = watched.rows("environment").filter(event_type="special_event.started", venue_id=venue).row(0, named=True)
    assert told["name"] == name
    assert told["radius_km"] == pytest.approx(RATES.own_event_radius_km)
    assert told["crowd"] in watched.city._state.pools["gatherings"].rows["crowd"].tolist()
    again = _order(watched, "started", venue)
    assert (again.accepted, "already" in str(again.reason)) == (False, True)
    watched.run(4 * 60)
    assert _told(watched, "ended", venue) == [(venue, name)]
    assert watched.city._state.venues["event_phase"][place] == NOT_ANNOUNCED


def test_houses_end_what_is_on_there_and_nothing_else() -> None:
    watched = Watched(make_city(40, venues=30))
    for venue in ("v00004", "v00006"):
        assert _order(watched, "started", venue, name="Birthday", kind="party").accepted
    assert _order(watched, "ended", "v00004").accepted
    assert _told(watched, "ended", "v00004", "v00006") == [("v00004", "Birthday")], "what it is called is known"
    refused = _order(watched, "ended", "v00004", name="Birthday", kind="party")
    assert (refused.accepted, "nothing of the name" in str(refused.reason)) == (False, True)
    watched.run(4 * 60)
    assert _told(watched, "ended", "v00004", "v00006") == [("v00004", "Birthday"), ("v00006", "Birthday")]


def test_a_venue_that_holds_nothing_of_its_own_has_no_usual_event() -> None:
    watched = Watched(make_city(40, venues=30))
    venue = f"v{int(np.flatnonzero(watched.city._state.venues['event_day'] == 0)[0]):05d}"
    refused = _order(watched, "started", venue)
    assert (refused.accepted, "needs name, kind" in str(refused.reason)) == (False, True)


def test_what_is_on_of_its_own_may_be_ended_early_and_what_is_ahead_may_not() -> None:
    watched = Watched(make_city(20, venues=VENUES))
    venues = watched.city._state.venues
    place, venue, name = _holder(watched)
    ends = START + 30 * MINUTE
    for column, value in (("phase", ANNOUNCED), ("starts", START + 10 * MINUTE), ("ends", ends)):
        venues.put(f"event_{column}", np.array([place]), value)
    assert not _order(watched, "ended", venue).accepted
    watched.run(15)
    assert venues["event_phase"][place] == ON
    assert _order(watched, "started", venue, name="Birthday", kind="party").accepted
    assert _order(watched, "ended", venue, name=name, kind="quiz_night").accepted
    assert venues["event_phase"][place] == NOT_ANNOUNCED
    watched.run(4 * 60)
    assert _told(watched, "ended", venue) == [(venue, name), (venue, "Birthday")]


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 7), (900, 0), (1800, 15), (3600, 30)])
def test_whatever_the_ticks_today_s_events_are_known_as_the_city_begins_and_each_morning(
    seconds: int, minutes: int
) -> None:
    """Made known by arenas and venues alike."""
    start = START - 12 * HOUR + minutes * MINUTE
    config = CityConfig(users=5, venues=VENUES, start=start, tick_seconds=seconds)
    city = City(config, 5, Identity("run", 0, "dining", "new_york"), data())
    hours = []
    for tick in range(2 * DAY // (seconds * 1_000_000)):
        turn = city._turn(tick, (), ())
        if environment.announces(turn):
            hours.append(turn.now.hour)
            venue_events.advance(turn)
            held = city._state.venues["event_day"] == turn.now.weekday + 1
            known = city._state.venues["event_phase"] == ANNOUNCED
            assert (held == known).all() or turn.now.hour > data().almanac.announce_hour
            city._state.venues.put("event_phase", np.arange(VENUES), NOT_ANNOUNCED)
    morning = data().almanac.announce_hour
    assert hours == [morning - 3, morning, morning]

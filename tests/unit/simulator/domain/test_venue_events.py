"""Events of single venues: drawn by the world's weights, told from the morning on, felt in the house alone."""

from collections import Counter
from functools import cache

import numpy as np
import polars as pl
import pytest

from services.simulator.domain.calendar import DAY, HOUR, weekday_of
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.draws import Array, Draws
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import ANNOUNCED, NOT_ANNOUNCED, ON, make_venues
from services.simulator.domain.weekly import own_event_kinds
from tests.unit.simulator.domain.neighbours import START, data, make_city
from tests.unit.simulator.domain.watched import MINUTE, Watched

CATEGORIES = list(data().world.categories)
RATES = data().world.dynamics
KINDS = own_event_kinds(data())
USERS, VENUES = 4000, 200
HALF = np.arange(0, VENUES, 2)
WEEK, DAYS = 7, 3


@cache
def _made() -> dict[str, Array]:
    return make_venues(data(), Draws(11), 60_000)


def _within(found: float, expected: float, count: int) -> bool:
    """Whether a share of so many is what is expected, but for chance."""
    return bool(abs(found - expected) <= 5 * np.sqrt(expected * (1 - expected) / count) + 1 / count)


@pytest.mark.parametrize("name", CATEGORIES)
def test_venues_of_a_category_hold_events_as_the_world_says(name: str) -> None:
    made = _made()
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
            assert all(_within((found == k).mean(), w / sum(weights.values()), count) for k, w in weights.items())
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


def test_somebody_may_have_a_venue_hold_one_and_end_it() -> None:
    watched = Watched(make_city(40, venues=30))
    asked = {"event_type": "special_event.started", "venue_id": "v00003", "payload": {}}
    assert watched.order("trigger", asked).accepted
    told = watched.rows("environment").filter(event_type="special_event.started", venue_id="v00003").row(0, named=True)
    venues = watched.city._state.venues
    assert told["name"].startswith(KINDS[venues["event_kind"][3]].replace("_", " ").capitalize())
    assert told["radius_km"] == pytest.approx(RATES.own_event_radius_km)
    crowd = watched.city._state.pools["gatherings"].rows
    assert told["crowd"] in crowd["crowd"].tolist()
    named = {
        "event_type": "special_event.started",
        "venue_id": "v00004",
        "payload": {"name": "Birthday", "kind": "party"},
    }
    assert watched.order("trigger", named).accepted
    ended = {"event_type": "special_event.ended", "venue_id": "v00004", "payload": {}}
    assert watched.order("trigger", ended).accepted
    watched.run(4 * 60)
    ends = watched.rows("environment").filter(event_type="special_event.ended").filter(pl.col("venue_id").is_not_null())
    mine = [
        (row["venue_id"], row["simulation_time"])
        for row in ends.iter_rows(named=True)
        if row["venue_id"] in {"v00003", "v00004"}
    ]
    assert Counter(venue for venue, _ in mine) == {"v00003": 1, "v00004": 1}
    assert dict(mine)["v00003"] == told["ends_at"]


def test_an_event_that_somebody_ends_early_is_over_and_told_once() -> None:
    watched = Watched(make_city(20, venues=30))
    venues = watched.city._state.venues
    noon = START + 30 * MINUTE
    for name, value in (("phase", ON), ("starts", START - HOUR), ("ends", noon)):
        venues.put(f"event_{name}", np.array([5]), value)
    assert watched.order("trigger", {"event_type": "special_event.ended", "venue_id": "v00005", "payload": {}}).accepted
    assert venues["event_phase"][5] == NOT_ANNOUNCED
    watched.run(60)
    ends = watched.rows("environment").filter(event_type="special_event.ended", venue_id="v00005")
    assert len(ends) == 1

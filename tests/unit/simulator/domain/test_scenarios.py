"""Each scenario shows what it is for: the same people with it and without it, over two and a half hours."""

from datetime import datetime
from functools import cache

import numpy as np
import polars as pl
import pytest

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.domain.events import EVENT_TYPES, Kind
from services.simulator.domain.geography import kilometres
from services.simulator.domain.nodes import in_order
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data

USERS, MINUTES = 1_200, 140
TIMES = {
    "lunch_rush": "2026-06-05T11:30-04:00",
    "friday_night": "2026-06-05T18:00-04:00",
    "weekend_brunch": "2026-06-06T10:00-04:00",
    "concert_night": "2026-06-05T17:30-04:00",
    "new_user_onboarding": "2026-06-03T08:00-04:00",
    "normal_day": "2026-06-03T12:00-04:00",
}
NAMES = ("kind", "time", "user", "venue", "size", "when", "cause")
ACTS = ("venue.viewed", "venue.saved", "venue.liked", "interest.expressed", "visit.started", "booking.requested")


@cache
def told(scenario: str, *, happens: bool, minutes: int = MINUTES, users: int = USERS) -> pl.DataFrame:
    """What people do in so many minutes, with the venue's category, price and place, and whether it is photogenic."""
    rows = []

    def run(turn: Turn) -> None:
        in_order(turn)
        rows.append(turn.events.rows())

    start = int(datetime.fromisoformat(TIMES[scenario]).timestamp()) * 1_000_000
    config = CityConfig(users=users, venues=150, start=start, profile="dense")
    city = City(config, 3, Identity("run", 0, "dining", "new_york"), data(), run)
    order = [Command("a", "scenario", {"scenario": scenario})]
    for tick in range(minutes):
        result = city.step((), order if tick == 0 and happens else ())
        assert all(one.accepted and "warning" not in one.result for one in result.results)
    events = np.concatenate(rows)
    venues, venue = city._state.venues, events["venue"]
    columns = {name: events[name] for name in NAMES}
    columns["type"] = np.array([EVENT_TYPES.get(Kind(kind), "") for kind in events["kind"].tolist()])
    columns["category"] = np.array(list(data().world.categories))[venues["category"][venue]]
    columns["price"] = venues["price"][venue]
    columns["photogenic"] = venues["features"][venue] >> list(data().world.features).index("photogenic") & 1
    arena = data().almanac.arenas[0]
    there = venues["latitude"][venue], venues["longitude"][venue]
    columns["km"] = kilometres(*there, arena.latitude, arena.longitude)
    return pl.DataFrame(columns)


def both(scenario: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """With it and without it."""
    return told(scenario, happens=True), told(scenario, happens=False)


def of(frame: pl.DataFrame, *types: str) -> pl.DataFrame:
    """Events of some types."""
    return frame.filter(pl.col("type").is_in(types))


def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    """Of the choices of venues, those for which a condition is true."""
    chosen = of(frame, *ACTS)
    return chosen.filter(condition).height / chosen.height


def lead_hours(frame: pl.DataFrame) -> float:
    """Median time between asking for a table and the meal."""
    asked = of(frame, "booking.requested")
    return float(np.median((asked["when"] - asked["time"]).to_numpy() / 3.6e9))


def party(frame: pl.DataFrame) -> float:
    """Mean number of people of those who come and of those who ask for a table."""
    return float(of(frame, "visit.started", "booking.requested")["size"].to_numpy().mean())


def guests_beside(frame: pl.DataFrame) -> float:
    """How many come to the place of a visit, on the mean of visits: whom one competes with for a table."""
    coming = of(frame, "visit.started").group_by("venue").agg(pl.col("size").sum())["size"].to_numpy().astype(float)
    return float((coming**2).sum() / coming.sum())


def looks_before_booking(frame: pl.DataFrame) -> float:
    """Looks at venues for every table asked for: how long people take to decide."""
    looks = of(frame, "venue.browsed", "venue.viewed", "venue.saved", "search.performed", "venue.liked").height
    return looks / of(frame, "booking.requested").height


def test_a_normal_day_changes_nothing() -> None:
    happens, not_ = both("normal_day")
    assert happens["cause"].filter(happens["type"].is_in(["scenario.started", "scenario.holding"])).min() == 1
    lives = [frame.filter(pl.col("kind") < 40).drop("cause") for frame in (happens, not_)]
    assert lives[0].equals(lives[1])
    assert of(happens, "truth.suppressed").is_empty()


def at_once(frame: pl.DataFrame) -> float:
    """Share of tables that are for the next four hours."""
    asked = of(frame, "booking.requested")
    return asked.filter(pl.col("when") - pl.col("time") < 4 * HOUR).height / asked.height


def test_a_lunch_rush_brings_people_to_quick_places_and_competition_for_tables() -> None:
    rush, calm = both("lunch_rush")
    assert of(rush, "session.started").height > 1.4 * of(calm, "session.started").height
    assert of(rush, "visit.started").height > 1.7 * of(calm, "visit.started").height
    assert of(rush, "booking.requested").height > 1.3 * of(calm, "booking.requested").height
    assert of(rush, "invite.sent").height > 1.2 * of(calm, "invite.sent").height
    quick = pl.col("category").is_in(["fast_food", "healthy", "cafe"])
    assert share(rush, quick) > share(calm, quick) + 0.03
    assert party(rush) > party(calm) + 0.2
    assert guests_beside(rush) > 1.5 * guests_beside(calm)
    assert lead_hours(rush) < lead_hours(calm)
    assert at_once(rush) > 3 * at_once(calm)
    lunches = of(rush, "group.formed").filter(pl.col("when") - pl.col("time") < 4 * HOUR).height
    assert lunches > 3 * max(of(calm, "group.formed").filter(pl.col("when") - pl.col("time") < 4 * HOUR).height, 1)


def test_on_a_friday_night_groups_form_and_bars_and_dear_places_are_wanted() -> None:
    night, calm = both("friday_night")
    assert of(night, "invite.sent").height > 1.3 * of(calm, "invite.sent").height
    assert of(night, "invite.accepted").height > 1.4 * of(calm, "invite.accepted").height
    assert of(night, "group.formed").height > of(calm, "group.formed").height
    assert share(night, pl.col("category") == "bar") > 1.4 * share(calm, pl.col("category") == "bar")
    assert share(night, pl.col("price") >= 3) > share(calm, pl.col("price") >= 3) + 0.03


def test_at_a_brunch_groups_are_larger_decisions_longer_and_places_photogenic() -> None:
    brunch, calm = both("weekend_brunch")
    sizes = [of(frame, "booking.requested", "interest.expressed")["size"].mean() for frame in (brunch, calm)]
    assert sizes[0] > sizes[1] + 0.3  # type: ignore[operator]
    assert at_once(brunch) > 1.5 * at_once(calm)
    assert looks_before_booking(brunch) > 1.3 * looks_before_booking(calm)
    assert share(brunch, pl.col("photogenic") == 1) > 1.5 * share(calm, pl.col("photogenic") == 1)


def test_on_a_concert_night_one_area_surges_at_short_notice() -> None:
    night, calm = both("concert_night")
    near = [of(frame, "visit.started").filter(pl.col("km") < 1.5).height for frame in (night, calm)]
    assert near[0] > 2 * near[1]
    assert lead_hours(night) < 0.5 * lead_hours(calm)
    far = [of(frame, "visit.started").filter(pl.col("km") >= 1.5).height for frame in (night, calm)]
    assert near[0] / near[1] > far[0] / far[1]


def test_onboarding_brings_newcomers_who_complete_profiles_and_find_friends() -> None:
    wave, calm = both("new_user_onboarding")
    assert of(wave, "user.registered").height > 10 * max(of(calm, "user.registered").height, 1)
    newcomers = pl.col("user") >= USERS
    for kind in ("profile.completed", "friend.requested", "venue.viewed", "search.performed"):
        assert of(wave, kind).filter(newcomers).height > 5 * of(calm, kind).filter(newcomers).height, kind
    assert of(wave, "friend.accepted").height > 1.5 * of(calm, "friend.accepted").height


@pytest.mark.parametrize("scenario", ["lunch_rush", "friday_night", "weekend_brunch", "concert_night"])
def test_much_of_what_happens_more_is_labelled(scenario: str) -> None:
    happens, calm = both(scenario)
    labelled = happens.filter((pl.col("cause") > 0) & (pl.col("kind") < 40)).height
    assert labelled > happens.filter(pl.col("kind") < 40).height - calm.filter(pl.col("kind") < 40).height
    assert of(happens, "truth.suppressed")["cause"].min() == 1

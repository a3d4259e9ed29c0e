"""A wave of newcomers in the whole city: nothing is known of them, then their tastes are, and friends are found."""

import numpy as np
import polars as pl
import pytest

from cli.offline import OfflineRun, compose
from services.analytics.domain.venues import TASTES
from services.simulator.domain.city import CityConfig, Command
from services.simulator.offline import Order

USERS, MINUTES = 150, 180
CONFIG = CityConfig(users=USERS, venues=60, start=1_780_488_000_000_000, profile="dense")
"""From Wednesday 2026-06-03 08:00 in New York."""

COLUMNS = [f"taste_{taste}" for taste in TASTES]
UNKNOWN = 0.5
"""A taste of which nothing is known."""

LIKED = ["venue.viewed", "venue.liked", "venue.saved", "interest.expressed", "visit.started", "recommendation.accepted"]


@pytest.fixture(scope="module")
def city() -> OfflineRun:
    """Three hours from the start of the scenario: the wave, and the hour after it."""
    run = compose(CONFIG, 5, [Order(0, Command("wave", "scenario", {"scenario": "new_user_onboarding"}))])
    run.host.run(MINUTES)
    run.host.settle()
    return run


@pytest.fixture(scope="module")
def newcomers(city: OfflineRun) -> set[str]:
    """Whom the scenario brought."""
    (cause,) = city.city.causes
    joined = city.log.read("user_actions").frame.filter(event_type="user.registered", cause_id=cause)
    return set(joined["user_id"].to_list())


@pytest.fixture(scope="module")
def preferences(city: OfflineRun, newcomers: set[str]) -> pl.DataFrame:
    """Rows of newcomers on ``preferences``, in order of arrival."""
    return city.log.read("preferences").frame.filter(pl.col("user_id").is_in(newcomers))


def of_each(preferences: pl.DataFrame) -> list[pl.DataFrame]:
    return preferences.partition_by("user_id", maintain_order=True)


def test_the_wave_brings_people_of_whom_the_city_knew_nothing(city: OfflineRun, newcomers: set[str]) -> None:
    assert len(newcomers) > 20
    assert min(newcomers) >= f"u{USERS:07d}"
    first = (
        city.log.read("preferences")
        .frame.filter(pl.col("user_id").is_in(newcomers))
        .unique("user_id", keep="first", maintain_order=True)
    )
    joined = city.log.read("user_actions").frame.filter(event_type="user.registered")
    times = first.join(joined.select("user_id", joined="simulation_time"), on="user_id")
    assert times.height == first.height
    assert (times["simulation_time"] > times["joined"]).all()


def test_their_tastes_move_on_from_the_first_row_action_by_action(
    newcomers: set[str], preferences: pl.DataFrame
) -> None:
    rows = of_each(preferences)
    assert len(rows) > 0.25 * len(newcomers), "the others have hardly looked at a place yet"
    moved = 0
    for mine in rows:
        assert mine["version"].is_sorted()
        assert mine["version"].n_unique() == mine.height
        tastes = mine.select(COLUMNS).to_numpy()
        if mine["version"][-1] > 1 and np.abs(tastes[-1] - tastes[0]).sum() > 0.05:
            moved += 1
    assert moved > 0.5 * len(rows)


def test_tastes_start_in_the_middle_and_end_apart(preferences: pl.DataFrame) -> None:
    ends = [mine.select(COLUMNS).to_numpy()[[0, -1]] for mine in of_each(preferences) if mine.height > 1]
    first, last = (np.abs(np.array(ends)[:, place] - UNKNOWN).sum(axis=1) for place in (0, 1))
    assert np.median(last) > 1.5 * np.median(first)
    best = {COLUMNS[int(tastes[-1].argmax())] for tastes in ends}
    assert len(best) >= 4, "not everybody comes to like the same"


def test_what_is_learned_of_a_newcomer_is_what_they_turned_to(city: OfflineRun, preferences: pl.DataFrame) -> None:
    venues = city.log.read("venues").frame.unique("venue_id", keep="last")
    acts = city.log.read("user_actions").frame.filter(pl.col("event_type").is_in(LIKED))
    turned_to = acts.join(venues.select("venue_id", "cuisine"), on="venue_id").select("user_id", "cuisine").unique()
    tastes = preferences.unique("user_id", keep="last").unpivot(COLUMNS, index="user_id", variable_name="taste")
    tastes = tastes.with_columns(cuisine=pl.col("taste").str.strip_prefix("taste_"))
    known = tastes.join(turned_to, on=["user_id", "cuisine"], how="semi")["value"].to_numpy()
    others = tastes.join(turned_to, on=["user_id", "cuisine"], how="anti")["value"].to_numpy()
    assert len(known) > 50
    assert known.mean() > others.mean() + 0.03


def test_newcomers_find_friends(city: OfflineRun, newcomers: set[str]) -> None:
    accepted = city.log.read("social_interactions").frame.filter(event_type="friend.accepted")
    asked, answered = accepted["other_user_id"].is_in(newcomers), accepted["user_id"].is_in(newcomers)
    theirs = accepted.filter(asked | answered)
    with_friends = newcomers & {*theirs["user_id"], *theirs["other_user_id"]}
    assert len(with_friends) > 0.3 * len(newcomers)
    assert accepted.filter(asked & ~answered).height > 5, "people of the city take them in"

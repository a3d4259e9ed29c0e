"""A telling steered from the page alone, from nobody to its end: each step is on topics, in database and chances."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg import sql

from cli.servers.guard import Guard
from tests.e2e.conftest import Arrive
from tests.e2e.consumer import read_all
from tests.e2e.reading import acknowledged
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually
from tests.laws.reading import Reading

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]

NOBODY = {
    "LUNA_SIMULATOR__USERS": "0",
    "LUNA_SIMULATOR__VENUES": "5",
    "LUNA_SIMULATOR__BACKFILL_DAYS": "0",
    # so slow that nobody moves here by themselves before somebody is asked for
    "LUNA_SIMULATOR__SPEED": "1",
    # a Friday on which dinner is near
    "LUNA_SIMULATOR__START": "2026-06-05T17:00:00-04:00",
}
PEOPLE, VENUES, NEWCOMERS, SOME = 80, 20, 15, 3
SOMEBODY = "u0000003"


@pytest.fixture
def empty(guard: Guard, data_dirs: Iterator[Path]) -> Iterator[Stack]:
    """A city in which nobody lives."""
    with closing(Stack(next(data_dirs), guard, NOBODY)) as stack:
        stack.start().wait_until_live()
        yield stack


def heard(city: Stack) -> Reading:
    """All topics, of the telling that runs."""
    state = city.state()
    return read_all(city.bootstrap, city.url).reading.tellings()[state["run_id"], state["branch"]]


def kept(city: Stack, table: str) -> set[str]:
    """Ids in a table of the booking service, of the telling that runs."""
    password = (city.data_dir / "postgres.password").read_text(encoding="utf-8").strip()
    query = sql.SQL("SELECT {} FROM booking.{} WHERE scope_id = (SELECT scope_id FROM booking.live)").format(
        sql.Identifier("venue_id" if table == "venues" else "booking_id"), sql.Identifier(table)
    )
    with psycopg.connect(f"postgresql://luna:{password}@127.0.0.1:{city.ports.postgres}/luna") as database:
        return {str(name) for (name,) in database.execute(query)}


def chances(city: Stack) -> dict[str, Any]:
    """The simulator's account of somebody: probabilities of what they may do, and what makes them so."""
    account = city.get(f"/admin/explain/{SOMEBODY}")
    assert sum(account["result"].values()) == pytest.approx(1.0, abs=0.01)
    return account


@pytest.mark.timeout(1200)
def test_a_city_is_peopled_steered_and_ended_from_the_page(arrive: Arrive, empty: Stack) -> None:
    page = arrive((1440, 900), "dark")
    nobody_lives_here(page, empty)
    a_seed_makes_people_and_places(page, empty)
    time_runs_and_they_live(page, empty)
    newcomers_join(page, empty)
    behaviour_is_what_was_ordered(page, empty)
    what_is_triggered_happens(page, empty)
    a_scenario_is_felt(page, empty)
    the_end_is_the_end(page, empty)


def nobody_lives_here(page: Page, city: Stack) -> None:
    page.goto(f"{city.url}/#/people")
    expect(page.locator("#view")).to_contain_text("Nobody lives here yet")
    assert city.get("/users")["users"] == []
    assert city.api.get(f"/admin/explain/{SOMEBODY}").status_code == 404
    assert not list(heard(city).of_topic("user_actions"))
    eventually(lambda: len(kept(city, "venues")) == int(NOBODY["LUNA_SIMULATOR__VENUES"]))
    assert kept(city, "bookings") == set()


def a_seed_makes_people_and_places(page: Page, city: Stack) -> None:
    before = city.state()
    page.goto(f"{city.url}/#/control")
    for name, value in {"seed": 7, "users": PEOPLE, "venues": VENUES}.items():
        page.get_by_test_id(f"data-{name}").fill(str(value))
    page.get_by_test_id("seed").click()
    page.get_by_test_id("seed-confirm").click()
    acknowledged(page, "seed")
    eventually(lambda: city.state()["run_id"] != before["run_id"] and city.state()["phase"] == "running")
    expect(page.get_by_test_id("total-users")).to_have_attribute("data-value", str(PEOPLE))
    expect(page.get_by_test_id("total-venues")).to_have_attribute("data-value", str(VENUES))
    told = heard(city)
    venues = {record["venue_id"] for record in told.of_topic("venues")}
    assert len({record["user_id"] for record in told.of_topic("users")}) == PEOPLE
    assert len(venues) == VENUES
    eventually(lambda: kept(city, "venues") == venues)
    assert chances(city)["persona"] == city.get(f"/users/{SOMEBODY}")["persona"]


def time_runs_and_they_live(page: Page, city: Stack) -> None:
    page.locator("#view").get_by_test_id("speed-300").click()
    acknowledged(page, "speed")
    booked = page.get_by_test_id("total-bookings_confirmed")
    eventually(lambda: int(booked.get_attribute("data-value") or 0) >= SOME, 240.0)
    assert confirmed(city) <= kept(city, "bookings") | kept(city, "archive")


def newcomers_join(page: Page, city: Stack) -> None:
    before = int(city.state()["population"])
    page.get_by_label("Newcomers").fill(str(NEWCOMERS))
    page.get_by_test_id("spawn").click()
    acknowledged(page, "spawn")
    eventually(lambda: int(city.state()["population"]) >= before + NEWCOMERS)
    new = f"u{before:07d}"
    eventually(lambda: city.api.get(f"/users/{new}").is_success)
    assert any(record["user_id"] == new for record in heard(city).of_topic("user_actions", "user.registered"))


def behaviour_is_what_was_ordered(page: Page, city: Stack) -> None:
    before = chances(city)["result"]["search"]
    page.get_by_test_id("share-search").fill("0.5")
    page.get_by_test_id("behavior-apply").click()
    acknowledged(page, "behavior")
    eventually(lambda: chances(city)["result"]["search"] > max(0.3, 2 * before), said=lambda: chances(city))
    sources = {step["source"] for step in chances(city)["steps"] if step["target"] == "action.search"}
    assert "ordered behaviour" in sources


def what_is_triggered_happens(page: Page, city: Stack) -> None:
    page.get_by_test_id("trigger-kind").select_option(label="Traffic")
    page.get_by_label("Level").select_option("severe")
    page.get_by_test_id("trigger").click()
    acknowledged(page, "trigger")
    eventually(lambda: chances(city)["surroundings"]["traffic"] == "severe")
    changes = [record for record in heard(city).of_topic("environment", "traffic.changed") if record["cause_id"]]
    assert changes, "no change of traffic has a cause"


def a_scenario_is_felt(page: Page, city: Stack) -> None:
    card = page.get_by_test_id("scenario-friday_night")
    card.click()
    acknowledged(page, "scenario-friday_night")
    expect(card).to_have_attribute("data-phase", "holding")
    named = "scenario friday_night"
    eventually(lambda: named in {step["source"] for step in chances(city)["steps"]}, said=lambda: chances(city))
    windows = heard(city).of_topic("ground_truth", "truth.scenario_window")
    assert "friday_night" in {window["name"] for window in windows}


def the_end_is_the_end(page: Page, city: Stack) -> None:
    page.get_by_test_id("stop").click()
    page.get_by_test_id("stop-confirm").click()
    acknowledged(page, "stop")
    expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", "stopped")
    tick = city.state()["tick"]
    last = list(heard(city).of_topic("simulation_control", "state.changed"))[-1]
    assert last["phase"] == "stopped"
    assert city.api.post("/admin/control/users/spawn/1").status_code == 409
    assert city.state()["tick"] == tick
    assert confirmed(city) <= kept(city, "bookings") | kept(city, "archive")


def confirmed(city: Stack) -> set[str]:
    """Bookings that have been given a table, as their topic has them."""
    found = {str(record["booking_id"]) for record in heard(city).of_topic("bookings", "booking.confirmed")}
    assert len(found) >= SOME
    return found

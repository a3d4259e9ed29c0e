"""The view Events: a record lies where the API says, its story is whole, and filters let nothing else through."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reading import attributes
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def column(page: Page, name: str) -> str:
    """A fact of the open record."""
    return page.get_by_test_id("record").locator(f"[data-column='{name}']").inner_text()


def test_a_record_has_an_address_its_place_on_kafka_and_its_story(page: Page, city: Stack) -> None:
    city.settle()
    seated = city.get("/admin/streams/history/bookings?limit=1&event_type=booking.seated")["events"][0]
    page.goto(f"{city.url}/#/events?event={seated['event_id']}&topic=bookings&user={seated['user_id']}")
    expect(page.get_by_test_id("record-place")).to_be_visible()
    contract = httpx.get(f"{city.url}/registry/subjects/bookings-value/versions/latest", trust_env=False).json()
    eventually(lambda: column(page, "Schema id") == str(contract["id"]))
    assert (column(page, "Partition"), column(page, "Offset")) == (str(seated["partition"]), str(seated["offset"]))
    assert column(page, "booking_id") == seated["booking_id"]
    story = page.get_by_test_id("story")
    expect(story).to_be_visible()
    told = set(attributes(story.locator("li"), "data-event"))
    of_user = f"/admin/streams/history/bookings?limit=1000&user_id={seated['user_id']}"
    life = {row["event_id"] for row in city.get(of_user)["events"] if row.get("booking_id") == seated["booking_id"]}
    assert len(life) > 1
    assert life <= told
    for stage in ("Asked", "Answered", "Visited"):
        expect(page.locator(f"[data-stage={stage}]")).to_have_attribute("data-done", "true")


def test_filters_hold_pause_and_clear_do_what_they_say(page: Page, city: Stack) -> None:
    page.goto(f"{city.url}/#/events?channels=user_actions&type=venue.viewed&group=0")
    rows = page.get_by_test_id("event")
    eventually(lambda: rows.count() >= 3)
    assert set(attributes(rows, "data-event-type")) == {"venue.viewed"}
    page.get_by_test_id("events-hold").click()
    held = attributes(rows, "data-event")
    heard = city.stats()["events"]["user_actions"]["venue.viewed"]
    eventually(lambda: city.stats()["events"]["user_actions"]["venue.viewed"] > heard)
    assert attributes(rows, "data-event") == held
    page.get_by_test_id("events-clear").click()
    eventually(lambda: held[0] not in attributes(rows, "data-event"))


def test_another_time_is_shown_up_to_that_time(page: Page, city: Stack) -> None:
    held = city.get("/admin/streams/history/bookings?limit=1000")["events"]
    last = [row["simulation_time"] for row in held if row["simulation_time"].endswith("59.999999Z")]  # of their minute
    times = last or [row["simulation_time"] for row in held]
    at = times[len(times) // 2][:23] + "999Z"  # to the millisecond
    newest = max(row["simulation_time"] for row in held if row["simulation_time"] <= at)
    page.goto(f"{city.url}/#/events?channels=bookings&group=0&at={at}")
    rows = page.get_by_test_id("event")
    eventually(lambda: max(attributes(rows.locator("time"), "datetime"), default="") == newest)

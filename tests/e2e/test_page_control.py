"""The view Control: every order is acknowledged, and the city shows its effect where the API tells it."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reading import acknowledged
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def control(page: Page, city: Stack) -> Page:
    """The view Control of the running city."""
    page.goto(f"{city.url}/#/control")
    expect(page.get_by_test_id("orders").or_(page.get_by_text("Every command is answered")).first).to_be_visible()
    return page


def test_people_weather_and_traffic_ordered_on_the_page_come_true(control: Page, city: Stack) -> None:
    before = int(city.state()["population"])
    control.get_by_label("Newcomers").fill("7")
    control.get_by_test_id("spawn").click()
    acknowledged(control, "spawn")
    eventually(lambda: int(city.state()["population"]) >= before + 7)
    control.get_by_test_id("weather-snow").click()
    acknowledged(control, "weather")
    eventually(lambda: city.get("/environment")["weather"]["condition"] == "snow")
    control.get_by_test_id("weather-own").click()
    control.get_by_test_id("trigger-kind").select_option(label="Traffic")
    control.get_by_label("Level").select_option("severe")
    control.get_by_test_id("trigger").click()
    acknowledged(control, "trigger")
    eventually(lambda: city.get("/environment")["traffic"]["condition"] == "severe")
    eventually(lambda: any(one["event_type"] == "truth.external_event" for one in city.get("/ground-truth")["windows"]))


def test_behaviour_ordered_by_a_slider_is_the_mix_that_the_simulator_acknowledges(control: Page, city: Stack) -> None:
    expect(control.get_by_test_id("behavior-apply")).to_be_disabled()
    control.get_by_test_id("share-search").fill("0.5")
    control.get_by_test_id("behavior-apply").click()
    acknowledged(control, "behavior")
    given = city.get("/admin/streams/history/simulation_control?event_type=command.issued&limit=1")["events"][0]
    assert given["command"] == "behavior"
    assert '"search":0.5' in given["parameters"].replace(" ", "")


def test_the_city_begins_anew_only_after_a_second_word(control: Page, city: Stack) -> None:
    branch = city.state()["branch"]
    control.get_by_test_id("reset").click()
    control.get_by_role("button", name="Keep this city").last.click()
    assert city.state()["branch"] == branch
    control.get_by_test_id("reset").click()
    control.get_by_test_id("reset-confirm").click()
    eventually(lambda: city.state().get("branch", branch) != branch, 120.0)
    eventually(lambda: city.state().get("phase") == "running", 240.0)
    events = control.get_by_test_id("total-events")
    eventually(lambda: abs(int(events.get_attribute("data-value") or 0) - city.stats()["totals"]["events"]) < 500)


def test_a_snapshot_taken_on_the_page_is_kept_and_listed_there(control: Page, city: Stack) -> None:
    control.get_by_test_id("snapshot-name").fill("before-dessert")
    control.get_by_test_id("snapshot-description").fill("a quiet dinner")
    control.get_by_test_id("snapshot-take").click()
    outcome = control.get_by_test_id("snapshot-outcome")
    eventually(lambda: outcome.get_attribute("data-status") != "pending", said=outcome.text_content)
    acknowledged(control, "snapshot")
    row = control.get_by_test_id("saved-before-dessert")
    expect(row).to_contain_text("a quiet dinner")
    kept = [one for one in city.get("/admin/simulation/snapshots")["snapshots"] if one["name"] == "before-dessert"]
    assert [one["simulation_time"] for one in kept] == [row.get_attribute("data-time")]

"""The view Flow: its figures, funnel and ranking are those that analytics answers."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reading import attributes
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def value(page: Page, tile: str) -> float:
    """A figure of the view; -1 while it is not known."""
    return float(page.get_by_test_id(f"tile-{tile}").get_attribute("data-value") or -1)


def test_figures_funnel_and_ranking_are_those_of_the_api(page: Page, city: Stack) -> None:
    city.settle()
    page.goto(f"{city.url}/#/flow?range=24h&by=views")
    answer = city.get("/admin/metrics/aggregate?time_range=24h&group_by=hour")
    events = sum(bucket["events"] for bucket in answer["buckets"])
    booked = sum(bucket["by_type"].get("booking.requested", 0) for bucket in answer["buckets"])
    page.get_by_test_id("tile-events").wait_for()
    eventually(lambda: value(page, "events") == events, said=lambda: f"{value(page, 'events')} is not {events}")
    assert value(page, "bookings") == booked
    steps = city.get("/admin/metrics/funnel?time_range=24h")["steps"]
    for step in steps:
        expect(page.get_by_test_id(f"step-{step['step']}")).to_have_attribute("data-users", str(step["users"]))
    ranked = city.get("/admin/metrics/top?what=venues&by=views&limit=8&time_range=24h")["items"]
    listed = page.locator("[data-testid=top-venues] > li")
    expect(listed).to_have_count(len(ranked))
    assert attributes(listed, "data-venue") == [item["id"] for item in ranked]
    assert attributes(listed, "data-count") == [str(item["count"]) for item in ranked]


def test_live_counts_what_comes_and_a_range_has_an_address(page: Page, city: Stack) -> None:
    page.goto(f"{city.url}/#/flow")
    eventually(lambda: value(page, "events") > 0)
    page.get_by_test_id("range-1h").click()
    expect(page.get_by_test_id("flow-view")).to_have_attribute("data-range", "1h")
    expect(page).to_have_url(f"{city.url}/#/flow?range=1h")
    page.reload()
    expect(page.get_by_test_id("range-1h")).to_have_attribute("aria-pressed", "true")

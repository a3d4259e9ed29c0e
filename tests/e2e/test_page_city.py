"""The view City: its surroundings are those of the API, and all that it shows stands in its address."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def asked(page: Page) -> dict[str, str]:
    """Filters of the page's address."""
    query = urlsplit(urlsplit(page.url).fragment).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def test_the_map_shows_what_the_city_says_and_remembers_how_it_was_looked_at(page: Page, city: Stack) -> None:
    weather = page.get_by_test_id("environment-weather")
    eventually(lambda: weather.get_attribute("data-condition") == city.get("/environment")["weather"]["condition"])
    page.get_by_test_id("layer-bookings").click()
    page.get_by_test_id("layer-people").click()
    page.get_by_test_id("map-nearer").click()
    page.get_by_test_id("heat-window").fill("2")
    eventually(lambda: asked(page).get("heat") == "60", said=lambda: page.url)
    assert asked(page).keys() == {"layers", "zoom", "at", "heat"}
    expect(page.get_by_test_id("map")).not_to_have_attribute("data-source", "glow")
    page.reload()
    expect(page.get_by_test_id("layer-bookings")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("layer-people")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("heat-window")).to_have_value("2")


def test_a_venue_has_an_address_and_its_card_says_what_the_api_says(page: Page, city: Stack) -> None:
    venue = city.get("/venues?limit=1")["venues"][0]
    page.goto(f"{city.url}/#/city?venue={venue['venue_id']}")
    card = page.get_by_role("complementary", name=venue["name"])
    expect(card).to_contain_text(f"{venue['seats']} seats")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    eventually(lambda: "venue" not in asked(page), said=lambda: page.url)

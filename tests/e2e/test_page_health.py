"""The view Health: who lives and who is behind, as the gateway says."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def test_every_service_is_listed_and_all_have_read_everything_when_the_city_rests(page: Page, city: Stack) -> None:
    page.goto(f"{city.url}/#/health")
    for name in [*city.stats()["services"], "gateway", "kafka", "database"]:
        expect(page.get_by_test_id(f"service-{name}")).to_have_attribute("data-alive", "true")
    city.settle()
    try:
        for name in city.stats()["lag"]:
            expect(page.get_by_test_id(f"lag-{name}")).to_have_text("up to date")
    finally:
        city.resume()


def test_dead_letters_have_an_address(page: Page, city: Stack) -> None:
    page.goto(f"{city.url}/#/health?dlq=bookings")
    button = page.get_by_test_id("dlq-bookings")
    expect(button).to_have_attribute("aria-pressed", "true")
    eventually(lambda: _number(button.text_content() or "") == city.stats()["dlq"]["bookings"])
    button.click()
    expect(page).to_have_url(f"{city.url}/#/health")


def _number(text: str) -> int:
    """The number in a text; thousands stand apart."""
    return int("".join(filter(str.isdigit, text)) or -1)

"""The shell of the page in headless Chromium: addresses, keys, palette, tour, themes; for everybody, and small."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Arrive, Theme
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]

MOST_BYTES = 600_000
"""Of scripts and styles, packed, until the first view stands."""

SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}


def views(page: Page) -> list[str]:
    """Ids of the views, from the rail."""
    expect(page.locator(".rail-link").first).to_be_visible()
    return [str(link.get_attribute("data-testid")) for link in page.locator(".rail-link").all()]


def test_every_view_has_an_address_a_key_and_a_line_in_the_palette(
    page: Page, city: Stack, complaints: list[str]
) -> None:
    for testid in views(page):
        name = testid.removeprefix("view-")
        key = str(page.get_by_test_id(testid).get_attribute("title"))[-2]
        page.keyboard.press(key)
        expect(page.locator("#view")).to_have_attribute("data-view", name)
        expect(page).to_have_url(f"{city.url}/#/{name}")
        expect(page.locator("#view .panel").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("health")
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_have_attribute("data-view", "health")
    page.go_back()
    expect(page.locator("#view")).not_to_have_attribute("data-view", "health")
    page.goto(f"{city.url}/#/nowhere")
    expect(page.locator("#view")).to_contain_text("There is no view")
    assert complaints == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
def test_nobody_is_kept_out_of_any_view(arrive: Arrive, city: Stack, size: str, theme: Theme) -> None:
    page = arrive(SIZES[size], theme)
    page.goto(city.url)
    somebody = city.get("/users?limit=1")["users"][0]["user_id"]
    found = {}
    for name in [*(testid.removeprefix("view-") for testid in views(page)), f"people/{somebody}"]:
        page.goto(f"{city.url}/#/{name}")
        expect(page.locator(f"#view[data-view={name.split('/')[0]}] .panel").first).to_be_visible()
        found[name] = violations(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} px wider than {size}"
    assert not any(found.values()), found


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nobody_is_kept_out_of_what_opens_above_a_view(arrive: Arrive, city: Stack, theme: Theme) -> None:
    page = arrive(SIZES["desk"], theme)
    page.goto(f"{city.url}/#/city")
    expect(page.get_by_test_id("feed-row").first).to_be_visible()
    found = {}
    page.keyboard.press("Control+k")
    expect(page.get_by_test_id("palette")).to_be_visible()
    found["palette"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("tour-open").click()
    expect(page.get_by_test_id("tour")).to_be_visible()
    found["tour"] = violations(page)
    page.keyboard.press("Escape")
    venue = city.get("/venues?limit=1")["venues"][0]["venue_id"]
    page.goto(f"{city.url}/#/city?venue={venue}")
    expect(page.locator(".venue-card")).to_be_visible()
    found["venue"] = violations(page)
    page.goto(f"{city.url}/#/events")
    page.get_by_test_id("event").first.click()
    expect(page.get_by_test_id("record")).to_be_visible()
    found["record"] = violations(page)
    page.goto(f"{city.url}/#/control")
    page.get_by_test_id("reset").click()
    expect(page.locator("dialog.dialog[open]")).to_be_visible()
    found["dialog"] = violations(page)
    page.keyboard.press("Escape")
    assert not any(found.values()), found


def test_the_first_view_stands_after_few_bytes(arrive: Arrive, city: Stack) -> None:
    page = arrive(SIZES["desk"], "dark")
    sizes: dict[str, int] = {}

    def weigh(request: Request) -> None:
        if request.resource_type in {"script", "stylesheet", "document"}:
            sizes[request.url] = request.sizes()["responseBodySize"]

    page.on("requestfinished", weigh)
    page.goto(city.url)
    expect(page.get_by_test_id("map")).to_be_visible()
    assert 50_000 < sum(sizes.values()) < MOST_BYTES, sizes


def test_the_tour_leads_through_five_acts_and_what_it_offers_happens(page: Page, city: Stack) -> None:
    before = int(city.state()["population"])
    page.get_by_test_id("tour-open").click()
    tour = page.get_by_test_id("tour")
    tour.get_by_role("button", name="Add 50 people").click()
    eventually(lambda: int(city.state()["population"]) >= before + 50)
    for act in range(2, 6):
        page.get_by_test_id("tour-next").click()
        expect(tour).to_have_attribute("data-act", str(act))
    page.get_by_test_id("tour-next").click()
    expect(tour).to_have_count(0)

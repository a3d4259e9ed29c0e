"""Where sockets are not let through: events by server-sent events, then by asking; commands by REST; always said."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Arrive
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def opened(arrive: Arrive, city: Stack, *refused: str) -> Page:
    """The page behind something that lets no socket through, nor the addresses named."""
    page = arrive((1440, 900), "dark")
    page.route_web_socket("**/ws/**", lambda socket: socket.close())
    for address in refused:
        page.route(address, lambda route: route.abort())
    page.goto(city.url)
    return page


@pytest.mark.parametrize(
    ("refused", "state", "words"), [((), "events", "server-sent events"), (("**/subscribe-all*",), "polling", "asks")]
)
def test_the_page_lives_on_without_sockets_and_says_how(
    arrive: Arrive, city: Stack, refused: tuple[str, ...], state: str, words: str
) -> None:
    page = opened(arrive, city, *refused)
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", state)
    expect(page.get_by_test_id("banner")).to_contain_text(words)
    clock = page.get_by_test_id("clock")
    before = clock.get_attribute("datetime") or ""
    eventually(lambda: (clock.get_attribute("datetime") or "") > before)
    eventually(lambda: page.get_by_test_id("feed-row").count() >= 5)
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("ack")).to_contain_text("acknowledged over REST")
    eventually(lambda: city.state()["phase"] == "paused")
    page.close()
    city.resume()

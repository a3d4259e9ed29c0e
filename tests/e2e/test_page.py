"""The page in headless Chromium, on the running city: it shows life, steers it, and says when it is not connected."""

import json
from collections import Counter, defaultdict
from functools import partial
from operator import itemgetter

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.stack import SMALL_CITY, Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def pulses(page: Page) -> int:
    return int(page.get_by_test_id("map").get_attribute("data-pulses") or 0)


def moment(page: Page) -> str:
    """Simulated time that the page shows."""
    return page.get_by_test_id("clock").get_attribute("datetime") or ""


def test_the_page_shows_a_city_that_moves_without_a_complaint(page: Page, city: Stack, complaints: list[str]) -> None:
    drawn, before = pulses(page), moment(page)
    eventually(lambda: pulses(page) > drawn + 5)
    eventually(lambda: moment(page) > before)
    expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", "running")
    rows = page.get_by_test_id("feed-row")
    eventually(lambda: rows.count() >= 5)
    names = {str(user["name"]) for user in city.get("/users?limit=1000")["users"]}
    eventually(lambda: any(name in text for text in rows.all_inner_texts() for name in names))
    eventually(lambda: page.get_by_test_id("feed").evaluate("feed => feed.scrollHeight > feed.clientHeight"))
    page.get_by_test_id("feed").evaluate("feed => feed.scrollTo(0, 400)")
    eventually(lambda: page.get_by_test_id("feed").evaluate("feed => feed.scrollTop") > 0)
    assert complaints == []


def test_pause_on_the_page_stops_its_clock_and_resume_continues_it(page: Page, city: Stack) -> None:
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", "paused")
    expect(page.get_by_test_id("ack")).to_have_attribute("data-status", "acknowledged")
    held, wall = moment(page), city.state()["wall_time"]
    eventually(lambda: city.state()["wall_time"][:19] > wall[:19])  # a second and more of the real world
    assert moment(page) == held
    page.get_by_test_id("resume").click()
    expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", "running")
    eventually(lambda: moment(page) > held)


def test_a_scenario_clicked_is_acknowledged_holds_and_raises_the_rate(page: Page, city: Stack) -> None:
    page.goto(f"{city.url}/#/control")
    card = page.get_by_test_id("scenario-lunch_rush")
    city.give("/simulation/speed", {"multiplier": 1000})
    eventually(lambda: card.get_attribute("data-phase") == "off" and 10 <= city.now().hour < 20, 180.0)  # not at night
    city.give("/simulation/speed", {"multiplier": float(SMALL_CITY["LUNA_SIMULATOR__SPEED"])})
    card.click()
    expect(page.get_by_test_id("ack")).to_have_attribute("data-status", "acknowledged")
    expect(page.get_by_test_id("ack")).to_have_attribute("data-control", "scenario-lunch_rush")
    eventually(lambda: card.get_attribute("data-phase") in {"ramping", "holding"})
    windows = [one for one in city.get("/ground-truth")["windows"] if one["name"] == "lunch_rush"]
    marked = max(windows, key=itemgetter("starts_at"))["cause_id"]
    eventually(lambda: city.get(f"/admin/streams/history/user_actions?cause_id={marked}")["events"])
    card.click()
    eventually(lambda: card.get_attribute("data-phase") == "settling")


def test_the_page_says_when_it_is_not_connected_and_comes_back(page: Page, city: Stack) -> None:
    city.kill("gateway")
    expect(page.get_by_test_id("banner")).to_be_visible()
    expect(page.get_by_test_id("banner")).to_contain_text("Not connected")
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live", timeout=3 * PATIENCE_MS)
    expect(page.get_by_test_id("banner")).to_have_count(0)
    before = moment(page)
    eventually(lambda: moment(page) > before)


WATCHED = ("user_actions", "bookings", "recommendations")
Offsets = dict[tuple[str, int], list[int]]


def follow(heard: Offsets, skipped: Counter[str], resyncs: list[str], socket: WebSocket) -> None:
    """Note what a page hears over the sockets that it opens, and how much the gateway says it left out."""

    def take(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message.get("type") == "resync":
            resyncs.append(str(message))
        skipped[message.get("channel", "")] += message.get("skipped", 0)
        for record in message.get("events", []) if message.get("type") == "events" else []:
            if record["topic"] in WATCHED:
                heard[record["topic"], record["partition"]].append(record["offset"])

    socket.on("framereceived", take)


def test_no_record_is_missed_in_silence_and_none_is_told_twice_while_the_gateway_is_restarted(
    browser: Browser, city: Stack
) -> None:
    heard: Offsets = defaultdict(list)
    skipped: Counter[str] = Counter()
    resyncs: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.on("websocket", partial(follow, heard, skipped, resyncs))
    page.goto(city.url)
    live = expect(page.get_by_test_id("connection"))
    live.to_have_attribute("data-state", "live", timeout=PATIENCE_MS)

    def sum_of_heard() -> int:
        page.wait_for_timeout(100.0)  # what comes over a socket is told while something is asked of the page
        return sum(map(len, heard.values()))

    eventually(lambda: sum_of_heard() > 0 and {topic for topic, _ in heard} == set(WATCHED))
    city.kill("gateway")
    expect(page.get_by_test_id("banner")).to_be_visible()
    live.to_have_attribute("data-state", "live", timeout=3 * PATIENCE_MS)
    before = sum_of_heard()
    eventually(lambda: sum_of_heard() > before + 50)
    page.close()
    missing: Counter[str] = Counter()
    for (topic, _), offsets in heard.items():
        missing[topic] += len(set(range(offsets[0], offsets[-1] + 1)) - set(offsets))
    assert resyncs == []
    assert {topic: count for topic, count in missing.items() if count > skipped[topic]} == {}, "a gap that nobody told"
    assert [place for place, offsets in heard.items() if len(set(offsets)) != len(offsets)] == []

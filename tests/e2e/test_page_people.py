"""The view People: the graph is the API's, a search leads to a journey, and the journey is the API's."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reading import attributes
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.kafka, pytest.mark.postgres]


def test_the_graph_and_the_person_chosen_are_those_of_the_api(page: Page, city: Stack) -> None:
    city.settle()
    graph = city.get("/social/graph?limit=100")
    chosen = graph["nodes"][0]["user_id"]
    page.goto(f"{city.url}/#/people?most=100&person={chosen}")
    drawn = page.get_by_test_id("graph")
    expect(drawn).to_have_attribute("data-drawn", "yes")
    assert drawn.get_attribute("data-people") == str(len(graph["nodes"]))
    assert drawn.get_attribute("data-ties") == str(len(graph["edges"]))
    matches = page.locator("[data-testid=matches-of] > li")
    expect(matches.first).to_be_visible()
    answered = city.api.get(f"/recommendations/{chosen}/people?limit=5").json()
    wanted = [match["other_user_id"] for match in answered]
    assert attributes(matches, "data-person") == wanted
    page.get_by_test_id("to-journey").click()
    expect(page.get_by_test_id("journey")).to_have_attribute("data-person", chosen)


def test_a_search_leads_to_a_journey_with_the_milestones_and_deeds_of_the_api(page: Page, city: Stack) -> None:
    city.settle()
    met = city.get("/admin/streams/history/journeys?limit=1000&event_type=milestone.reached")["events"]
    user_id = met[0]["user_id"]
    page.goto(f"{city.url}/#/people")
    page.get_by_test_id("people-search").fill(city.get(f"/users/{user_id}")["name"])
    expect(page.get_by_test_id("people-found").first).to_be_visible()
    page.get_by_test_id("people-search").press("Enter")
    expect(page.get_by_test_id("journey")).to_be_visible()
    shown = str(page.get_by_test_id("journey").get_attribute("data-person"))
    page.goto(f"{city.url}/#/people/{shown}?show=milestones")
    wanted = {one["milestone"] for one in city.get(f"/admin/journeys/{shown}?recent=0")["milestones"]}
    milestones = page.get_by_test_id("milestone")
    eventually(lambda: set(attributes(milestones, "data-milestone")) == wanted)
    page.get_by_test_id("kind-milestones").click()
    page.get_by_test_id("kind-booking").click()
    recent = city.get(f"/admin/journeys/{shown}?recent=200")["recent"]
    asked = [event for event in recent if event["event_type"] == "booking.requested"]
    for event in asked[:3]:
        expect(page.locator(f"[data-testid=deed][data-event='{event['event_id']}']")).to_have_count(1)
    eventually(partial(page.get_by_test_id("tastes").is_visible))

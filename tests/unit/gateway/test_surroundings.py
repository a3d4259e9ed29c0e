"""What the gateway tells of the city around people: its pace, surroundings, ground truth, journeys."""

import httpx

from services.gateway.api.answers.journeys import DETAIL
from tests.unit.gateway.town import NOON, Town, ok, venue, viewed

HOUR = 3_600_000_000


async def test_surroundings_are_as_they_stand_now(town: Town, api: httpx.AsyncClient) -> None:
    weather = {"event_type": "weather.changed", "condition": "rain", "temperature_c": 11.5}
    concert = {"name": "Concert", "kind": "concert", "latitude": 40.7, "longitude": -73.9, "radius_km": 2.0}
    times = {"starts_at": NOON, "ends_at": NOON + 1, "crowd": 100}
    town.say("environment", {**weather, "precipitation_mm": 1.0, "wind_kph": 9.0})
    town.say("environment", {"event_type": "special_event.started", **concert, **times})
    now = (await api.get("/api/v1/environment")).json()
    assert (now["weather"]["condition"], now["traffic"]) == ("rain", None)
    assert [(event["name"], event["phase"]) for event in now["special_events"]] == [("Concert", "started")]
    assert (now["special_events"][0]["venue_id"], now["special_events"][0]["venue_name"]) == (None, None)
    town.say("environment", {"event_type": "special_event.ended", "name": "Concert", "kind": "concert"})
    assert (await api.get("/api/v1/environment")).json()["special_events"] == []


async def test_houses_of_one_name_hold_events_of_their_own(town: Town, api: httpx.AsyncClient) -> None:
    quiz = {"name": "Quiz night at Nook", "kind": "quiz_night", "latitude": 40.7, "longitude": -73.9, "radius_km": 0.05}
    times = {"starts_at": NOON, "ends_at": NOON + HOUR, "crowd": 40}
    town.say("venues", venue("v00001", "Nook"), venue("v00002", "Nook"))
    for house in ("v00001", "v00002"):
        town.say("environment", {"event_type": "special_event.scheduled", "venue_id": house, **quiz, **times})
    town.say("environment", {"event_type": "special_event.started", "venue_id": "v00002", **quiz, **times})
    over = {"event_type": "special_event.ended", "venue_id": "v00001", "name": quiz["name"], "kind": "quiz_night"}
    events = (await api.get("/api/v1/environment")).json()["special_events"]
    assert [(event["venue_id"], event["venue_name"], event["phase"]) for event in events] == [
        ("v00001", "Nook", "scheduled"), ("v00002", "Nook", "started"),
    ]  # fmt: skip
    town.say("environment", over)
    events = (await api.get("/api/v1/environment")).json()["special_events"]
    assert [event["venue_id"] for event in events] == ["v00002"]


async def trending(api: httpx.AsyncClient) -> list[tuple[str, str, float]]:
    told = (await api.get("/api/v1/environment")).json()["trending"]
    return [(row["venue_id"], row["venue_name"], row["value"]) for row in told]


async def test_a_venue_trends_for_as_long_as_its_row_says_so(town: Town, api: httpx.AsyncClient) -> None:
    town.say("environment", {"event_type": "venue.trending", "venue_id": "v00001", "value": 1.5})
    town.say("venues", venue("v00001", "Bar Luce", trending=1.5), venue("v00002", "Nook", trending=0.75))
    town.say("venues", venue("v00001", "Bar Luce", trending=1.5, rating=4.5))
    assert await trending(api) == [("v00002", "Nook", 0.75), ("v00001", "Bar Luce", 1.5)]
    town.say("venues", venue("v00001", "Bar Luce", trending=0.0))
    assert await trending(api) == [("v00002", "Nook", 0.75)]
    town.bury("venues", "v00002")
    assert await trending(api) == []


async def test_a_holiday_ends_at_midnight_where_the_city_is(town: Town, api: httpx.AsyncClient) -> None:
    midnight = NOON + 16 * HOUR  # in New York, in summer, four hours behind
    town.say("environment", {"event_type": "holiday.started", "name": "Juneteenth", "kind": "public"})
    for now, name in ((midnight - 1, "Juneteenth"), (midnight, None), (midnight + 48 * HOUR, None)):
        town.tell_state(simulation_time=now)
        holiday = (await api.get("/api/v1/environment")).json()["holiday"]
        assert (holiday and holiday["name"]) == name


async def test_the_rate_aimed_at_and_what_the_simulator_waits_for_are_told(town: Town, api: httpx.AsyncClient) -> None:
    steered = {"rate_target": 500.0, "rate_achieved": 496.2, "reason": "waiting for booking"}
    town.tell_state(**steered)
    for path in ("simulation/state", "simulation/metrics", "admin/stats"):
        told = (await api.get(f"/api/v1/{path}")).json()
        assert {name: told[name] for name in steered} == steered, path
    town.tell_state(rate_target=None, reason=None)
    state = (await api.get("/api/v1/simulation/state")).json()
    assert (state["rate_target"], state["reason"]) == (None, None)


async def test_ground_truth_lists_its_windows(town: Town, api: httpx.AsyncClient) -> None:
    window = {"cause_id": "c1", "kind": "scenario", "name": "lunch_rush", "starts_at": NOON, "ends_at": NOON + 60}
    town.say("ground_truth", {"event_type": "truth.scenario_window", **window})
    assert (await api.get("/api/v1/ground-truth")).json()["windows"][0]["name"] == "lunch_rush"


async def test_a_journey_tells_stage_milestones_and_what_was_done_last(town: Town, api: httpx.AsyncClient) -> None:
    town.say("journeys", {"event_type": "funnel.stage_changed", "user_id": "u0000001", "stage": "browsing"})
    town.say("journeys", {"event_type": "milestone.reached", "user_id": "u0000001", "milestone": "first_session"})
    town.say("user_actions", viewed(), viewed("u0000002"))
    town.answers["journey.get"] = ok(DETAIL)
    journey = (await api.get("/api/v1/admin/journeys/u0000001")).json()
    assert (journey["stage"], journey["detail"]) == ("browsing", DETAIL)
    assert [stone["milestone"] for stone in journey["milestones"]] == ["first_session"]
    assert {row["user_id"] for row in journey["recent"]} == {"u0000001"}
    town.silent = True
    assert (await api.get("/api/v1/admin/journeys/u0000001")).json()["detail"] is None

"""Questions to single services through the API: an answer shows that the service behind it lives."""

import datetime as dt
from typing import Any

from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually


def confirmed_booking(city: Stack) -> dict[str, Any]:
    """A booking made through the API, asked for at one venue after the other until one confirms it."""
    state = city.state()
    now = dt.datetime.fromisoformat(state["simulation_time"])
    venues = [venue["venue_id"] for venue in city.get("/venues?limit=60")["venues"] if venue["takes_bookings"]]
    hours = iter([(venue, now + dt.timedelta(hours=6 * step + 20)) for step in range(12) for venue in venues])

    def attempt() -> dict[str, Any]:
        venue, start = next(hours)
        body = {"venue_id": venue, "party_size": 2, "start_time": start.isoformat()}
        answer = city.api.post("/bookings/u0000001/create", json=body)
        made = dict(answer.json())
        return made if made.get("status") == "confirmed" else {}

    return eventually(attempt, 60.0, every=0.05)


def told_cause(city: Stack) -> None:
    """A scenario begun, and its window told on ground_truth: it is acknowledged before the tick that tells of it."""
    city.api.post("/simulation/scenario/friday_night")  # refused when it holds already
    eventually(lambda: city.stats().get("events", {}).get("ground_truth"), said=city.state)


def answers(city: Stack) -> dict[str, int]:
    """Status of one question to each service that answers questions."""
    venue = city.get("/venues?limit=1")["venues"][0]["venue_id"]
    start = city.state()["simulation_time"]
    paths = {
        "recommender": "/recommendations/u0000001/venues?limit=3",
        "booking": f"/venues/{venue}/availability?start_time={start}&party_size=2",
        "analytics": "/admin/metrics/funnel",
    }
    return {service: city.api.get(path).status_code for service, path in paths.items()}

"""What services answer, held against what the API's document says of it: for the tests of those services."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from services.gateway.api.asking import TIMES, in_words
from services.gateway.state.records import time_columns
from tests.unit.gateway.declared import closed, validator
from tests.unit.gateway.town import CATALOGUE

OPERATIONS: Mapping[str, tuple[str, str, int]] = {
    "realtime.get": ("GET", "/admin/metrics/recent", 200),
    "aggregate.get": ("GET", "/admin/metrics/aggregate", 200),
    "funnel.get": ("GET", "/admin/metrics/funnel", 200),
    "top.get": ("GET", "/admin/metrics/top", 200),
    "heatmap.get": ("GET", "/admin/metrics/heatmap", 200),
    "availability.get": ("GET", "/venues/{venue_id}/availability", 200),
    "booking.create": ("POST", "/bookings/{user_id}/create", 201),
    "booking.cancel": ("POST", "/bookings/{booking_id}/cancel", 200),
    "booking.auto_book": ("POST", "/bookings/venue/{venue_id}/auto-book", 200),
    "booking.group": ("POST", "/bookings/group", 201),
    "booking.group_answer": ("POST", "/bookings/group/{group_id}/answer", 200),
    "booking.group_get": ("GET", "/bookings/group/{group_id}", 200),
    "recommendations.venues": ("GET", "/recommendations/{user_id}/venues", 200),
    "recommendations.people": ("GET", "/recommendations/{user_id}/people", 200),
    "recommendations.group": ("GET", "/recommendations/group/{user_ids}", 200),
    "interest.express": ("POST", "/recommendations/{user_id}/interest", 200),
    "explain": ("GET", "/admin/explain/{user_id}", 200),
    "snapshot.list": ("GET", "/admin/simulation/snapshots", 200),
}


def check(kind: str, answer: Any) -> None:
    """Fail where the answer to a question that the API asks is not as its document has it."""
    if kind == "journey.get":
        closed({"$ref": "#/components/schemas/JourneyDetail"}).validate(in_words(answer, _times()))
    elif kind in OPERATIONS:
        method, path, status = OPERATIONS[kind]
        validator(method, f"/api/v1{path}", status).validate(in_words(answer, _times()))


@cache
def _times() -> frozenset[str]:
    return TIMES.union(*map(time_columns, CATALOGUE.topics.values()))

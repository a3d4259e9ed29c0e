"""The OpenAPI document declares every success answer of the API, and its examples are such answers."""

import httpx
import jsonschema_rs
import pytest

from services.gateway.api.answers.venues import VENUE
from tests.unit.gateway.declared import Schema, closed, conform, document, successes

VENUE_PATH = "http://luna/api/v1/venues/v00012"
STREAMS = {"/api/v1/admin/metrics/realtime", "/api/v1/admin/streams/subscribe/{channel}"}


def answered(body: object) -> httpx.Response:
    return httpx.Response(200, json=body, request=httpx.Request("GET", VENUE_PATH))


@pytest.mark.parametrize(("method", "path", "status", "content"), list(successes()))
def test_the_example_of_an_answer_is_such_an_answer(method: str, path: str, status: str, content: Schema) -> None:
    closed(content["schema"]).validate(content["example"])


def test_every_operation_but_the_streams_declares_its_answer() -> None:
    declared = {(method, path) for method, path, _, content in successes() if _says_something(content["schema"])}
    paths = document()["paths"].items()
    wanted = {(method.upper(), path) for path, methods in paths if path.startswith("/api/v1/") for method in methods}
    silent = {path for _, path in wanted - declared}
    assert silent == {*STREAMS, "/api/v1/admin/streams/subscribe-all"}


def _says_something(schema: Schema) -> bool:
    """Whether it names a shape of its own; one without members would let everything pass."""
    name = (schema.get("items", schema).get("$ref") or "").rpartition("/")[2]
    return bool(document()["components"]["schemas"].get(name, {}).get("properties"))


@pytest.mark.parametrize(
    "wrong",
    [
        {name: value for name, value in VENUE.items() if name != "seats"},
        {**VENUE, "seats": "40"},
        {**VENUE, "seats": None},
        {**VENUE, "chairs": 40},
        {**VENUE, "promotion_ends_at": 1_717_761_600_000_000},
        {**VENUE, "promotion_ends_at": "tomorrow"},
        {**VENUE, "features": "rooftop,live_music"},
    ],
)
def test_an_answer_that_is_not_as_declared_is_found(wrong: object) -> None:
    conform(answered(VENUE))
    with pytest.raises(jsonschema_rs.ValidationError):
        conform(answered(wrong))


def test_a_record_may_have_the_columns_of_every_topic_and_no_others() -> None:
    record = closed({"$ref": "#/components/schemas/CityRecord"})
    place = {"topic": "bookings", "partition": 0, "offset": 1, "event_id": "e", "event_type": "booking.confirmed"}
    known = {**place, "simulation_time": "2024-06-07T18:01:00.000000Z", "party_size": 2, "taste_italian": 0.5}
    record.validate(known)
    for wrong in ({"party_size": "2"}, {"event_type": "booking.confirmd"}, {"topic": "bokings"}, {"mood": "good"}):
        assert not record.is_valid({**known, **wrong}), wrong

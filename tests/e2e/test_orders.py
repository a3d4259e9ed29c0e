"""Orders through the API to a living city: an event that people trigger, weather, a snapshot, and what is refused."""

from functools import partial

import pytest

from services.simulator.snapshots.files import SnapshotFiles
from tests.e2e.consumer import read_all
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually
from tests.laws.reading import Record

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.kafka, pytest.mark.postgres]


def test_a_triggered_event_is_on_its_topic_with_its_cause(city: Stack) -> None:
    asked = {"event_type": "venue.trending", "channel": "environment", "venue_id": "v00001", "payload": {"value": 1.5}}
    event = city.give("/admin/control/events/trigger", asked)["result"]["event_id"]
    (found,) = eventually(partial(named, city, event))
    assert (found["venue_id"], found["value"]) == ("v00001", 1.5)
    assert found["cause_id"] is not None


def named(city: Stack, event: str) -> list[Record]:
    heard = read_all(city.bootstrap, city.url).reading
    return [record for record in heard.of_topic("environment") if record["event_id"] == event]


def test_an_outcome_of_another_service_cannot_be_faked(city: Stack) -> None:
    asked = {"event_type": "booking.confirmed", "channel": "bookings"}
    answer = city.api.post("/admin/control/events/trigger", json=asked)
    assert answer.status_code == 409
    assert "is for booking to say" in answer.json()["detail"]


def test_a_snapshot_of_the_living_city_is_whole_and_the_city_goes_on(city: Stack) -> None:
    tick = city.state()["tick"]
    result = city.give("/simulation/command/snapshot", {"name": "e2e", "description": "while it lives"})["result"]
    manifest = SnapshotFiles(city.data_dir / "snapshots").load("e2e").manifest
    assert (manifest.snapshot_id, manifest.tick) == (result["snapshot_id"], result["tick"])
    assert manifest.tick >= tick
    eventually(lambda: city.state()["tick"] > manifest.tick + 2)

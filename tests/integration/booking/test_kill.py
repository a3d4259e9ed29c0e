"""Guarantee 1: no booking is lost or doubled, whatever process is killed at whatever point."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.booking.fail_points import POINTS
from tests.integration.booking.stage import Stage, answered, outcomes
from tests.integration.booking.storm import VENUES, settle, storm, wave
from tests.unit.booking.city import venue_row

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

EACH = 60
KILLS = 10
SEEDS = (1, 2, 3)
"""Thirty random kills, in three storms that may go on side by side."""


@pytest.fixture
def stage(kafka_bootstrap: str, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(kafka_bootstrap, database_url, f"kill-{tmp_path.name}", tmp_path, VENUES)
    made.publish("venues", [venue_row(venue, tables) for venue, tables in VENUES.items()])
    yield made
    made.close()


def test_every_request_has_one_outcome_and_no_seat_is_sold_twice_whatever_point_dies(stage: Stage) -> None:
    for number, point in enumerate(POINTS):
        life = stage.start(point)
        stage.publish("bookings", wave(number, EACH))
        assert stage.wait_for_end(life) == -signal.SIGKILL, f"{point} was not reached"
    survivor = stage.start()
    stage.publish("bookings", wave(len(POINTS), EACH))
    settle(stage, EACH * (len(POINTS) + 1), len(POINTS) + 1)
    survivor.send(signal.SIGTERM)
    assert stage.wait_for_end(survivor) == 0
    assert stage.violations() == []
    assert {row["event_type"] for row in stage.rows} >= {"booking.confirmed", "booking.declined"}
    assert any(row["reason"] == "by_user" for row in stage.rows), "no cancellation took effect"


@pytest.mark.parametrize("seed", SEEDS)
def test_kills_at_random_moments_lose_and_double_nothing(stage: Stage, seed: int) -> None:
    asked = storm(stage, KILLS, seed)
    assert stage.violations() == [], f"seed {seed}"
    assert outcomes(stage.rows) == asked


def test_two_processes_share_the_work_and_survive_each_other(stage: Stage) -> None:
    first, second = stage.start(), stage.start()
    stage.publish("bookings", wave(0))
    stage.read_until(lambda rows: answered(rows) == 120)
    stage.publish("bookings", wave(1))
    second.send(signal.SIGKILL)
    stage.publish("bookings", wave(2))
    stage.read_until(lambda rows: answered(rows) == 3 * 120)
    third = stage.start()
    stage.publish("bookings", wave(3))
    first.send(signal.SIGKILL)
    stage.publish("bookings", wave(4))
    settle(stage, 5 * 120, 6)
    third.send(signal.SIGTERM)
    assert stage.wait_for_end(third) == 0
    assert stage.violations() == []

"""Guarantee 1: no booking is lost or doubled, whatever process is killed at whatever point."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from services.booking.fail_points import POINTS
from tests import ledger
from tests.integration.booking.stage import Stage, outcomes
from tests.unit.booking.city import EVENING, FRIDAY_10H, MINUTE, cancel_row, request_row, venue_row

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

VENUES = {f"v{number:05}": "2x2,4x2,6x1" for number in range(8)}
EACH = 120


def wave(number: int) -> list[dict[str, object]]:
    """Requests of one wave, every tenth twice, and the cancellation of some of the wave before."""
    rows: list[dict[str, object]] = []
    for index in range(EACH):
        venue = f"v{index % len(VENUES):05}"
        start = EVENING + (index % 5) * 30 * MINUTE + number * 24 * 60 * MINUTE
        row = request_row(f"w{number}-{index:04}", FRIDAY_10H + number * MINUTE, venue_id=venue, start_time=start)
        rows += [row, row] if index % 10 == 0 else [row]
        if number and index % 7 == 0:
            name = f"w{number - 1}-{index:04}"
            rows.append(cancel_row(f"x{number}-{index:04}", name, FRIDAY_10H + number * MINUTE, venue_id=venue))
    return rows


@pytest.fixture
def stage(kafka_bootstrap: str, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(kafka_bootstrap, database_url, f"kill-{tmp_path.name}", tmp_path)
    made.publish("venues", [venue_row(venue, tables) for venue, tables in VENUES.items()])
    yield made
    made.close()


def test_every_request_has_one_outcome_and_no_seat_is_sold_twice_whatever_point_dies(
    stage: Stage, engine: Engine
) -> None:
    for number, point in enumerate(POINTS):
        process = stage.start(point)
        stage.publish("bookings", wave(number))
        assert process.wait(60) == -signal.SIGKILL, f"{point} was not reached"
    survivor = stage.start()
    stage.publish("bookings", wave(len(POINTS)))
    requested = EACH * (len(POINTS) + 1)
    stage.read_until(lambda rows: outcomes(rows) == requested)
    survivor.terminate()
    assert survivor.wait(30) == 0
    assert ledger.violations(stage.rows, VENUES) == []
    assert {row["event_type"] for row in stage.rows} >= {"booking.confirmed", "booking.declined"}
    assert any(row["reason"] == "by_user" for row in stage.rows), "no cancellation took effect"
    with engine.connect() as connection:
        query = (
            "SELECT booking_id, status FROM booking.bookings JOIN booking.scopes USING (scope_id) WHERE run_id = :run"
        )
        stored = {row.booking_id: row.status for row in connection.execute(text(query), {"run": stage.run_id})}
        assert stored == ledger.states(stage.rows)
        assert connection.execute(text("SELECT count(*) FROM booking.outbox")).scalar() == 0


def test_the_ledger_finds_what_a_variant_that_marks_before_it_publishes_loses(stage: Stage) -> None:
    variant = ("-m", "tests.integration.booking.marks_first")
    stage.publish("bookings", wave(0))
    assert stage.start("before_publish", variant).wait(60) == -signal.SIGKILL
    stage.start(program=variant)
    stage.publish("bookings", wave(1))
    last = {row["booking_id"] for row in wave(1) if row["event_type"] == "booking.requested"}
    stage.read_until(lambda rows: last <= {row["booking_id"] for row in rows if row["source"] == "booking"})
    assert any(line.endswith("has no outcome") for line in ledger.violations(stage.rows, VENUES))


def test_two_processes_share_the_work_and_survive_each_other(stage: Stage) -> None:
    first, second = stage.start(), stage.start()
    stage.publish("bookings", wave(0))
    stage.read_until(lambda rows: outcomes(rows) == EACH)
    stage.publish("bookings", wave(1))
    second.kill()
    stage.publish("bookings", wave(2))
    stage.read_until(lambda rows: outcomes(rows) == 3 * EACH)
    third = stage.start()
    stage.publish("bookings", wave(3))
    first.kill()
    stage.publish("bookings", wave(4))
    stage.read_until(lambda rows: outcomes(rows) == 5 * EACH)
    assert third.poll() is None
    assert ledger.violations(stage.rows, VENUES) == []

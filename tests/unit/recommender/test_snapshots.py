"""State saved and loaded under an id: the same decisions on a new branch, and no half-written files."""

import json
from pathlib import Path

import pytest

from services.recommender.adapters.snapshot_files import SnapshotFiles
from services.recommender.handlers import Recommender
from services.recommender.snapshots import MemorySnapshots, Saved, SnapshotError, SnapshotStore
from tests.unit.recommender.builders import (
    FRIDAY_18H_US,
    Row,
    batch,
    command,
    items,
    preferences,
    recommender,
    record,
    session,
    user,
    venue,
)


@pytest.fixture(params=["memory", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SnapshotStore:
    return MemorySnapshots() if request.param == "memory" else SnapshotFiles(tmp_path / "snapshots")


def lived(store: SnapshotStore) -> Recommender:
    """A city with everything a state can hold."""
    service = recommender(5, store)
    service.process(batch("venues", *(venue(f"v{n}", category=("bar", "cafe")[n % 2]) for n in range(6))))
    service.process(batch("users", *(user(f"u{n}", friends=[f"u{(n + 1) % 4}"]) for n in range(4))))
    service.process(batch("preferences", preferences("u1", italian=0.9)))
    service.process(batch("environment", record("weather.changed", condition="clear"), record(
        "special_event.started", name="Game", latitude=40.75, longitude=-73.99, radius_km=1.0,
        starts_at=FRIDAY_18H_US, ends_at=FRIDAY_18H_US + 10**10,
    )))  # fmt: skip
    service.process(batch("bookings", record(
        "booking.confirmed", "u2", venue_id="v3", booking_id="b1", start_time=FRIDAY_18H_US, seats=30, party_size=4,
        source="booking",
    )))  # fmt: skip
    for minute in range(3):
        service.process(batch(
            "user_actions", record("visit.started", f"u{minute}", minute=minute, venue_id=f"v{minute}"),
            record("recommendation.accepted", "u1", minute=minute, venue_id="v2"),
            record("recommendation.ignored", "u1", minute=minute, venue_id="v4"), session("u1", minute=minute),
        ))  # fmt: skip
    return service


def acked(service: Recommender, order: Row) -> Row:
    (ack,) = items(service.process(batch("simulation_control", order)), "simulation_control")
    assert (ack["event_type"], ack["command_id"]) == ("ack.given", order["command_id"])
    return ack


def proposed(service: Recommender, branch: int) -> list[Row]:
    told = items(service.process(batch("user_actions", *(session(f"u{n}", minute=9, branch=branch) for n in range(4)))))
    return [
        {k: v for k, v in row.items() if k not in {"event_id", "list_id", "branch", "correlation_id"}} for row in told
    ]


def test_a_loaded_snapshot_decides_as_the_saved_state_did(store: SnapshotStore) -> None:
    service = lived(store)
    assert acked(service, command("snapshot.save", snapshot_id="friday"))["status"] == "accepted"
    expected = proposed(service, branch=0)
    service.process(batch("user_actions", record("visit.started", "u1", minute=10, venue_id="v5")))
    loaded = acked(service, command("snapshot.load", branch=7, snapshot_id="friday"))
    assert json.loads(str(loaded["result"])) == {"snapshot_id": "friday", "users": 4, "venues": 6}
    assert len(expected) > 3
    assert proposed(service, branch=7) == expected


def test_after_a_restart_the_new_branch_still_begins_from_its_snapshot(store: SnapshotStore) -> None:
    service = lived(store)
    acked(service, command("snapshot.save", snapshot_id="friday"))
    expected = proposed(service, branch=0)
    acked(service, command("snapshot.load", branch=7, snapshot_id="friday"))
    again = recommender(5, store)
    again.learning = True
    again.process(batch("user_actions", record("venue.browsed", "u2", minute=8, branch=7)))
    assert again.process(batch("simulation_control", command("snapshot.load", branch=7, snapshot_id="friday"))) == []
    again.learning = False
    assert proposed(again, branch=7) == expected


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (command("snapshot.load", snapshot_id="never"), "no snapshot 'never'"),
        (command("snapshot.save"), "snapshot_id is missing"),
        (command("snapshot.save", snapshot_id=7), "snapshot_id is missing"),
        (command("snapshot.save", branch=9, snapshot_id="x"), "nothing is known of branch 9"),
        (command("dance"), "not 'dance'"),
        ({**command("snapshot.save"), "parameters": "{"}, "not JSON"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_rejected_with_its_reason(
    store: SnapshotStore, order: Row, reason: str
) -> None:
    ack = acked(lived(store), order)
    assert ack["status"] == "rejected"
    assert reason in str(ack["reason"])


def test_a_reset_is_acknowledged_and_commands_to_others_are_not(store: SnapshotStore) -> None:
    service = lived(store)
    assert acked(service, command("reset"))["status"] == "accepted"
    assert service.process(batch("simulation_control", command("reset", target="booking"))) == []


def test_a_damaged_file_is_refused_and_leaves_the_state_alone(tmp_path: Path) -> None:
    store = SnapshotFiles(tmp_path)
    service = lived(store)
    acked(service, command("snapshot.save", snapshot_id="friday"))
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(file.read_bytes()[:1000])
    expected = proposed(service, branch=0)
    ack = acked(service, command("snapshot.load", snapshot_id="friday"))
    assert ack["status"] == "rejected"
    assert [row["venue_id"] for row in proposed(service, branch=0)] == [row["venue_id"] for row in expected]


def test_an_id_of_any_shape_is_a_file_below_the_directory(tmp_path: Path) -> None:
    store = SnapshotFiles(tmp_path / "inside")
    for name in ("../../out", "a/b", "x" * 300, "Freitag Abend ü"):
        store.save(name, Saved({}, {"name": name}))
        assert store.load(name).values == {"name": name}
    assert {file.parent for file in tmp_path.rglob("*.npz")} == {tmp_path / "inside"}


def test_a_snapshot_of_another_layout_is_refused(store: SnapshotStore) -> None:
    service = lived(store)
    acked(service, command("snapshot.save", snapshot_id="friday"))
    saved = store.load("friday")
    store.save("old", Saved(saved.arrays, {**saved.values, "version": 0}))
    store.save("thin", Saved({k: v for k, v in saved.arrays.items() if k != "people.taste"}, saved.values))
    assert "layout 0" in str(acked(service, command("snapshot.load", snapshot_id="old"))["reason"])
    assert "cannot be read" in str(acked(service, command("snapshot.load", snapshot_id="thin"))["reason"])
    with pytest.raises(SnapshotError):
        store.load("never")

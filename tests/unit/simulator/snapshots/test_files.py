"""A snapshot on disk is whole and what it was, or it is refused with the reason."""

import json
from pathlib import Path

import numpy as np
import pytest

from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.layout import check_layout
from services.simulator.snapshots.listing import listed
from services.simulator.snapshots.manifest import Manifest, SnapshotError, check_same
from tests.unit.gateway import answering

CONFIG = {"users": 3, "profile": "dense"}
PARTS = {"city": {"users.x": np.arange(3), "names": np.array([b"a", b"bc"])}, "booking": {"rows": np.zeros((2, 2))}}


def manifest(name: str = "before-lunch") -> Manifest:
    return Manifest(name, "All is well", "run", 2, "dining", "new_york", 7, CONFIG, 41, 1_780_000_000_000_000, 3)


@pytest.fixture
def files(tmp_path: Path) -> SnapshotFiles:
    files = SnapshotFiles(tmp_path / "snapshots")
    files.save(manifest(), PARTS)
    return files


def test_what_is_loaded_is_what_was_saved(files: SnapshotFiles) -> None:
    found = files.load("before-lunch")
    assert (found.manifest.tick, found.manifest.config) == (41, CONFIG)
    assert set(found.manifest.parts) == {"city.npz", "booking.npz"}
    for part, arrays in PARTS.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(found.parts[part][name], array)


def test_snapshots_are_listed_and_deleted(files: SnapshotFiles, tmp_path: Path) -> None:
    files.save(manifest("after"), {})
    (tmp_path / "snapshots" / "damaged").mkdir()
    (tmp_path / "snapshots" / "damaged" / "manifest.json").write_text("{")
    assert [one.name for one in files.all()] == ["after", "before-lunch"]
    files.delete("after")
    assert [one.name for one in files.all()] == ["before-lunch"]
    with pytest.raises(SnapshotError, match="no snapshot 'after'; there are: before-lunch"):
        files.delete("after")


@pytest.mark.parametrize("name", ["", "../escape", "Upper", "with space", ".hidden", "x" * 65])
def test_a_name_that_is_no_directorys_is_refused(files: SnapshotFiles, name: str) -> None:
    for attempt in (lambda: files.load(name), lambda: files.save(manifest(name), {}), lambda: files.delete(name)):
        with pytest.raises(SnapshotError, match="is no name"):
            attempt()


def test_a_name_is_taken_once(files: SnapshotFiles) -> None:
    with pytest.raises(SnapshotError, match="there is a snapshot before-lunch already"):
        files.save(manifest(), {})


def test_an_unknown_name_is_refused_with_those_there_are(files: SnapshotFiles) -> None:
    with pytest.raises(SnapshotError, match="no snapshot 'befor'; there are: before-lunch"):
        files.load("befor")


def test_a_file_that_changed_is_refused(files: SnapshotFiles, tmp_path: Path) -> None:
    path = tmp_path / "snapshots" / "before-lunch" / "city.npz"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    with pytest.raises(SnapshotError, match="its SHA-256 is"):
        files.load("before-lunch")
    path.unlink()
    with pytest.raises(SnapshotError, match="No such file"):
        files.load("before-lunch")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 99}, "has format 99; this version reads format 1"),
        ({"tick": 42}, "is damaged: it names"),
        ({"mood": "fine"}, "is damaged"),
    ],
)
def test_a_manifest_of_another_version_or_a_damaged_one_is_refused(
    files: SnapshotFiles, tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path = tmp_path / "snapshots" / "before-lunch" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(SnapshotError, match=reason):
        files.load("before-lunch")


def test_a_save_that_was_killed_leaves_nothing_that_counts(files: SnapshotFiles, tmp_path: Path) -> None:
    beside = tmp_path / "snapshots" / ".later.part"
    beside.mkdir()
    (beside / "manifest.json").write_text("{")
    assert [one.name for one in files.all()] == ["before-lunch"]
    files.save(manifest("later"), PARTS)
    assert files.load("later").manifest.tick == 41
    assert not beside.exists()


def test_the_difference_to_another_city_is_told() -> None:
    check_same(manifest(), 7, CONFIG)
    with pytest.raises(SnapshotError, match="seed is 7 there and 8 here; users is 3 there and 4 here"):
        check_same(manifest(), 8, {**CONFIG, "users": 4})


def test_columns_of_another_version_are_refused() -> None:
    saved = {"a": np.zeros(3), "b": np.zeros((3, 2)), "t": np.array([b"x"])}
    check_layout(saved, {"a": np.zeros(9), "b": np.zeros((1, 2)), "t": np.array([b"longer"])}, "it")
    with pytest.raises(SnapshotError, match=r"it is of another version.*no column c; column t is unknown here; b is"):
        check_layout(saved, {"a": np.zeros(3), "b": np.zeros((3, 4)), "c": np.zeros(1)}, "it")


def test_snapshots_are_listed_as_the_api_declares_them(files: SnapshotFiles) -> None:
    answering.check("snapshot.list", listed(files, ("booking", "analytics")))

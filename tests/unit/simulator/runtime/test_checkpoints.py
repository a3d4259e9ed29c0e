"""A checkpoint is either sound or ignored."""

from pathlib import Path

import numpy as np

from services.simulator.adapters.checkpoints import Checkpoint, CheckpointFiles


def checkpoint(tick: int) -> Checkpoint:
    arrays = {"city/people": np.arange(tick + 3), "city/names": np.array([b"a", b"bc"], dtype="S2")}
    return Checkpoint(tick, {"tick": tick, "seed": 7}, arrays)


def test_what_is_saved_comes_back_newest_first_and_only_two_stay(tmp_path: Path) -> None:
    files = CheckpointFiles(tmp_path / "branch")
    for tick in (0, 5, 100):
        files.save(checkpoint(tick))
    found = files.sound()
    assert [one.tick for one in found] == [100, 5]
    assert found[0].header == {"tick": 100, "seed": 7}
    assert np.array_equal(found[0].arrays["city/people"], np.arange(103))
    assert found[0].arrays["city/names"].dtype == np.dtype("S2")


def test_a_damaged_checkpoint_is_passed_over_wherever_the_damage_is(tmp_path: Path) -> None:
    files = CheckpointFiles(tmp_path)
    files.save(checkpoint(1))
    files.save(checkpoint(2))
    path = max(tmp_path.glob("checkpoint-*"))
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert [one.tick for one in files.sound()] == [1]
        path.write_bytes(whole[:place])
        assert [one.tick for one in files.sound()] == [1]


def test_half_a_checkpoint_beside_the_others_is_nobodys_business(tmp_path: Path) -> None:
    files = CheckpointFiles(tmp_path)
    files.save(checkpoint(1))
    (tmp_path / "checkpoint-000000000009.part").write_bytes(b"half")
    assert [one.tick for one in files.sound()] == [1]

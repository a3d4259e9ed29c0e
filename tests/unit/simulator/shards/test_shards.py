"""A city of several processes is the same city, and leaves nothing behind, however it ends."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest

from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.shards.city import sharded
from services.simulator.shards.crew import ShardError, Shards
from services.simulator.shards.memory import shared_memory
from services.simulator.shards.worker import Fixed
from services.simulator.snapshots import city as snapshots
from services.simulator.snapshots.files import SnapshotFiles
from tests.unit.cli.waiting import eventually
from tests.unit.simulator.domain.neighbours import START, data, told

WHO = Identity("run", 0, "dining", "new_york")
CONFIG = CityConfig(users=150, venues=40, start=START, profile="dense", active_percentage=90.0)
SEED, TICKS = 7, 16
ORDERS = {
    3: [Command("a", "scenario", {"scenario": "friday_night"})],
    6: [Command("b", "spawn", {"count": 1_200})],
    8: [Command("c", "scenario", {"scenario": "lunch_rush"})],
    10: [Command("d", "behavior", {"persona": "foodie_explorer", "action_probabilities": {"search": 0.5}})],
}
"""More people than the columns have room for, two causes at once, other weights."""


def city(shards: int) -> City:
    return sharded(CONFIG, SEED, WHO, data(), shards=shards)


def tell(one: City, ticks: int) -> list[object]:
    return [told(one.step((), ORDERS.get(one.tick, ())).outputs) for _ in range(ticks)]


def crewed(shards: int, patience: float = 60.0) -> tuple[City, Shards]:
    crew = Shards(shards, Fixed(CONFIG, SEED, WHO, data()), patience)
    return City(CONFIG, SEED, WHO, data(), crew=crew, allocate=shared_memory), crew


def processes(crew: Shards) -> list[psutil.Process]:
    return psutil.Process(crew.pid).children()


@pytest.fixture(scope="module")
def alone() -> Sequence[object]:
    return tell(city(1), TICKS)


@pytest.mark.parametrize("shards", [4, 16])
def test_any_number_of_shards_tells_the_same_city_to_the_byte(shards: int, alone: Sequence[object]) -> None:
    assert tell(city(shards), TICKS) == alone


def test_more_shards_than_people_tell_the_same_city() -> None:
    few = CityConfig(users=2, venues=10, start=START, profile="dense")
    one, three = (sharded(few, SEED, WHO, data(), shards=shards) for shards in (1, 3))
    for _ in range(5):
        assert told(one.step((), ()).outputs) == told(three.step((), ()).outputs)


def test_a_snapshot_of_some_shards_goes_on_with_others(tmp_path: Path, alone: Sequence[object]) -> None:
    files, half = SnapshotFiles(tmp_path), TICKS // 2
    first, second = city(3), city(2)
    begun = tell(first, half)
    snapshots.save(files, first, WHO, SEED, "half")
    snapshots.load(files, second, SEED, "half")
    assert begun + tell(second, TICKS - half) == alone


def test_a_shard_that_dies_is_started_anew_within_the_tick(alone: Sequence[object]) -> None:
    one, crew = crewed(3)
    begun = tell(one, 8)
    mother = crew.pid
    processes(crew)[1].kill()
    assert begun + tell(one, 4) == alone[:12]
    assert crew.pid not in {None, mother}


def test_a_shard_that_hangs_is_started_anew_within_the_tick_and_leaves_nothing(alone: Sequence[object]) -> None:
    one, crew = crewed(2, patience=8.0)
    begun = tell(one, 3)
    hung = processes(crew)
    hung[0].suspend()
    assert begun + tell(one, 2) == alone[:5]
    eventually(lambda: not any(shard.is_running() and shard.status() != "zombie" for shard in hung))


def test_shards_that_never_come_up_fail_the_tick_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    one, crew = crewed(3)
    tell(one, 2)
    before = one.save()
    crew.close()
    monkeypatch.setattr("sys.executable", "/bin/true")
    with pytest.raises(ShardError, match="shard 1 of 3 died, and again after a new start"):
        one.step((), ())
    assert crew.pid is None
    after = one.save()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_decision_that_cannot_be_made_says_where_and_why() -> None:
    one, _ = crewed(2)
    state = one.save()
    state["users.persona"][-1] = 200
    state["users.review_at"][-1] = 1  # something to write: whoever has that is always looked at
    one.load(state)
    with pytest.raises(ShardError, match="shard 2 of 2: IndexError: index 200 is out of bounds"):
        one.step((), ())
    assert one.tick == 0


def test_shards_end_with_their_city() -> None:
    one, crew = crewed(2)
    one.step((), ())
    running = processes(crew)
    assert len(running) == 2
    del one, crew
    eventually(lambda: not any(shard.is_running() for shard in running))


CITY_OF_ITS_OWN = """
import signal
from tests.unit.simulator.shards.test_shards import crewed
one, crew = crewed(2)
one.step((), ())
print(crew.pid, flush=True)
signal.pause()
"""


def test_shards_end_when_their_city_is_killed_and_leave_no_memory_behind() -> None:
    names = set(Path("/dev/shm").glob("*luna*"))
    with subprocess.Popen([sys.executable, "-c", CITY_OF_ITS_OWN], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        mother = psutil.Process(int(host.stdout.readline()))
        everybody = [mother, *mother.children()]
        assert len(everybody) == 3
        host.kill()
    eventually(lambda: not any(shard.is_running() and shard.status() != "zombie" for shard in everybody))
    assert set(Path("/dev/shm").glob("*luna*")) <= names

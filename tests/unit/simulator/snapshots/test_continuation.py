"""A city loaded from a snapshot goes on as if nothing had happened, to the byte: alone and among all services."""

from pathlib import Path

import pytest

from cli.offline import compose
from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.graph import build_city
from services.simulator.snapshots import city as snapshots
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.manifest import SnapshotError
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory import MemoryLog
from streamkit.records import Outgoing

WHO = Identity("run", 0, "dining", "new_york")
CONFIG = CityConfig(users=80, venues=30, profile="dense")
SEED, HALF = 11, 45
CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
ORDERS = {
    5: [Command("a", "scenario", {"scenario": "friday_night"}), Command("b", "weather", {"condition": "storm"})],
    20: [
        Command("c", "trigger", {"event_type": "user.dormant", "user_id": "u0000001",
                                 "simulation_time": "2024-06-01T01:15:00+00:00"}),
        Command("d", "behavior", {"scenario": "friday_night", "action_probabilities": {"search": 0.5}}),
    ],
}  # fmt: skip


def tell(city: City, ticks: int) -> list[tuple[str, list[bytes]]]:
    told = []
    for _ in range(ticks):
        for output in city.step((), ORDERS.get(city.tick, ())).outputs:
            assert isinstance(output, Outgoing)
            told.append((output.topic, CODEC.encode(output).values))
    return told


def test_a_city_goes_on_to_the_byte(tmp_path: Path) -> None:
    files = SnapshotFiles(tmp_path)
    whole = build_city(CONFIG, SEED, WHO)
    expected = tell(whole, 2 * HALF)
    first = build_city(CONFIG, SEED, WHO)
    told = tell(first, HALF)
    manifest = snapshots.save(files, first, WHO, SEED, "half", "in the middle", notes={"host": "none"})
    assert first.save()["queue"].size == 1, "something waits"
    assert (manifest.tick, manifest.population) == (HALF, first.population)
    second = build_city(CONFIG, SEED, WHO)
    read, others = snapshots.load(files, second, SEED, "half")
    assert (read.notes, others) == ({"host": "none"}, {})
    assert told + tell(second, HALF) == expected
    assert len(expected) > 2 * HALF


def test_a_snapshot_of_another_city_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    files = SnapshotFiles(tmp_path)
    city = build_city(CONFIG, SEED, WHO)
    tell(city, 3)
    snapshots.save(files, city, WHO, SEED, "early")
    other = build_city(CityConfig(users=81, venues=30, profile="dense"), SEED, WHO)
    with pytest.raises(SnapshotError, match="users is 80 there and 81 here"):
        snapshots.load(files, other, SEED, "early")
    with pytest.raises(SnapshotError, match="seed is 11 there and 12 here"):
        snapshots.load(files, build_city(CONFIG, 12, WHO), 12, "early")
    assert other.tick == 0


def values(log: MemoryLog) -> dict[tuple[str, int], list[bytes | None]]:
    return {
        (topic, partition): log.values(topic, partition)
        for topic in log.topics
        if topic in CATALOGUE.topics and not CATALOGUE.topic(topic).wall_clock
        for partition in range(CATALOGUE.topic(topic).partitions)
    }


def test_among_all_services_nobody_notices_that_the_city_was_loaded(tmp_path: Path) -> None:
    files = SnapshotFiles(tmp_path)
    whole, halved = compose(CONFIG, SEED), compose(CONFIG, SEED)
    whole.host.run(2 * HALF)
    halved.host.run(HALF)
    snapshots.save(files, halved.city.city, halved.city.identity, SEED, "half")
    again = build_city(CONFIG, SEED, halved.city.identity)
    snapshots.load(files, again, SEED, "half")
    halved.city.city = again
    halved.host.run(HALF)
    assert values(halved.log) == values(whole.log)
    assert {topic for topic, _ in values(whole.log)} >= {"user_actions", "bookings", "recommendations"}

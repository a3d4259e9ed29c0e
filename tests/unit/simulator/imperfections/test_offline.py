"""Imperfections among all services: the laws that are left hold, and a snapshot goes on with what is held back."""

from pathlib import Path

from cli.offline import OfflineRun, compose
from services.simulator.domain.city import CityConfig
from services.simulator.imperfections.rules import parse
from services.simulator.offline import OfflineCity
from services.simulator.snapshots.files import SnapshotFiles
from streamkit.contracts import Catalogue
from tests.laws.every import EXEMPT, exempt, violations
from tests.unit.simulator.domain.neighbours import START, read

CONFIG = CityConfig(users=80, venues=30, start=START, profile="dense")
KINDS = ("late", "reorder", "drop", "corrupt", "duplicate")
RULES = parse([{"topic": "*", "kind": kind, "rate": 0.05} for kind in KINDS])
SEED, TICKS = 5, 60
WALL_CLOCK = {"system_metrics", "simulation_control"}


def city() -> OfflineRun:
    return compose(CONFIG, SEED, rules=RULES)


def values(run: OfflineRun) -> dict[tuple[str, int], list[bytes | None]]:
    topics = Catalogue.load().topics
    return {
        (name, partition): run.log.values(name, partition)
        for name in run.log.topics
        if name in topics and name not in WALL_CLOCK
        for partition in range(topics[name].partitions)
    }


def test_only_the_laws_that_are_exempt_are_broken_and_every_fault_is_labelled() -> None:
    run = city()
    run.host.run(TICKS)
    reading = read(run.log)
    assert violations(reading) == {}
    assert exempt(reading) == frozenset.union(*EXEMPT.values())
    labels = {
        kind: {
            record["subject_event_id"]
            for record in reading.of_topic("ground_truth", "truth.imperfection")
            if record["name"] == kind
        }
        for kind in KINDS
    }
    assert all(labels.values())
    told = {record["event_id"] for record in reading.records}
    assert not told & (labels["drop"] | labels["corrupt"])
    assert 0 < reading.duplicates <= len(labels["duplicate"])


def test_a_snapshot_goes_on_with_what_is_held_back_in_any_number_of_processes(tmp_path: Path) -> None:
    files, whole, halved = SnapshotFiles(tmp_path), city(), city()
    whole.host.run(TICKS)
    halved.host.run(TICKS // 2)
    first = halved.city
    first.save(files, "half", "in the middle")
    assert first.imperfect.held
    again = OfflineCity(CONFIG, SEED, halved.log, shards=2)
    again.load(files, "half")
    first.city, first.imperfect = again.city, again.imperfect
    halved.host.run(TICKS - TICKS // 2)
    assert values(halved) == values(whole)

"""A branch that is told into a snapshot, and another branch that wakes up from it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from services.simulator.ports import Decode
from services.simulator.runtime.admission import CONTROL, Raw
from services.simulator.snapshots.city import CITY
from services.simulator.snapshots.files import Snapshot, SnapshotFiles
from services.simulator.snapshots.layout import check_layout
from services.simulator.snapshots.manifest import Manifest, SnapshotError
from services.simulator.snapshots.waiting import packed, unpacked
from services.simulator.telling import Telling
from streamkit.identity import hash_id
from streamkit.positions import print_positions

TELLING, IMPERFECT = "telling", "imperfect"
"""Parts of a live snapshot beside the city's columns."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a snapshot is called, who asked for it, and under which id each service saved its state."""

    name: str
    description: str
    population: int
    services: Mapping[str, str]
    command_id: str


def snapshot(files: SnapshotFiles, telling: Telling, named: Named) -> Manifest:
    """Save a branch between two ticks, when everything it told is on the broker, and what waits for its next tick.

    Raises:
        SnapshotError: The name is taken, or the disk refuses it.

    """
    who = telling.identity
    manifest = Manifest(
        name=named.name,
        description=named.description,
        run_id=who.run_id,
        branch=who.branch,
        world=who.world,
        city=who.city,
        seed=telling.seed,
        config=asdict(telling.config),
        tick=telling.city.tick,
        simulation_time=telling.city.time_us,
        population=named.population,
        inputs=print_positions(telling.inputs),
        ends=print_positions(telling.ends),
        journaled=telling.journaled,
        journal_end=telling.journal_start,
        services=named.services,
        notes={"command_id": named.command_id},
    )
    told = {"recent": telling.inbox.recent.save(), **packed(telling.waiting)}
    parts = {CITY: telling.city.save(), TELLING: told, IMPERFECT: telling.imperfect.save()}
    return files.save(manifest, parts)


def wake(telling: Telling, snapshot: Snapshot, decode: Decode) -> None:
    """Bring a new branch of the same city to a snapshot's state; what waited then waits for its first tick.

    Raises:
        SnapshotError: It is of another version of the city, or was not saved from a living one.

    """
    missing = {CITY, TELLING, IMPERFECT} - snapshot.parts.keys()
    if missing:
        raise SnapshotError(f"snapshot {snapshot.manifest.name} has no part {', '.join(sorted(missing))}")
    parts = snapshot.parts
    check_layout(parts[CITY], telling.city.save(), f"snapshot {snapshot.manifest.name}")
    telling.city.load(parts[CITY])
    telling.journaled = 0
    telling.imperfect.load(parts[IMPERFECT])
    branch = telling.identity.branch
    telling.imperfect.held = tuple(replace(one, row=_moved(one.row, branch)) for one in telling.imperfect.held)
    recent: Any = parts[TELLING]["recent"]
    telling.inbox.recent.load(recent)
    by_topic: dict[str, list[Raw]] = {}
    for raw in unpacked(parts[TELLING]):
        by_topic.setdefault(raw.topic, []).append(raw)
    for topic, raws in by_topic.items():
        received = decode(topic, raws)
        telling.inbox.again(received)
        if topic == CONTROL:  # answered when they were given
            telling.foretold.update(received.batch.frame["command_id"].to_list())


def _moved(row: bytes, branch: int) -> bytes:
    """A record that is held back, as one of another branch: the old one may tell it too, so it needs another id."""
    values = json.loads(row)
    values |= {"branch": branch, "event_id": hash_id("moved", branch, values["event_id"])}
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()

"""Snapshots of the living city, branches that begin from them, and the way back to a moment of the past.

Whatever fails leaves the branch that is told as it is: a snapshot is listed once every service has saved its state, and
a branch begins once every service has loaded it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from services.simulator.barrier import Barrier
from services.simulator.beginning import Beginning, Begun
from services.simulator.control import BranchOrder, order_note
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.lineage import Lineage, way_to
from services.simulator.opening import Fork
from services.simulator.snapshots.files import Snapshot, SnapshotFiles
from services.simulator.snapshots.listing import described
from services.simulator.snapshots.living import Named, snapshot
from services.simulator.snapshots.manifest import Manifest, SnapshotError
from services.simulator.telling import Goal, Telling, iso
from streamkit.identity import hash_id

SAVE, LOAD = "snapshot.save", "snapshot.load"


@dataclass(slots=True)
class TimeMachine:
    """Carries out the orders that reach into time. Methods raise `SnapshotError`, `BarrierError` and `Retryable`."""

    beginning: Beginning
    barrier: Barrier
    files: SnapshotFiles

    async def create(self, order: BranchOrder, telling: Telling, population: int) -> Manifest:
        """Save the city with all services, between two ticks; given again after a crash, what was saved then."""
        name, description = str(order.changes["name"]), str(order.changes["description"])
        if (there := await asyncio.to_thread(self._there, name)) is not None:
            if there.notes.get("command_id") == order.command_id:
                return there
            raise SnapshotError(f"there is a snapshot {name} already; delete it or take another name")
        services = await self.barrier.settle()
        # services keep a state for ever under its id: an attempt that failed must not be in the way of the next one
        kept = hash_id(SAVE, order.command_id, telling.city.tick, self.beginning.clock.now_us())
        words = {service: {"snapshot_id": kept} for service in services}
        await self.barrier.ask(telling.identity, telling.city.time_us, SAVE, words)
        await self.barrier.catch_up(services)
        named = Named(name, description, population, dict.fromkeys(services, kept), order.command_id)
        return await asyncio.to_thread(snapshot, self.files, telling, named)

    async def restore(self, order: BranchOrder, telling: Telling) -> Begun:
        """A branch that goes on from a snapshot, in all services."""
        manifest = await asyncio.to_thread(self.files.named, str(order.changes["snapshot"]))
        lineage = Lineage(manifest.tick, manifest.name, manifest.branch)
        goal = Goal(manifest.simulation_time)
        said = {"snapshot_id": manifest.snapshot_id, "name": manifest.name, "parent": telling.identity.branch}
        return await self._fork(order, telling, manifest, lineage, goal, said)

    async def travel(self, order: BranchOrder, telling: Telling) -> Begun | Mapping[str, object]:
        """A branch on its way to a moment of the past; ahead, the goal of the branch itself and the answer."""
        to_us, pause = int(str(order.changes["to"])), bool(order.changes["pause"])
        tick_us = telling.config.tick_seconds * 1_000_000
        target = (to_us - telling.config.start) // tick_us
        reached = telling.config.start + target * tick_us
        if target < 0:
            raise SnapshotError(f"nothing was told before {iso(telling.config.start)}")
        who = telling.identity
        if target >= telling.city.tick:
            telling.goal = replace(telling.goal or Goal(reached), time_us=reached, pause=pause)
            base = {"base": None, "simulation_time": iso(telling.city.time_us), "parent": who.branch}
            return base | {"run_id": who.run_id, "branch": who.branch, "to": iso(reached)} | {
                "ticks": target - telling.city.tick
            }  # fmt: skip
        saved = await asyncio.to_thread(self.files.all)
        way = way_to(target, who.branch, self._root, who.run_id, saved)
        goal = Goal(reached, pause, way.branch, target)
        lineage = Lineage(way.tick, way.snapshot, way.branch)
        manifest = None if way.snapshot is None else await asyncio.to_thread(self.files.manifest, way.snapshot)
        said = {"base": way.snapshot, "parent": who.branch, "to": iso(reached), "ticks": target - way.tick}
        return await self._fork(order, telling, manifest, lineage, goal, said)

    async def _fork(
        self,
        order: BranchOrder,
        telling: Telling,
        manifest: Manifest | None,
        lineage: Lineage,
        goal: Goal,
        said: Mapping[str, object],
    ) -> Begun:
        opener, past = self.beginning.opener, await self.beginning.memory.past()
        found = None if manifest is None else await asyncio.to_thread(self.files.load, manifest.name)
        run = telling.identity.run_id if manifest is None else manifest.run_id
        branch = await asyncio.to_thread(opener.reserve, run, past)
        services: tuple[str, ...] = ()
        if manifest is not None:
            services = await self._load(manifest, branch)
        config, seed = _city_of(found, telling)
        result = {**said, "services": list(services), "tick": lineage.tick}
        note = {**order_note(order), "result": json.dumps(result)}
        fork = Fork(config, seed, branch, found, lineage, goal, note)
        forked = await asyncio.to_thread(opener.forked, fork, past, self.beginning.arrivals.positions())
        return Begun(forked, owed=True, population=None if manifest is None else manifest.population)

    async def _load(self, manifest: Manifest, branch: int) -> tuple[str, ...]:
        """Let the services load their states for a branch; those that take part now and have one in the snapshot."""
        present = self.barrier.present()
        missing = [name for name in self.barrier.partners.needed if name not in manifest.services]
        if missing:
            raise SnapshotError(f"snapshot {manifest.name} has no state of {', '.join(missing)}: only the city's own")
        services = tuple(name for name in manifest.services if name in present)
        words = {service: {"snapshot_id": manifest.services[service]} for service in services}
        identity = Identity(manifest.run_id, branch, manifest.world, manifest.city)
        await self.barrier.ask(identity, manifest.simulation_time, LOAD, words)
        return services

    def saved(self, manifest: Manifest) -> dict[str, object]:
        """A snapshot as its acknowledgement tells it."""
        return described(manifest, self.files.size(manifest.name))

    def _there(self, name: str) -> Manifest | None:
        names = [one for one in self.files.all() if one.name == name]
        return names[0] if names else None

    @property
    def _root(self) -> Path:
        return self.beginning.opener.root


def _city_of(found: Snapshot | None, telling: Telling) -> tuple[CityConfig, int]:
    if found is None:
        return telling.config, telling.seed
    try:
        return CityConfig(**found.manifest.config), found.manifest.seed  # type: ignore[arg-type]
    except TypeError as error:
        raise SnapshotError(f"snapshot {found.manifest.name} is of another version of the city: {error}") from error

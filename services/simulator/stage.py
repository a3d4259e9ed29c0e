"""The branch that is told: opened, ordered about between two ticks, saved, and asked how it is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.simulator.announcer import Announcer
from services.simulator.beginning import Beginning, Begun, Plan
from services.simulator.control import BranchOrder, Control, answered, opened_answer
from services.simulator.ports import FailPoint, Publisher
from services.simulator.reports import Reports, city_topics
from services.simulator.runtime.notices import Saved, State
from services.simulator.runtime.pacer import SECOND
from services.simulator.runtime.spread import stamped
from services.simulator.saving import Saving, snapshot
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.manifest import SnapshotError
from services.simulator.status import Status
from services.simulator.telling import Telling
from streamkit.clock import Clock
from streamkit.logs import get_logger
from streamkit.processor import Output
from streamkit.progress import Progress


@dataclass(slots=True)
class Stage:
    """One branch after the other. ``telling`` is set once the first is open."""

    plan: Plan
    beginning: Beginning
    publisher: Publisher
    clock: Clock
    status: Status
    fail_point: FailPoint
    reached: Progress
    reports: Reports
    announcer: Announcer
    control: Control
    saving: Saving
    snapshots: SnapshotFiles
    telling: Telling = field(init=False)

    async def begin(self, stop: asyncio.Event) -> bool:
        """Open the branch that a crash left, or a new one; False if asked to stop before."""
        begun = await self.beginning.begin(self.plan, self.control, stop)
        if begun is not None:
            await self.open(begun)
        return begun is not None

    async def open(self, begun: Begun) -> None:
        """Start telling a branch: the rows that hold before its first tick, removals of whom an earlier one left."""
        telling = self.telling = begun.telling
        now = self.clock.monotonic()
        self.control.pacer.tick_us = telling.config.tick_seconds * SECOND
        self.control.pacer.open(telling.city.time_us, now)
        self.status.stumble(None)
        if telling.city.time_us < self.live_us:
            self.control.backfill(now)
        else:
            self.go_live()
        self.saving.saved(telling)
        self.status.readiness.set("branch", ok=True)
        identity, tick = telling.identity, telling.city.tick
        self.reached.identify(run_id=identity.run_id, branch=identity.branch, world=identity.world, city=identity.city)
        again = len(telling.told)
        get_logger().info(
            "branch.opened", run_id=identity.run_id, branch=identity.branch, tick=tick, new=telling.opening, again=again
        )
        if telling.opening:
            await self.announcer.say(telling, self.state("starting"))
            outputs = list(telling.city.opening())
            removals = await self.beginning.removals(outputs)
            telling.ends.update(city_topics(await self.publisher.produce_nowait([*removals, *self.dated(outputs)])))
            self.fail_point("opened", tick)
            telling.opening = False
            self.status.population, self.status.active_users = telling.config.users, 0
        if begun.owed and telling.opened_by is not None:
            await self.announcer.answer(telling, [opened_answer(telling.opened_by, telling)])
        await self.announcer.say(telling, self.state())

    async def obey(self, order: BranchOrder) -> None:
        """Reset, seed, start, stop or save, between two ticks, once everything told is on the broker.

        Raises:
            Retryable: Broker or disk refuse a new branch; nothing has begun.

        """
        await self.reports.drained()
        if order.command == "stop":
            self.control.stopped = True
            await self.announcer.answer(self.telling, [answered(order, self.telling)])
            await self.announcer.say(self.telling, self.state())
        elif order.command == "snapshot":
            await self._save(order)
        else:
            begun = await self.beginning.begin_anew(self.plan, order, self.telling)
            self.telling.journal.close()
            self.control.stopped = False
            self.control.pacer.resume(self.clock.monotonic())
            await self.open(begun)

    async def _save(self, order: BranchOrder) -> None:
        telling, name = self.telling, str(order.changes["name"])
        description = str(order.changes["description"])
        try:
            manifest = await asyncio.to_thread(
                snapshot, self.snapshots, telling, name, description, self.status.population
            )
        except SnapshotError as error:
            await self.announcer.answer(telling, [answered(order, telling, refused=str(error))])
            return
        size = await asyncio.to_thread(self.snapshots.size, name)
        result = {"snapshot_id": manifest.snapshot_id, "name": name, "tick": manifest.tick, "bytes": size}
        saved = Saved(manifest.snapshot_id, name, manifest.tick, telling.city.time_us)
        await self.announcer.created(telling, saved, order.event_id)
        await self.announcer.answer(telling, [answered(order, telling, result)])

    def go_live(self) -> None:
        """From here on pace as people asked for; where the past ends at now, in step with the wall clock."""
        now = self.clock.monotonic()
        self.control.go_live(now)
        if self.plan.until_now:
            self.control.pacer.align(self.clock.now_us(), self.telling.city.time_us, now)

    @property
    def live_us(self) -> int:
        """Simulated time at which the backfill of this branch ends."""
        return self.plan.horizon.live_us(self.telling.config.start, self.clock.now_us())

    def state(self, phase: str | None = None) -> State:
        """How the simulation is."""
        return self.status.state(self.telling, self.control, self.clock.monotonic(), phase)

    def dated(self, outputs: Sequence[Output]) -> list[Output]:
        """Outputs with their simulated time as the record timestamp, in a backfill."""
        return stamped(outputs) if self.control.backfilling else list(outputs)

"""The branch that is told: opened, ordered about between two ticks, saved, and asked how it is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from services.simulator.announcer import Announcer
from services.simulator.barrier import BarrierError
from services.simulator.beginning import Beginning, Begun, Plan
from services.simulator.control import BranchOrder, Control, answered, opened_answer
from services.simulator.ports import FailPoint, Publisher
from services.simulator.reports import Reports, city_topics
from services.simulator.runtime.notices import Saved, State
from services.simulator.runtime.pacer import SECOND
from services.simulator.runtime.spread import stamped
from services.simulator.saving import Saving
from services.simulator.snapshots.manifest import SnapshotError
from services.simulator.status import Status
from services.simulator.telling import Telling
from services.simulator.time_machine import TimeMachine
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
    time_machine: TimeMachine
    seeded: Plan | None = None
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
            people = telling.config.users if begun.population is None else begun.population
            self.status.population, self.status.active_users = people, 0
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
        elif order.command in {"snapshot", "snapshot.create"}:
            await self._try("saving a snapshot", self._save, order)
        elif order.command == "snapshot.restore":
            await self._try("restoring a snapshot", self._restore, order)
        elif order.command == "travel":
            await self._try("setting out on a journey", self._travel, order)
        else:
            ground = self.seeded if order.command == "start" and self.seeded else self.plan
            begun = await self.beginning.begin_anew(ground, order, self.telling)
            if order.command == "seed":  # a start that says nothing else tells these people again
                self.seeded = replace(self.plan, config=begun.telling.config, seed=begun.telling.seed)
            await self._enter(begun)

    async def _try(self, errand: str, carry_out: Callable[[BranchOrder], Awaitable[None]], order: BranchOrder) -> None:
        """Carry out what other services take part in; where they or the disk refuse, the city is as it was."""
        self.status.errand = errand
        try:
            await carry_out(order)
        except (SnapshotError, BarrierError) as error:
            self.status.errand = None
            await self.announcer.answer(self.telling, [answered(order, self.telling, refused=str(error))])
        finally:
            self.status.errand = None

    async def _save(self, order: BranchOrder) -> None:
        telling = self.telling
        manifest = await self.time_machine.create(order, telling, self.status.population)
        saved = Saved(manifest.snapshot_id, manifest.name, manifest.tick, manifest.simulation_time)
        result = await asyncio.to_thread(self.time_machine.saved, manifest)
        self.status.errand = None
        await self.announcer.created(telling, saved, order.event_id)
        await self.announcer.answer(telling, [answered(order, telling, result)])

    async def _restore(self, order: BranchOrder) -> None:
        begun = await self.time_machine.restore(order, self.telling)
        self.status.errand = None
        await self._enter(begun)

    async def _travel(self, order: BranchOrder) -> None:
        begun = await self.time_machine.travel(order, self.telling)
        self.status.errand = None
        if isinstance(begun, Begun):
            await self._enter(begun)
            return
        now = self.clock.monotonic()
        self.control.stopped = False
        self.control.pacer.resume(now)
        self.control.backfill(now)
        await self.announcer.answer(self.telling, [answered(order, self.telling, begun)])
        await self.announcer.say(self.telling, self.state())

    async def _enter(self, begun: Begun) -> None:
        """Leave the branch that was told for another one."""
        self.telling.journal.close()
        self.control.stopped = False
        self.control.pacer.resume(self.clock.monotonic())
        await self.open(begun)

    def go_live(self) -> None:
        """From here on pace as people asked for; where the past ends at now, in step with the wall clock."""
        now = self.clock.monotonic()
        self.control.go_live(now)
        goal = self.telling.goal
        if goal is not None and goal.pause:
            self.control.pacer.pause(now)
            self.telling.goal = replace(goal, pause=False)
        if self.plan.until_now and goal is None:
            self.control.pacer.align(self.clock.now_us(), self.telling.city.time_us, now)

    @property
    def live_us(self) -> int:
        """Simulated time at which the backfill of this branch, or its journey, ends."""
        if self.telling.goal is not None:
            return self.telling.goal.time_us
        return self.plan.horizon.live_us(self.telling.config.start, self.clock.now_us())

    def state(self, phase: str | None = None) -> State:
        """How the simulation is."""
        return self.status.state(self.telling, self.control, self.clock.monotonic(), self.live_us, phase)

    def dated(self, outputs: Sequence[Output]) -> list[Output]:
        """Outputs with their simulated time as the record timestamp, in a backfill."""
        return stamped(outputs) if self.control.backfilling else list(outputs)

"""The loop around the city: waits until a tick is due and allowed, admits, journals, computes and publishes it.

One task does all of it, so that what a tick sees is decided in one place; delivery reports are followed beside it.
"""

import asyncio
from collections.abc import Awaitable, Sequence

from services.simulator.announcer import Announcer
from services.simulator.beginning import Beginning, Begun, Plan
from services.simulator.control import Control, answers_of, opened_answer
from services.simulator.frame import FRAME_TICKS, FRAMES_IN_LEAD, compute
from services.simulator.ports import Arrivals, FailPoint, Publisher
from services.simulator.reports import Reports, Sent, city_topics
from services.simulator.runtime.admission import CONTROL, Admitted
from services.simulator.runtime.notices import METRICS, Answer, Published, State
from services.simulator.runtime.pacer import SECOND, UNPACED, Pacer
from services.simulator.runtime.past import progress
from services.simulator.runtime.spread import SMALLEST_SLICE, slices, stamped
from services.simulator.saving import Saving
from services.simulator.status import Status
from services.simulator.telling import Telling
from services.simulator.waiting import first_of
from streamkit import metrics
from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.health import Readiness
from streamkit.logs import get_logger
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.progress import Progress

LOOK_SECONDS = 0.25
"""Longest wait without looking at what else may have happened."""

DISK_RETRY_SECONDS = 1.0


class Simulation:
    """One city, told until `run` is asked to stop. Everything outside comes through the constructor."""

    def __init__(
        self,
        plan: Plan,
        beginning: Beginning,
        publisher: Publisher,
        arrivals: Arrivals,
        clock: Clock,
        readiness: Readiness,
        fail_point: FailPoint,
        reached: Progress,
    ) -> None:
        self._reached = reached
        self._plan = plan
        self._beginning = beginning
        self._publisher = publisher
        self._arrivals = arrivals
        self._clock = clock
        self._readiness = readiness
        self._fail_point = fail_point
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._reports = Reports(publisher, clock, fail_point, self._wake.set)
        self._announcer = Announcer(self._reports, clock)
        self.control = Control(Pacer(plan.config.tick_seconds * SECOND, plan.speed), plan.speed)
        self.telling: Telling
        self.status = Status(readiness)
        self._saving = Saving(clock, plan.checkpoint_seconds)

    async def run(self, stop: asyncio.Event) -> None:
        """Tell the city until asked to stop; then finish the tick in hand and end the branch properly.

        Raises:
            Fatal: Records were not delivered, or what arrives is nothing but garbage.

        """
        self._stop = stop
        tasks = asyncio.create_task(self._reports.run()), asyncio.create_task(self._tell())
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self) -> None:
        begun = await self._beginning.begin(self._plan, self.control, self._stop)
        if begun is None:
            return
        await self._open(begun)
        while not self._stop.is_set():
            if self.control.order is not None:
                await self._obey()
            elif self.control.stopped:
                await self._look(LOOK_SECONDS)
            else:
                await self._tick()
        self.control.stopped = True
        await self._announcer.say(self.telling, self._state())
        await self._reports.drained()
        self._beginning.opener.ended()
        self.telling.journal.close()

    # --- branches ---------------------------------------------------------------------------------------------------

    async def _open(self, begun: Begun) -> None:
        """Start telling a branch: the rows that hold before its first tick, removals of whom an earlier one left."""
        telling = self.telling = begun.telling
        now = self._clock.monotonic()
        self.control.pacer.tick_us = telling.config.tick_seconds * SECOND
        self.control.pacer.open(telling.city.time_us, now)
        if telling.city.time_us < self._live_us:
            self.control.backfill(now)
        else:
            self.control.go_live(now)
        self._saving.saved(telling)
        self._readiness.set("branch", ok=True)
        identity, tick = telling.identity, telling.city.tick
        self._reached.identify(run_id=identity.run_id, branch=identity.branch, world=identity.world, city=identity.city)
        again = len(telling.told)
        get_logger().info(
            "branch.opened", run_id=identity.run_id, branch=identity.branch, tick=tick, new=telling.opening, again=again
        )
        if telling.opening:
            await self._announcer.say(telling, self._state("starting"))
            outputs = list(telling.city.opening())
            removals = await self._beginning.removals(outputs)
            telling.ends.update(city_topics(await self._publisher.produce_nowait([*removals, *self._dated(outputs)])))
            self._fail_point("opened", tick)
            telling.opening = False
            self.status.population, self.status.active_users = telling.config.users, 0
        if begun.owed and telling.opened_by is not None:
            await self._announcer.answer(telling, [opened_answer(telling.opened_by, telling)])
        await self._announcer.say(telling, self._state())

    async def _obey(self) -> None:
        """Reset, start or stop, between two ticks."""
        order = self.control.order
        assert order is not None
        await self._reports.drained()
        if order.command == "stop":
            self.control.stopped = True
            at = self.telling.city.time_us
            await self._announcer.answer(
                self.telling,
                [Answer(order.event_id, order.command_id, order.command, accepted=True, reason=None, effective_us=at)],
            )
            await self._announcer.say(self.telling, self._state())
        else:
            try:
                begun = await self._beginning.begin_anew(self._plan, order, self.telling)
            except Retryable as error:
                await self._wait_for("branch", error)
                return
            self.telling.journal.close()
            self.control.stopped = False
            self.control.pacer.resume(self._clock.monotonic())
            await self._open(begun)
        self.control.order = None

    # --- ticks ------------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        telling = self.telling
        first, start_us = telling.city.tick, telling.city.time_us
        ticks = self._ticks_at_once(start_us)
        if not await self._allowed(first + ticks - 1, start_us):
            return
        await self._reports.room()
        if self.control.backfilling and start_us >= self._live_us:
            self.control.go_live(self._clock.monotonic())
        self.control.pacer.begin(start_us, self._clock.monotonic())
        await self._absorb()
        admitted = await self._admitted()
        for tick in range(first, first + ticks):
            self._fail_point("journaled", tick)
        began = self._clock.monotonic()
        frame = await asyncio.to_thread(compute, telling, admitted, ticks)
        seconds = self._clock.monotonic() - began
        last = frame.ticks[-1]
        metrics.TICK.set(last)
        metrics.TICK_SECONDS.observe(seconds / len(frame.ticks))
        self.status.population, self.status.active_users = frame.population, frame.active_users
        for told in frame.answered:
            await self._announcer.answer(telling, answers_of(told.admitted, told.results, told.start_us))
        deliveries = await self._emit(frame.outputs, start_us)
        for tick in frame.ticks:
            self._fail_point("produced", tick)
        published = Published(last, frame.last_us, {}, frame.events, telling.journaled)
        self._reports.hand_over(Sent(telling, frame.ticks, published, self._state(), deliveries))
        self.control.pacer.count(frame.events, self._clock.monotonic())
        get_logger().debug("ticks", last=last, admitted=len(admitted.entries), events=frame.events)
        self._reached.identify(simulation_time=frame.last_us)
        self._reached.note(self._arrivals.positions())
        await self._announcer.announce(telling, self._state())
        await self._saving.if_due(telling, self._reports)

    def _ticks_at_once(self, start_us: int) -> int:
        """One; in a backfill a frame of them, which ends where the live phase begins."""
        if not self.control.backfilling:
            return 1
        left = (self._live_us - start_us) // (self.telling.config.tick_seconds * SECOND)
        return max(1, min(FRAME_TICKS, self._plan.backfill_lead // FRAMES_IN_LEAD, left))

    async def _allowed(self, last: int, start_us: int) -> bool:
        """Wait until the ticks up to ``last`` are due and no service is too far behind; False if interrupted."""
        max_lead = self._plan.backfill_lead if self.control.backfilling else self._plan.max_lead
        while True:
            await self._absorb()
            if self._interrupted:
                return False
            now = self._clock.monotonic()
            due = self.control.pacer.wait(start_us, now)
            holding = self.telling.lead.holding(last, max_lead) if due <= 0 else ()
            self.status.hold(holding, self.telling.lead.silent())
            if due <= 0 and not holding:
                return True
            await self._look(due if due > 0 else LOOK_SECONDS)
            if holding:
                metrics.HELD_BACK.inc(self._clock.monotonic() - now)

    async def _admitted(self) -> Admitted:
        while True:
            try:
                admitted = self.telling.admit()
            except Retryable as error:
                await self._wait_for("journal", error)
            else:
                self._readiness.set("journal", ok=True)
                return admitted

    async def _emit(self, outputs: Sequence[Output], start_us: int) -> list[Awaitable[Positions]]:
        """Publish a tick's records when their time comes; all at once in a backfill and at full speed."""
        speed = self.control.pacer.speed
        if self.control.backfilling or speed == UNPACED:
            return [self._publisher.produce_nowait(self._dated(outputs))] if outputs else []
        deliveries = []
        for due_us, part in slices(outputs, start_us, int(SMALLEST_SLICE * speed * SECOND)):
            while not self._interrupted:
                due = self.control.pacer.wait(due_us, self._clock.monotonic())
                if due <= 0:
                    break
                await self._look(due)
            deliveries.append(self._publisher.produce_nowait(part))
        return deliveries

    # --- arrivals ---------------------------------------------------------------------------------------------------

    async def _look(self, seconds: float) -> None:
        """Wait for something to arrive, for the wake-up, or for so long; then see to what there is."""
        await self._announcer.announce(self.telling, self._state())
        sleep = self._clock.sleep(min(seconds, LOOK_SECONDS))
        await first_of(sleep, self._arrivals.arrived(), self._wake.wait())
        self._wake.clear()
        await self._absorb()

    async def _absorb(self) -> None:
        """Sort what has arrived: progress to the lead, commands to the control, all else to the inbox.

        It counts as consumed then, not at the next tick: while paused there is none, and lag would never end.
        """
        for received in self._arrivals.poll():
            topic = received.batch.topic
            if topic == METRICS:
                for service, positions in progress(received.batch.frame).items():
                    self.telling.lead.progressed(service, positions)
            elif topic == CONTROL:
                now = self._clock.monotonic()
                answers = self.control.receive(received, self.telling, self._live_us, now)
                await self._announcer.answer(self.telling, answers)
                await self._announcer.announce(self.telling, self._state())
            else:
                self.telling.inbox.offer(received)
        self._arrivals.hold(len(self.telling.inbox))
        self._reached.note(self._arrivals.positions())

    # --- state ------------------------------------------------------------------------------------------------------

    @property
    def _interrupted(self) -> bool:
        return self._stop.is_set() or self.control.order is not None or self.control.stopped

    @property
    def _live_us(self) -> int:
        return self.telling.config.start + self._plan.backfill_us

    def _state(self, phase: str | None = None) -> State:
        return self.status.state(self.telling, self.control, self._clock.monotonic(), phase)

    def _dated(self, outputs: Sequence[Output]) -> list[Output]:
        return stamped(outputs) if self.control.backfilling else list(outputs)

    async def _wait_for(self, part: str, error: Retryable) -> None:
        self._readiness.set(part, ok=False, detail=str(error))
        get_logger().error("disk.waiting", part=part, reason=str(error))
        await self._clock.sleep(DISK_RETRY_SECONDS)

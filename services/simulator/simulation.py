"""The loop around the city: waits until a tick is due and allowed, admits, journals, computes and publishes it.

One task does all of it, so that what a tick sees is decided in one place; delivery reports are followed beside it.
"""

import asyncio
from collections.abc import Awaitable, Sequence

from services.simulator.announcer import Announcer
from services.simulator.barrier import Barrier
from services.simulator.beginning import Beginning, Plan
from services.simulator.control import Control, answers_of
from services.simulator.frame import FRAME_TICKS, FRAMES_IN_LEAD, Frame, compute
from services.simulator.intake import Intake
from services.simulator.ports import Arrivals, FailPoint, Publisher
from services.simulator.questions import questions
from services.simulator.reports import Reports, Sent
from services.simulator.runtime.admission import Admitted
from services.simulator.runtime.notices import Published
from services.simulator.runtime.pacer import SECOND, UNPACED, Pacer
from services.simulator.runtime.partners import Partners
from services.simulator.runtime.spread import SMALLEST_SLICE, slices
from services.simulator.saving import Saving
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.stage import Stage
from services.simulator.status import Status
from services.simulator.telling import Telling
from services.simulator.time_machine import TimeMachine
from services.simulator.waiting import first_of, refused_by
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
        self.status = Status(readiness)
        self._saving = Saving(clock, plan.checkpoint_seconds)
        files = SnapshotFiles(plan.snapshots)
        self._partners = Partners(tuple(beginning.opener.readers))
        barrier = Barrier(
            plan.barrier, self._partners, self._reports, beginning.memory, arrivals, clock, self._look, self._stopping,
        )  # fmt: skip
        self._stage = Stage(
            plan, beginning, publisher, clock, self.status, fail_point, reached, self._reports, self._announcer,
            self.control, self._saving, TimeMachine(beginning, barrier, files),
        )  # fmt: skip
        self.control.questions = questions(files, self._partners.needed)
        self._intake = Intake(
            arrivals, self._stage, self.control, self._partners, self._announcer, clock, readiness, reached
        )

    @property
    def telling(self) -> Telling:
        """The branch that is told."""
        return self._stage.telling

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
        if not await self._stage.begin(self._stop):
            return
        while not self._stop.is_set():
            if self.control.order is not None:
                await self._obey()
            elif self.control.stopped:
                await self._look(LOOK_SECONDS)
            else:
                await self._tick()
        self.control.stopped = True
        await self._announcer.say(self.telling, self._stage.state())
        await self._reports.drained()
        self._stage.beginning.opener.ended()
        self.telling.journal.close()

    async def _obey(self) -> None:
        """Carry out the order that waits; one that broker or disk refuse is tried again."""
        order = self.control.order
        assert order is not None
        try:
            await self._stage.obey(order)
        except Retryable as error:
            await refused_by(self._readiness, self._clock, "branch", error)
        else:
            self.control.order = None

    # --- ticks ------------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        telling = self.telling
        first, start_us = telling.city.tick, telling.city.time_us
        if self.control.backfilling and start_us >= self._stage.live_us:
            self._stage.go_live()
        ticks = self._ticks_at_once(start_us)
        if not await self._allowed(first + ticks - 1, start_us):
            return
        await self._reports.room()
        self.control.pacer.begin(start_us, self._clock.monotonic())
        await self._intake.absorb()
        admitted = await self._admitted()
        for tick in range(first, first + ticks):
            self._fail_point("journaled", tick)
        began = self._clock.monotonic()
        frame = await asyncio.to_thread(compute, telling, admitted, ticks)
        metrics.TICK_SECONDS.observe((self._clock.monotonic() - began) / max(len(frame.ticks), 1))
        if frame.ticks:
            await self._publish(telling, frame, start_us)
        else:
            self._reports.unused()
        if frame.fault is not None:
            await self._stumble(frame.fault)
        await self._announcer.announce(telling, self._stage.state())
        await self._saving.if_due(telling, self._reports)

    async def _publish(self, telling: Telling, frame: Frame, start_us: int) -> None:
        """Answer the commands of a frame, hand its records over, and note how far the city is."""
        last = frame.ticks[-1]
        metrics.TICK.set(last)
        self.status.population, self.status.active_users = frame.population, frame.active_users
        for told in frame.answered:
            answers = answers_of(told.admitted, told.results, told.start_us)
            await self._announcer.answer(telling, [one for one in answers if one.command_id not in telling.foretold])
            telling.foretold.difference_update(one.command_id for one in answers)
        deliveries = await self._emit(frame.outputs, start_us)
        for tick in frame.ticks:
            self._fail_point("produced", tick)
        published = Published(last, frame.last_us, {}, frame.events, telling.journaled)
        self._reports.hand_over(Sent(telling, frame.ticks, published, self._stage.state(), deliveries))
        self.control.pacer.count(frame.events, self._clock.monotonic())
        get_logger().debug("ticks", last=last, events=frame.events)
        self._reached.identify(simulation_time=frame.last_us)
        self._reached.note(self._arrivals.positions())

    async def _stumble(self, fault: str) -> None:
        """Stand still before a tick that cannot be computed and say why.

        To start anew would not help: the tick is a function of what is on disk. People may look, resume to try it
        again, or reset.
        """
        get_logger().error("tick.faulty", reason=fault)
        self.control.pacer.pause(self._clock.monotonic())
        self.status.stumble(fault)
        await self._announcer.say(self.telling, self._stage.state())

    def _ticks_at_once(self, start_us: int) -> int:
        """One, as on a journey; in a backfill a frame of them, which ends where the live phase begins."""
        if not self.control.backfilling or self.telling.goal is not None:
            return 1
        left = (self._stage.live_us - start_us) // (self.telling.config.tick_seconds * SECOND)
        return max(1, min(FRAME_TICKS, self._plan.backfill_lead // FRAMES_IN_LEAD, left))

    async def _allowed(self, last: int, start_us: int) -> bool:
        """Wait until the ticks up to ``last`` are due and no service is too far behind; False if interrupted."""
        journey = self.telling.goal is not None
        max_lead = self._plan.max_lead if journey or not self.control.backfilling else self._plan.backfill_lead
        while True:
            await self._intake.absorb()
            if self._interrupted:
                return False
            now = self._clock.monotonic()
            due = self.control.pacer.wait(start_us, now)
            if not self.control.pacer.paused:
                self.status.stumble(None)
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
                await refused_by(self._readiness, self._clock, "journal", error)
            else:
                self._readiness.set("journal", ok=True)
                return admitted

    async def _emit(self, outputs: Sequence[Output], start_us: int) -> list[Awaitable[Positions]]:
        """Publish a tick's records when their time comes; all at once in a backfill and at full speed."""
        speed = self.control.pacer.speed
        if self.control.backfilling or speed == UNPACED:
            return [self._publisher.produce_nowait(self._stage.dated(outputs))] if outputs else []
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
        await self._announcer.announce(self.telling, self._stage.state())
        sleep = self._clock.sleep(min(seconds, LOOK_SECONDS))
        await first_of(sleep, self._arrivals.arrived(), self._wake.wait())
        self._wake.clear()
        await self._intake.absorb()

    @property
    def _interrupted(self) -> bool:
        return self._stop.is_set() or self.control.order is not None or self.control.stopped

    def _stopping(self) -> bool:
        return self._stop.is_set()

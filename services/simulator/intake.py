"""Sorts what arrives: progress to the lead, commands to the control, all else to the inbox of the next tick."""

import asyncio

from services.simulator.announcer import Announcer
from services.simulator.control import Control, answer_of
from services.simulator.ports import Arrivals
from services.simulator.runtime.admission import CONTROL
from services.simulator.runtime.notices import METRICS
from services.simulator.runtime.partners import Partners
from services.simulator.runtime.past import progress
from services.simulator.stage import Stage
from services.simulator.waiting import refused_by
from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.health import Readiness
from streamkit.progress import Progress

ANSWERED_BEFORE_SECONDS = 0.1
"""A tick further off than this is told its commands as they come, so that whoever gave them has an answer."""


class Intake:
    """One for each simulator, of whichever branch is told."""

    def __init__(
        self,
        arrivals: Arrivals,
        stage: Stage,
        control: Control,
        partners: Partners,
        announcer: Announcer,
        clock: Clock,
        readiness: Readiness,
        reached: Progress,
    ) -> None:
        self._arrivals = arrivals
        self._stage = stage
        self._control = control
        self._partners = partners
        self._announcer = announcer
        self._clock = clock
        self._readiness = readiness
        self._reached = reached

    async def absorb(self) -> None:
        """Take in everything that has arrived.

        It counts as consumed then, not at the next tick: while paused there is none, and lag would never end.
        """
        telling = self._stage.telling
        for received in self._arrivals.poll():
            topic = received.batch.topic
            if topic == METRICS:
                for service, positions in progress(received.batch.frame).items():
                    telling.lead.progressed(service, positions)
                    self._partners.progressed(service, positions, self._clock.monotonic())
            elif topic == CONTROL:
                now = self._clock.monotonic()
                self._partners.answered(received.batch.frame)
                answers = self._control.receive(received, telling, self._stage.live_us, now)
                await self._announcer.answer(telling, answers)
                await self._announcer.announce(telling, self._stage.state())
            else:
                telling.inbox.offer(received)
        if telling.ordered and self._resting:
            await self._answer_early()
        self._arrivals.hold(len(telling.inbox))
        self._reached.note(self._arrivals.positions())

    @property
    def _resting(self) -> bool:
        """Whether the next tick is a while off, or does not come before the clock goes on.

        While an order waits, or is carried out, that may end the branch, it is not known whether there is one.
        """
        if self._control.order is not None:
            return False
        wait = self._control.pacer.wait(self._stage.telling.city.time_us, self._clock.monotonic())
        return wait > ANSWERED_BEFORE_SECONDS

    async def _answer_early(self) -> None:
        """Answer commands before the tick that obeys them: it is told them now."""
        telling = self._stage.telling
        try:
            said = await asyncio.to_thread(telling.admit_early)
        except Retryable as error:
            await refused_by(self._readiness, self._clock, "journal", error)
            return
        self._readiness.set("journal", ok=True)
        effective_us = telling.city.time_us
        await self._announcer.answer(telling, [answer_of(order, result, effective_us) for order, result in said])

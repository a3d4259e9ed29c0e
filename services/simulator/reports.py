"""Delivery reports, in order of ticks: only when the broker has all of a tick is that tick said to be published.

Ticks overlap on the wire, `PIPELINE` of them at most. A report that fails ends the process: the journal knows how to
tell the tick again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from services.simulator.opening import PIPELINE
from services.simulator.ports import FailPoint, Publisher
from services.simulator.runtime.notices import Published, State, tick_record
from services.simulator.telling import Telling
from streamkit.clock import Clock
from streamkit.errors import Fatal, Retryable
from streamkit.positions import Positions, advance
from streamkit.processor import Output


@dataclass(frozen=True, slots=True)
class Sent:
    """Ticks whose records were handed over. ``published`` tells of the last; its ends come with the reports."""

    telling: Telling
    ticks: Sequence[int]
    published: Published
    state: State
    deliveries: Sequence[Awaitable[Positions]]


class Reports:
    """Follows deliveries. `run` must be running for `hand_over` and `drained` to make progress."""

    def __init__(self, publisher: Publisher, clock: Clock, fail_point: FailPoint, wake: Callable[[], None]) -> None:
        """``wake`` is called whenever a tick was published or room became free."""
        self._publisher = publisher
        self._clock = clock
        self._fail_point = fail_point
        self._wake = wake
        self._sent: asyncio.Queue[Sent] = asyncio.Queue()
        self._noted: asyncio.Queue[tuple[Awaitable[Positions], bool]] = asyncio.Queue(maxsize=1_000)
        self._room = asyncio.Semaphore(PIPELINE)

    async def room(self) -> None:
        """Wait until one more tick may be computed."""
        await self._room.acquire()

    def unused(self) -> None:
        """Give back the `room` of a tick that came to nothing."""
        self._room.release()

    def hand_over(self, sent: Sent) -> None:
        """Follow a tick for which `room` was had."""
        self._sent.put_nowait(sent)

    async def note(self, outputs: Sequence[Output]) -> None:
        """Publish something that belongs to no tick: a state, an acknowledgement."""
        await self._noted.put((self._publisher.produce_nowait(outputs), False))

    async def drained(self) -> None:
        """Wait until everything handed over is on the broker."""
        await self._sent.join()
        await self._noted.join()

    async def run(self) -> None:
        """Follow deliveries until cancelled.

        Raises:
            Fatal: Records were not delivered.

        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ticks())
                group.create_task(self._notes())
        except* Retryable as errors:
            raise Fatal(f"records were not delivered: {errors.exceptions[0]}") from errors

    async def _ticks(self) -> None:
        while True:
            sent = await self._sent.get()
            for delivery in sent.deliveries:
                advance(sent.telling.ends, city_topics(await delivery))
            tick = sent.published.tick
            self._fail("delivered", sent)
            published = replace(sent.published, ends=dict(sent.telling.ends))
            sent.telling.lead.published(tick, published.ends)
            record = tick_record(sent.telling.identity, published, sent.state, self._clock.now_us())
            await self._noted.put((self._publisher.produce_nowait([record]), True))
            self._fail("tick_sent", sent)
            self._sent.task_done()
            self._wake()

    def _fail(self, place: str, sent: Sent) -> None:
        for tick in sent.ticks:
            self._fail_point(place, tick)

    async def _notes(self) -> None:
        while True:
            delivery, of_tick = await self._noted.get()
            await delivery
            if of_tick:
                self._room.release()
            self._noted.task_done()


WALL_CLOCK_TOPICS = frozenset({"system_metrics", "simulation_control"})


def city_topics(ends: Positions) -> Positions:
    """End offsets on the topics that tell the city; those about the machinery are no part of a tick."""
    return {place: end for place, end in ends.items() if place[0] not in WALL_CLOCK_TOPICS}

"""Several ticks computed in one go, for a backfill: what arrives meanwhile is admitted with the next frame.

A frame costs one hand-over to the broker and one `simulator.tick`, whose ends stand for all its ticks. In live phases a
frame is one tick.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.simulator.domain.city import CommandResult
from services.simulator.runtime.admission import Admitted
from services.simulator.telling import FaultyTickError, Telling
from streamkit.errors import Retryable
from streamkit.processor import Output
from streamkit.records import Outgoing

FRAME_TICKS = 15
"""Most ticks of a frame: what others answer in a backfill is felt so many simulated minutes later."""

FRAMES_IN_LEAD = 2
"""Frames that fit into the lead of a backfill: one is computed while the other is answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Commands that a tick obeyed, and what came of them."""

    admitted: Admitted
    results: Sequence[CommandResult]
    start_us: int


@dataclass(slots=True)
class Frame:
    """What some consecutive ticks brought, and why the one after them could not be computed, if it could not."""

    ticks: list[int] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    last_us: int = 0
    population: int = 0
    active_users: int = 0
    fault: str | None = None

    @property
    def events(self) -> int:
        """Records to publish."""
        return sum(output.rows for output in self.outputs if isinstance(output, Outgoing))


def compute(telling: Telling, admitted: Admitted, ticks: int) -> Frame:
    """Compute up to ``ticks`` ticks, the first with what was admitted to it.

    Fewer where the journal's disk refuses a later one (what it could not mark is not computed), or where a tick is
    faulty: those before it stand, and nothing of it is in the frame.
    """
    frame = Frame()
    while True:
        tick, start_us = telling.city.tick, telling.city.time_us
        try:
            step = telling.step(admitted)
        except FaultyTickError as fault:
            frame.fault = str(fault)
            return frame
        frame.ticks.append(tick)
        frame.outputs += step.outputs
        if admitted.orders:
            frame.answered.append(Answered(admitted, step.results, start_us))
        frame.last_us = start_us
        frame.population, frame.active_users = step.population, step.active_users
        if len(frame.ticks) == ticks:
            return frame
        try:
            admitted = telling.admit()
        except Retryable:
            return frame

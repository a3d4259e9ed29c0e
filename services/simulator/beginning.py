"""How a run of the service begins: what the topics remember, the branch to tell, and the clock it goes on with."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from services.simulator.barrier import BarrierPolicy
from services.simulator.control import BranchOrder, Control, order_note
from services.simulator.domain.city import CityConfig
from services.simulator.opening import Opener
from services.simulator.ports import Arrivals, Memory
from services.simulator.runtime.horizon import Horizon
from services.simulator.runtime.notices import METRICS
from services.simulator.runtime.past import Past
from services.simulator.telling import Telling
from services.simulator.waiting import first_of
from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.logs import get_logger
from streamkit.processor import Output
from streamkit.records import Coded, Outgoing, Tombstones

RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is told, how fast, and how far ahead of the services.

    The past ends ``backfill_us`` of simulated time after the start or, with ``until_now``, where the wall clock is.
    """

    config: CityConfig
    seed: int
    speed: float
    backfill_us: int
    max_lead: int
    backfill_lead: int
    checkpoint_seconds: float
    until_now: bool = False
    snapshots: Path = Path(".luna/snapshots")
    barrier: BarrierPolicy = field(default_factory=BarrierPolicy)

    @property
    def horizon(self) -> Horizon:
        """Where the backfill ends."""
        return Horizon(self.backfill_us, self.until_now)


@dataclass(frozen=True, slots=True)
class Begun:
    """A branch that can be told, and whether the command that opened it still waits for its answer.

    ``population`` is how many people it has, where that is not what its configuration says.
    """

    telling: Telling
    owed: bool
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """Begins branches. ``compacted`` maps the topics of entities to their key columns."""

    opener: Opener
    memory: Memory
    arrivals: Arrivals
    clock: Clock
    compacted: Mapping[str, str]

    async def begin(self, plan: Plan, control: Control, stop: asyncio.Event) -> Begun | None:
        """The branch that a crash left, or one never used before; the inputs are assigned where it goes on.

        None if asked to stop before there is one.
        """
        beginning = asyncio.ensure_future(self._persist(plan, control))
        await first_of(stop.wait(), asyncio.wait([beginning]))
        if beginning.done():
            return beginning.result()
        beginning.cancel()
        return None

    async def _persist(self, plan: Plan, control: Control) -> Begun:
        while True:
            try:
                return await self._begin(plan, control)
            except Retryable as error:
                get_logger().warning("begin.retry", reason=str(error))
                await self.clock.sleep(RETRY_SECONDS)

    async def begin_anew(self, plan: Plan, order: BranchOrder, current: Telling) -> Begun:
        """The branch that a reset or a start asks for, in the middle of the service's life.

        Raises:
            Retryable: Broker or disk refuse it; nothing has begun.

        """
        past = await self.memory.past()
        changes = dict(order.changes)
        start = order.command in {"start", "seed"}
        seed = int(str(changes.pop("seed", plan.seed if start else current.seed)))
        config = replace(plan.config if start else current.config, **changes)  # type: ignore[arg-type]
        inputs = self.arrivals.positions()
        telling = await asyncio.to_thread(self.opener.fresh, config, seed, past, inputs, order_note(order))
        return Begun(telling, owed=True)

    async def removals(self, outputs: Sequence[Output]) -> list[Output]:
        """Removals of entities that have a row on a compacted topic and none in the city that opens."""
        removed: list[Output] = []
        for topic, key in self.compacted.items():
            rows = {
                name
                for output in outputs
                if isinstance(output, Outgoing) and output.topic == topic
                for name in _texts(output, key)
            }
            orphans = sorted(await self.memory.living(topic) - rows)
            if orphans:
                removed.append(Tombstones(topic, orphans))
        return removed

    async def _begin(self, plan: Plan, control: Control) -> Begun:
        past = await self.memory.past()
        telling = await asyncio.to_thread(self.opener.recover, past)
        control.handled = dict.fromkeys(past.answered())
        if telling is None:
            telling = await asyncio.to_thread(self.opener.fresh, plan.config, plan.seed, past, past.next)
            await self.arrivals.assign(past.next)
            return Begun(telling, owed=False)
        self._resume(past, telling, control)
        metrics = {place: offset for place, offset in past.next.items() if place[0] == METRICS}
        await self.arrivals.assign({**telling.inputs, **metrics})
        note = telling.opened_by
        return Begun(telling, owed=note is not None and note["command_id"] not in control.handled)

    def _resume(self, past: Past, telling: Telling, control: Control) -> None:
        state = past.last_state(telling.identity.run_id, telling.identity.branch)
        if state is None:
            return
        if state["phase"] in {"paused", "stopped"}:
            control.pacer.pause(self.clock.monotonic())
        control.stopped = state["phase"] == "stopped"
        if state["phase"] == "running":
            control.live_speed = float(str(state["speed_target"]))


def _texts(output: Outgoing, name: str) -> list[str]:
    column = output.columns[name]
    if isinstance(column, Coded):
        return [column.values[code] for code in column.codes.tolist()]
    if isinstance(column, pl.Series):
        return [str(value) for value in column.to_list()]
    if isinstance(column, np.ndarray):
        return [value.decode() if isinstance(value, bytes) else str(value) for value in column.tolist()]
    return [str(column)]

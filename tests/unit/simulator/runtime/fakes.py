"""A tiny city, a broker in memory and services that answer at once: enough to watch the loop from outside."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.simulator.adapters.decoding import journal_decoder
from services.simulator.adapters.ledger import LedgerFile
from services.simulator.barrier import BarrierPolicy
from services.simulator.beginning import Beginning, Plan
from services.simulator.domain.city import CityConfig
from services.simulator.imperfections.rules import Rule
from services.simulator.opening import Opener
from services.simulator.ports import FailPoint, MakeCity
from services.simulator.simulation import Simulation
from streamkit.clock import Clock, ManualClock
from streamkit.health import Readiness
from streamkit.progress import Progress
from tests.unit.simulator.runtime.broker import Broker, BrokerArrivals, BrokerMemory, BrokerPublisher
from tests.unit.simulator.runtime.tiny_city import CATALOGUE, CODEC, EXEMPT, START_US, Crash, FakeCity

__all__ = ["START_US", "World"]


def silent(place: str, tick: int) -> None:
    """A fail point that does nothing."""
    del place, tick


@dataclass
class World:
    """A simulator's surroundings: the same broker and disk for one process after another."""

    root: Path
    broker: Broker = field(default_factory=Broker)
    clock: Clock = field(default_factory=ManualClock)
    readiness: Readiness = field(default_factory=lambda: Readiness("branch"))
    stack_id: str = "stack"
    boot_id: str = "boot"
    backfill_minutes: int = 10_000
    backfill_lead: int = 5  # frames of one tick
    speed: float = 0.0
    checkpoint_seconds: float = 1e9
    until_now: bool = False
    rules: tuple[Rule, ...] = ()
    make_city: MakeCity = FakeCity
    config: CityConfig = field(default_factory=lambda: CityConfig(users=5, venues=3, start=START_US))

    def simulation(self, fail_point: FailPoint = silent) -> Simulation:
        decode = journal_decoder(CATALOGUE, CODEC)
        readers = {name: frozenset(CATALOGUE.topics_read_by(name)) for name in ("booking", "recommender")}
        opener = Opener(
            self.root,
            LedgerFile(self.root / "ledger.json"),
            self.stack_id,
            self.boot_id,
            self.make_city,
            decode,
            readers,
            self.rules,
        )
        arrivals = BrokerArrivals(self.broker)
        beginning = Beginning(
            opener, BrokerMemory(self.broker), arrivals, self.clock, {"users": "user_id", "venues": "venue_id"}
        )
        plan = Plan(
            self.config,
            7,
            self.speed,
            self.backfill_minutes * 60_000_000,
            5,
            self.backfill_lead,
            self.checkpoint_seconds,
            self.until_now,
            self.root / "snapshots",
            BarrierPolicy({name: topics - EXEMPT for name, topics in readers.items()}, 2.0, 1.0),
        )
        publisher = BrokerPublisher(self.broker)
        progress = Progress("simulator", "test", publisher, self.clock)
        return Simulation(plan, beginning, publisher, arrivals, self.clock, self.readiness, fail_point, progress)

    async def until_tick(self, tick: int) -> Simulation:
        """Run a simulator until it has computed a tick, then end it properly."""
        stop = asyncio.Event()

        def reached(place: str, at: int) -> None:
            if place == "produced" and at >= tick:
                stop.set()

        simulation = self.simulation(reached)
        await simulation.run(stop)
        return simulation

    async def crash(self, place: str, tick: int) -> None:
        """Run a simulator until it dies at a fail point."""

        def die(at: str, number: int) -> None:
            if (at, number) == (place, tick):
                raise Crash

        with pytest.raises(Crash) if place in {"journaled", "produced", "opened"} else pytest.RaisesGroup(Crash):
            await self.simulation(die).run(asyncio.Event())

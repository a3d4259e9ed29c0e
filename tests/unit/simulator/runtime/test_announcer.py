"""What is said on ``simulation_control``: each change, each simulated minute, at most four states a second."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from services.simulator.announcer import SHORTEST_SECONDS, Announcer
from services.simulator.reports import Reports
from services.simulator.runtime.notices import State
from services.simulator.telling import Telling
from streamkit.clock import ManualClock
from tests.unit.simulator.runtime.broker import Broker, BrokerPublisher
from tests.unit.simulator.runtime.fakes import START_US, World, silent

MINUTE, SECOND = 60_000_000, 1_000_000
CALM = State("running", 3, START_US, START_US, 60.0, 59.8, population=5, active_users=2)
CHANGES: dict[str, Callable[[State], State]] = {
    "phase": partial(replace, phase="paused"),
    "speed_target": partial(replace, speed_target=120.0),
    "rate_target": partial(replace, rate_target=50.0),
    "population": partial(replace, population=6),
    "reason": partial(replace, reason="waiting for booking"),
    "scenario": partial(replace, scenario="lunch_rush"),
}


def states(broker: Broker) -> pl.DataFrame:
    frame = broker.frame("simulation_control")
    return frame.filter(event_type="state.changed") if not frame.is_empty() else frame


class Speaker:
    """An announcer, and what has been heard of it."""

    def __init__(self, telling: Telling) -> None:
        self.clock, self.broker, self._telling = ManualClock(1_000 * SECOND), Broker(), telling
        reports = Reports(BrokerPublisher(self.broker), self.clock, silent, lambda: None)
        self._announcer = Announcer(reports, self.clock)

    async def hear(self, state: State, after: float = SHORTEST_SECONDS) -> int:
        """How many states have been said once this one is announced, some seconds after the last."""
        self.clock.advance(after)
        await self._announcer.announce(self._telling, state)
        return self.said.height

    @property
    def said(self) -> pl.DataFrame:
        return states(self.broker)


@pytest.fixture
async def speaker(tmp_path: Path) -> Speaker:
    return Speaker((await World(tmp_path).until_tick(1)).telling)


async def test_the_first_state_is_said_and_the_same_again_is_not(speaker: Speaker) -> None:
    assert await speaker.hear(CALM, after=0.0) == 1
    assert await speaker.hear(CALM, after=3_600.0) == 1


@pytest.mark.parametrize("change", CHANGES)
async def test_each_change_is_said_within_the_same_simulated_minute(speaker: Speaker, change: str) -> None:
    changed = CHANGES[change](CALM)
    await speaker.hear(CALM)
    assert await speaker.hear(changed) == 2
    assert await speaker.hear(changed) == 2
    assert await speaker.hear(CALM) == 3, "back again is a change too"
    assert speaker.said[change].to_list() == [getattr(state, change) for state in (CALM, changed, CALM)]


async def test_what_moves_all_along_waits_for_the_next_simulated_minute(speaker: Speaker) -> None:
    await speaker.hear(CALM)
    moved = replace(CALM, active_users=4, speed_achieved=61.0, time_us=START_US + MINUTE - 1)
    assert await speaker.hear(moved) == 1
    for minute in range(1, 4):
        now = replace(moved, tick=3 + minute, time_us=START_US + minute * MINUTE)
        assert await speaker.hear(now) == 1 + minute
        assert await speaker.hear(replace(now, time_us=now.time_us + 20 * SECOND)) == 1 + minute
    assert speaker.said["simulation_time"].to_list() == [START_US + minute * MINUTE for minute in range(4)]
    assert speaker.said["active_users"].to_list() == [2, 4, 4, 4]


async def test_a_speed_that_a_rate_of_events_steers_is_no_change(speaker: Speaker) -> None:
    steered = replace(CALM, rate_target=50.0)
    await speaker.hear(steered)
    assert await speaker.hear(replace(steered, speed_target=75.0)) == 1
    assert await speaker.hear(replace(steered, rate_target=80.0)) == 2


async def test_changes_in_quick_succession_are_held_back_and_the_last_is_never_lost(speaker: Speaker) -> None:
    for number in range(100):
        await speaker.hear(replace(CALM, population=number), after=0.01)
    walls = [wall / SECOND for wall in speaker.said["wall_time"].to_list()]
    assert 3 <= len(walls) <= 5, "a second of changes"
    assert min(later - earlier for earlier, later in pairwise(walls)) >= SHORTEST_SECONDS - 1e-6
    await speaker.hear(replace(CALM, population=99))
    assert speaker.said["population"].to_list()[-1] == 99


async def test_a_simulation_says_each_of_its_minutes_and_what_it_was_told_to_do(tmp_path: Path) -> None:
    """On a clock that moves while the simulation waits, at speeds whose waits are whole µs."""
    world, stop = World(tmp_path, backfill_minutes=0, speed=40.0), asyncio.Event()
    orders = {6: ("spawn", '{"count": 3}'), 12: ("speed", '{"multiplier": 20}')}

    def order(place: str, tick: int) -> None:
        if place == "produced" and tick in orders:
            world.broker.command(*orders.pop(tick))
        if tick >= 20:
            stop.set()

    await world.simulation(order).run(stop)
    said = states(world.broker).sort("wall_time", maintain_order=True)
    assert said["phase"].unique(maintain_order=True).to_list() == ["starting", "running", "stopped"]
    said = said.with_columns(minute=(pl.col("simulation_time") - START_US) // MINUTE)
    assert set(said.filter(phase="running")["minute"].to_list()) >= set(range(20)), "no simulated minute is left out"
    changes = said.filter(pl.struct("population", "speed_target").rle_id().is_first_distinct())
    now = changes.filter(phase="running").select("population", "speed_target", "minute").rows()
    assert [row[:2] for row in now] == [(5, 40.0), (8, 40.0), (8, 20.0)]
    assert now[0][2] == 0
    assert [6 <= now[1][2] <= 7, 12 <= now[2][2] <= 13] == [True, True], "by the next simulated minute at the latest"

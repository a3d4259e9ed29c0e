"""Where the past ends, and that a city which begins in it arrives at the present and keeps step with it."""

import asyncio
from pathlib import Path

import polars as pl

from services.simulator.domain.city import CityConfig
from services.simulator.runtime.horizon import DAY_US, Horizon, start_before
from services.simulator.telling import iso
from streamkit.clock import ManualClock
from tests.unit.simulator.runtime.fakes import START_US, World

MINUTE = 60_000_000


def test_a_fixed_backfill_ends_so_long_after_the_start_whatever_the_clock_says() -> None:
    horizon = Horizon(2 * DAY_US)
    assert horizon.live_us(START_US, 0) == horizon.live_us(START_US, 9 * DAY_US) == START_US + 2 * DAY_US


def test_a_backfill_up_to_now_ends_where_the_clock_is_when_it_gets_there() -> None:
    horizon = Horizon(2 * DAY_US, until_now=True)
    assert horizon.live_us(START_US, START_US + 3 * DAY_US) == START_US + 3 * DAY_US


def test_a_city_that_is_to_arrive_at_now_begins_so_long_before_at_a_whole_tick() -> None:
    now = START_US + 30 * DAY_US + 17 * 1_000_000
    assert start_before(now, 30 * DAY_US, MINUTE) == START_US


async def test_the_past_is_told_at_full_speed_and_the_present_in_step_with_the_clock(tmp_path: Path) -> None:
    """At 1x, with a wall clock that only moves while the simulation waits."""
    clock = ManualClock()
    behind = 300 * MINUTE
    config = CityConfig(users=5, venues=3, start=start_before(clock.now_us(), behind, MINUTE))
    world = World(tmp_path, clock=clock, until_now=True, speed=1.0, config=config, backfill_lead=30)
    moments: list[tuple[int, int]] = []
    stop = asyncio.Event()

    def note(place: str, tick: int) -> None:
        if place == "journaled":
            moments.append((config.start + tick * MINUTE, clock.now_us()))
            if tick >= 310:
                stop.set()

    await world.simulation(note).run(stop)
    past = [(city, wall) for city, wall in moments if city < clock.now_us() - 20 * MINUTE]
    assert len(past) > 250
    live = moments[-8:]
    assert all(0 <= wall - city < 2_000_000 for city, wall in live), "a tick is told when its minute begins"
    states = world.broker.frame("simulation_control").filter(pl.col("event_type") == "state.changed")
    phases = list(dict.fromkeys(states["phase"].to_list()))
    assert phases[:3] == ["starting", "backfill", "running"]
    reasons = {phase: set(states.filter(pl.col("phase") == phase)["reason"].to_list()) for phase in phases}
    ends = {f"living its past until {iso(time // MINUTE * MINUTE)}" for _, time in moments}
    assert reasons["backfill"] & ends
    assert not reasons["running"] & ends
    rows = world.broker.frame("bookings").filter(pl.col("source") == "simulator")
    assert rows["branch"].unique().to_list() == [1], "the same people, before and after"

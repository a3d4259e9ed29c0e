"""The loop seen from the topics: commands, pauses, resets, branches, and services that are not there."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from streamkit.clock import SystemClock
from tests.unit.simulator.runtime.fakes import START_US, World


def said(world: World, event_type: str) -> pl.DataFrame:
    frame = world.broker.frame("simulation_control")
    return frame.filter(pl.col("event_type") == event_type) if not frame.is_empty() else frame


def answer(world: World, command_id: str) -> dict[str, object] | None:
    acks = said(world, "ack.given")
    mine = acks.filter(pl.col("command_id") == command_id) if not acks.is_empty() else acks
    assert mine.height <= 1, "one command, one answer"
    return None if mine.is_empty() else mine.row(0, named=True)


def last_tick(world: World) -> int:
    frame = world.broker.frame("system_metrics")
    ticks = frame.filter(pl.col("event_type") == "simulator.tick")["tick"].to_list() if not frame.is_empty() else []
    return max(ticks, default=-1)


def told(world: World, branch: int) -> bool:
    return branch in world.broker.frame("bookings")["branch"].to_list()


async def eventually(found: Callable[[], object]) -> None:
    clock = SystemClock()
    deadline = clock.monotonic() + 60
    while not found():
        assert clock.monotonic() < deadline, "it never came true"
        await clock.sleep(0.01)


@asynccontextmanager
async def living(world: World) -> AsyncIterator[World]:
    """A simulator that runs on real time while the block lasts."""
    world.clock = SystemClock()
    stop = asyncio.Event()
    task = asyncio.create_task(world.simulation().run(stop))
    await eventually(lambda: task.done() or not said(world, "state.changed").is_empty())
    yield world
    stop.set()
    await asyncio.wait_for(task, 60)


def paced(root: Path) -> World:
    """A live city of twenty ticks a second."""
    return World(root, backfill_minutes=0, speed=1_200.0)


async def test_a_pause_stops_the_simulated_clock_at_once_and_resume_goes_on(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        pause = world.broker.command("pause")
        await eventually(partial(answer, world, pause))
        await eventually(lambda: "paused" in said(world, "state.changed")["phase"].to_list())
        stood = last_tick(world)
        await SystemClock().sleep(0.3)
        assert last_tick(world) <= stood + 1
        resume = world.broker.command("resume")
        await eventually(partial(answer, world, resume))
        await eventually(lambda: last_tick(world) > stood + 2)


async def test_commands_are_answered_while_the_city_is_paused_and_hold_when_it_goes_on(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        world.broker.command("pause")
        await eventually(lambda: "paused" in said(world, "state.changed")["phase"].to_list())
        spawned = []
        for count in (3, 4):
            spawn = world.broker.command("spawn", f'{{"count": {count}}}')
            await eventually(partial(answer, world, spawn))
            spawned.append(answer(world, spawn) or {})
        stood = last_tick(world)
        assert [json.loads(str(one["result"])) for one in spawned] == [{"population": 8}, {"population": 12}]
        assert {one["effective_time"] for one in spawned} == {START_US + (stood + 1) * 60_000_000}
        wrong = world.broker.command("scenario", '{"scenario": "nothing"}')
        await eventually(partial(answer, world, wrong))
        assert (answer(world, wrong) or {})["status"] == "rejected"
        world.broker.command("resume")
        await eventually(lambda: last_tick(world) > stood + 2)
        await eventually(lambda: said(world, "state.changed")["population"].to_list()[-1] == 12)
        assert said(world, "ack.given")["command_id"].is_unique().all()


async def test_commands_answered_in_a_pause_survive_a_crash_in_it(tmp_path: Path) -> None:
    world = paced(tmp_path)
    world.clock = SystemClock()
    simulation = world.simulation()
    task = asyncio.create_task(simulation.run(asyncio.Event()))
    await eventually(lambda: last_tick(world) >= 2)
    world.broker.command("pause")
    await eventually(lambda: "paused" in said(world, "state.changed")["phase"].to_list())
    for count in (3, 4):
        await eventually(partial(answer, world, world.broker.command("spawn", f'{{"count": {count}}}')))
    simulation.telling.checkpoint()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with living(world):
        stood = last_tick(world)
        world.broker.command("resume")
        await eventually(lambda: last_tick(world) > stood + 2)
        await eventually(lambda: said(world, "state.changed")["population"].to_list()[-1] == 12)
    assert set(world.broker.frame("bookings")["branch"]) == {1}, "the branch goes on"


async def test_commands_are_answered_once_with_reason_or_effective_time(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        spawn = world.broker.command("spawn", '{"count": 3}')
        wrong = world.broker.command("speed", '{"multiplier": 0}')
        unknown = world.broker.command("scenario", '{"scenario": "nothing"}')
        again = world.broker.command("spawn", '{"count": 3}', command_id=spawn)
        assert again == spawn
        for command in (spawn, wrong, unknown):
            await eventually(partial(answer, world, command))
        spawned, refused, rejected = (answer(world, command) or {} for command in (spawn, wrong, unknown))
        assert json.loads(str(spawned["result"])) == {"population": 8}
        assert (int(str(spawned["effective_time"])) - START_US) % 60_000_000 == 0
        assert (refused["status"], rejected["status"]) == ("rejected", "rejected")
        assert "greater than or equal to 1" in str(refused["reason"])


async def test_a_reset_tells_a_new_branch_and_removes_those_whom_the_old_one_spawned(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        start = world.broker.command("start", '{"population": 7, "seed": 99}')
        await eventually(partial(answer, world, start))
        assert len(await living_users(world)) == 7
        back = world.broker.command("start")
        await eventually(partial(answer, world, back))
        assert len(await living_users(world)) == 5
        reset = world.broker.command("reset")
        await eventually(partial(answer, world, reset))
        opened = [json.loads(str((answer(world, command) or {})["result"])) for command in (start, back, reset)]
        assert opened[0]["run_id"] != opened[1]["run_id"] == opened[2]["run_id"]
        assert [one["branch"] for one in opened] == [1, 2, 3]
        await eventually(partial(told, world, 3))
    ids = world.broker.frame("bookings").filter(pl.col("source") == "simulator")["event_id"]
    assert ids.n_unique() == len(ids)


async def living_users(world: World) -> set[str]:
    alive: dict[bytes, bool] = {}
    for (topic, _), pairs in world.broker.records.items():
        if topic == "users":
            alive.update({key: value is not None for key, value in pairs})
    return {key.decode() for key, present in alive.items() if present}


async def test_a_stopped_city_takes_no_command_but_a_new_beginning(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        stop = world.broker.command("stop")
        await eventually(partial(answer, world, stop))
        stood = last_tick(world)
        resume = world.broker.command("resume")
        await eventually(partial(answer, world, resume))
        assert "stopped" in str((answer(world, resume) or {})["reason"])
        assert last_tick(world) == stood
        reset = world.broker.command("reset")
        await eventually(partial(answer, world, reset))
        await eventually(partial(told, world, 2))


async def test_without_the_services_the_city_waits_at_its_lead_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, backfill_lead=30)
    world.broker.answering = False
    async with living(world):
        await eventually(lambda: last_tick(world) == 29)
        await eventually(lambda: not world.readiness.ready)
        assert "booking" in world.readiness.conditions["services"].detail
        assert last_tick(world) == 29
        world.broker.answering = True
        for service in ("booking", "recommender"):
            world.broker.progress(service)
        await eventually(lambda: last_tick(world) > 40)
        await eventually(lambda: world.readiness.ready)


async def test_a_clean_stop_and_a_new_start_tell_a_new_branch(tmp_path: Path) -> None:
    world = World(tmp_path)
    first = await world.until_tick(3)
    second = await world.until_tick(3)
    assert (first.telling.identity.branch, second.telling.identity.branch) == (1, 2)
    assert first.telling.identity.run_id == second.telling.identity.run_id


async def test_another_stack_never_goes_on_with_the_crash_of_an_earlier_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.crash("produced", 3)
    world.stack_id = "the next one"
    assert (await world.until_tick(1)).telling.identity.branch == 2


async def test_a_lost_disk_costs_the_branch_but_never_its_name(tmp_path: Path) -> None:
    world = World(tmp_path / "lost")
    await world.crash("produced", 5)
    world.root = tmp_path / "new"
    assert (await world.until_tick(1)).telling.identity.branch == 2


def halve(root: Path) -> None:
    journal = next(root.glob("*/1/journal.bin"))
    whole = journal.read_bytes()
    journal.write_bytes(whole[: len(whole) // 2])


async def test_a_journal_that_lost_what_the_topic_has_opens_a_new_branch(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.crash("produced", 5)
    halve(tmp_path)
    assert (await world.until_tick(1)).telling.identity.branch == 2


@pytest.mark.parametrize("checkpoint_seconds", [0.0, 1e9])
async def test_after_a_loss_of_power_ticks_that_may_be_out_are_told_as_they_were(
    tmp_path: Path, checkpoint_seconds: float
) -> None:
    """Another boot: frames that were not waited for may be gone, so what follows the last tick hears nothing."""
    world = World(tmp_path, checkpoint_seconds=checkpoint_seconds)
    await world.crash("produced", 5)
    world.boot_id = "another"
    simulation = await world.until_tick(30)
    assert simulation.telling.identity.branch == 1
    assert world.broker.values()

"""Snapshots of a living city with its services, branches that begin from them, and journeys."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.living import TELLING
from services.simulator.snapshots.waiting import unpacked
from streamkit.clock import SystemClock
from tests.unit.simulator.runtime.fakes import START_US, World
from tests.unit.simulator.runtime.test_simulation import answer, eventually, last_tick, living, paced, said, told

MINUTE_US = 60_000_000


async def done(world: World, command: str, /, **parameters: object) -> Mapping[str, Any]:
    """Give a command and return the result of its acknowledgement."""
    ack = await given(world, command, **parameters)
    assert ack["status"] == "accepted", ack["reason"]
    return dict(json.loads(ack["result"]))


async def given(world: World, word: str, /, **parameters: object) -> Mapping[str, Any]:
    command = world.broker.command(word, json.dumps(parameters))
    await eventually(partial(answer, world, command))
    return answer(world, command) or {}


def at(tick: int) -> str:
    return datetime.fromtimestamp((START_US + tick * MINUTE_US) // 1_000_000, UTC).isoformat()


def ticks_of(world: World, branch: int) -> list[int]:
    metrics = world.broker.frame("system_metrics")
    rows = metrics.filter((pl.col("event_type") == "simulator.tick") & (pl.col("branch") == branch))
    return [int(tick) for tick in rows["tick"].to_list()]


async def test_a_snapshot_holds_the_state_of_every_service(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        made = await done(world, "snapshot.create", name="early", description="the first")
        assert made["services"] == ["booking", "recommender"]
        kept = SnapshotFiles(tmp_path / "snapshots").load("early").manifest.services
        assert [(one[0], one[1], one[3]) for one in world.broker.told] == [
            (service, "snapshot.save", kept[service]) for service in ("booking", "recommender")
        ]
        listed = (await done(world, "snapshot.list"))["snapshots"]
        assert [(one["name"], one["restorable"]) for one in listed] == [("early", True)]
        assert listed[0]["snapshot_id"] == made["snapshot_id"]
        await done(world, "snapshot.delete", snapshot=made["snapshot_id"])
        assert (await done(world, "snapshot.list"))["total"] == 0


async def test_a_service_that_does_not_answer_leaves_no_snapshot_and_the_city_goes_on(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        world.broker.deaf = frozenset({"recommender"})
        ack = await given(world, "snapshot.create", name="half")
        assert ack["status"] == "rejected"
        assert "no answer to snapshot.save from recommender (1 s)" in ack["reason"]
        assert SnapshotFiles(tmp_path / "snapshots").all() == []
        stood = last_tick(world)
        await eventually(lambda: last_tick(world) > stood + 2)
        world.broker.deaf = frozenset()
        assert (await done(world, "snapshot.create", name="half"))["name"] == "half", "the name is free"
        used = {one[3] for one in world.broker.told if one[0] == "booking"}
        assert len(used) == 2, "the attempt that failed does not stand in the way"


async def test_a_service_that_is_behind_is_waited_for_and_named(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        world.broker.answering = False
        stood = last_tick(world)
        await eventually(lambda: last_tick(world) > stood)
        ack = await given(world, "snapshot.create", name="early")
        assert "booking, recommender did not process all of the city in time (2 s)" in ack["reason"]


async def test_a_moment_is_waited_for_while_others_write_but_not_for_ever(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        world.broker.chatter = 3
        await done(world, "snapshot.create", name="after-a-while")
        world.broker.chatter = 1_000_000
        ack = await given(world, "snapshot.create", name="never")
        assert ack["reason"].startswith("new records still come onto user_actions (2 s); nothing was saved")


async def test_a_restored_city_goes_on_from_the_snapshot_on_a_new_branch(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        made = await done(world, "snapshot.create", name="early")
        await done(world, "spawn", count=4)
        await eventually(lambda: last_tick(world) >= made["tick"] + 4)
        restored = await done(world, "snapshot.restore", snapshot=made["snapshot_id"])
        assert (restored["branch"], restored["parent"], restored["tick"]) == (2, 1, made["tick"])
        assert restored["simulation_time"] == made["simulation_time"]
        loads = [one for one in world.broker.told if one[1] == "snapshot.load"]
        assert {(one[0], one[2]) for one in loads} == {("booking", 2), ("recommender", 2)}
        await eventually(lambda: told(world, 2))
        await eventually(lambda: len(ticks_of(world, 2)) > 2)
        assert min(ticks_of(world, 2)) == made["tick"]
        assert said(world, "state.changed")["population"].to_list()[-1] == 5, "who joined later is not there"
        users = world.broker.frame("users").filter(pl.col("branch") == 2)
        assert users.height == 5, "rows of everybody are published anew"


async def test_what_waited_when_it_was_saved_is_told_to_the_restored_city(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        await given(world, "pause")
        spawned = await done(world, "spawn", count=3)
        assert spawned == {"population": 8}
        made = await done(world, "snapshot.create", name="told-early")
        parts = SnapshotFiles(tmp_path / "snapshots").load("told-early").parts
        topics = {raw.topic for raw in unpacked(parts[TELLING])}
        assert "simulation_control" in topics, "a command that the next tick is told"
        await done(world, "snapshot.restore", snapshot=made["name"])
        await eventually(lambda: len(ticks_of(world, 2)) > 2)
        await eventually(lambda: said(world, "state.changed")["population"].to_list()[-1] == 8)
        acks = said(world, "ack.given")
        assert acks.filter(pl.col("command") == "spawn").height == 1, "it was answered when it was given"


async def test_a_restore_that_a_service_refuses_leaves_the_city_as_it_was(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        await done(world, "snapshot.create", name="early")
        world.broker.refusing = {"booking": "the table is gone"}
        ack = await given(world, "snapshot.restore", snapshot="early")
        assert ack["reason"] == "booking refuses snapshot.load: the table is gone"
        stood = last_tick(world)
        await eventually(lambda: last_tick(world) > stood + 2)
        assert said(world, "state.changed")["branch"].to_list()[-1] == 1
        world.broker.refusing = {}
        assert (await done(world, "snapshot.restore", snapshot="early"))["branch"] == 3, "a branch is never used twice"
        unknown = await given(world, "snapshot.restore", snapshot="late")
        assert unknown["reason"] == "no snapshot 'late'; there are: early"


async def test_a_journey_tells_the_commands_of_the_past_again_and_stops_there(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        made = await done(world, "snapshot.create", name="early")
        await eventually(lambda: last_tick(world) >= made["tick"] + 2)
        await done(world, "spawn", count=4)
        joined = last_tick(world) + 3
        await eventually(lambda: last_tick(world) >= joined + 3)
        await done(world, "spawn", count=100)
        journey = await done(world, "travel", to=at(joined), pause=True)
        assert (journey["base"], journey["ticks"]) == ("early", joined - made["tick"])
        await eventually(lambda: said(world, "state.changed")["phase"].to_list()[-1] == "paused")
        assert ticks_of(world, 2) == list(range(made["tick"], joined))
        assert said(world, "state.changed")["population"].to_list()[-1] == 9, "the first four came again, no one else"
        acks = said(world, "ack.given")
        assert acks.filter(pl.col("command") == "spawn").height == 2, "nothing is answered twice"


async def test_a_journey_before_the_fork_of_a_branch_goes_by_its_parent(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await done(world, "spawn", count=4)
        await eventually(lambda: last_tick(world) >= 6)
        made = await done(world, "snapshot.create", name="late")
        await done(world, "snapshot.restore", snapshot="late")
        await eventually(lambda: len(ticks_of(world, 2)) > 1)
        goal = made["tick"] - 2
        journey = await done(world, "travel", to=at(goal), pause=True)
        assert (journey["branch"], journey["base"], journey["ticks"]) == (3, None, goal)
        await eventually(lambda: len(ticks_of(world, 3)) == goal)
        await eventually(lambda: said(world, "state.changed")["population"].to_list()[-1] == 9)


async def test_a_journey_ahead_stays_on_its_branch_and_arrives(tmp_path: Path) -> None:
    slow = World(tmp_path, backfill_minutes=0, speed=1.0)  # a minute a tick: nobody waits for that
    async with living(slow) as world:
        goal = last_tick(world) + 10
        journey = await done(world, "travel", to=at(goal), pause=True)
        assert journey["branch"] == 1
        await eventually(lambda: said(world, "state.changed")["phase"].to_list()[-1] == "paused")
        assert last_tick(world) == goal - 1
        before = await given(world, "travel", to=at(-5))
        assert "nothing was told before" in before["reason"]


async def test_a_crash_on_a_journey_arrives_all_the_same(tmp_path: Path) -> None:
    world = paced(tmp_path)
    world.clock = SystemClock()
    task = asyncio.create_task(world.simulation().run(asyncio.Event()))
    await eventually(lambda: last_tick(world) >= 2)
    await done(world, "spawn", count=4)
    await eventually(lambda: last_tick(world) >= 14)
    await done(world, "travel", to=at(12), pause=True)
    await eventually(lambda: len(ticks_of(world, 2)) >= 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(ticks_of(world, 2)) < 12, "it died on the way"
    async with living(world):
        await eventually(lambda: said(world, "state.changed")["phase"].to_list()[-1] == "paused")
        await eventually(lambda: len(set(ticks_of(world, 2))) >= 12)  # the last is told once its records are delivered
        assert set(ticks_of(world, 2)) == set(range(12))
        assert said(world, "state.changed")["population"].to_list()[-1] == 9, "who came before comes again"


async def test_a_person_is_explained_while_the_city_lives(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        said_of = await done(world, "explain", user_id="u0000001", time="2026-06-05T18:00:00Z")
        assert said_of == {"user_id": "u0000001", "time": 1_780_682_400_000_000}
        wrong = await given(world, "explain", user_id="nobody")
        assert wrong["status"] == "rejected"

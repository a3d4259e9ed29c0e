"""The loop under orders and faults: snapshots, ticks that fail, imperfections, and what it says of its rate."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl

from services.simulator.domain.city import CityConfig, Command, Identity, Step
from services.simulator.imperfections.rules import parse
from services.simulator.snapshots.files import SnapshotFiles
from streamkit.records import Batch
from tests.unit.simulator.runtime.fakes import START_US, World
from tests.unit.simulator.runtime.test_simulation import answer, eventually, last_tick, living, paced, said
from tests.unit.simulator.runtime.tiny_city import FakeCity

RULES = parse([
    {"topic": "bookings", "kind": kind, "rate": 0.15} for kind in ("drop", "late", "duplicate", "corrupt", "reorder")
])  # fmt: skip


class Stumbling(FakeCity):
    """A city whose sixth tick cannot be computed as long as it is broken."""

    broken = True

    def step(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> Step:
        if self.tick == 6 and Stumbling.broken:
            raise ZeroDivisionError("people divided by no people")
        return super().step(admitted, commands)


async def test_a_tick_that_fails_stands_still_says_why_and_can_be_tried_again(tmp_path: Path) -> None:
    calm = World(tmp_path / "calm")
    await calm.until_tick(12)
    Stumbling.broken = True
    world = World(tmp_path / "other", make_city=Stumbling)
    async with living(world):
        await eventually(lambda: "paused" in said(world, "state.changed")["phase"].to_list())
        reason = said(world, "state.changed")["reason"].to_list()[-1]
        assert reason == "tick 6: ZeroDivisionError: people divided by no people"
        assert not world.readiness.ready
        assert last_tick(world) == 5
        assert len(world.broker.frame("bookings").filter(pl.col("source") == "simulator")) == 6 * 3, "nothing partial"
        resume = world.broker.command("resume")
        await eventually(partial(answer, world, resume))
        await eventually(lambda: said(world, "state.changed")["phase"].to_list()[-2:] == ["paused", "paused"])
        Stumbling.broken = False
        world.broker.command("resume")
        await eventually(lambda: last_tick(world) >= 12)
        await eventually(lambda: world.readiness.ready)
    told, expected = world.broker.values(), calm.broker.values()
    assert all(told[place][: len(values)] == values for place, values in expected.items())


async def test_a_faulty_tick_of_a_frame_keeps_the_ticks_before_it(tmp_path: Path) -> None:
    Stumbling.broken = True
    world = World(tmp_path, make_city=Stumbling, backfill_lead=30)
    async with living(world):
        await eventually(lambda: "paused" in said(world, "state.changed")["phase"].to_list())
        await eventually(lambda: last_tick(world) == 5)


async def test_a_faulty_city_can_still_be_reset(tmp_path: Path) -> None:
    Stumbling.broken = True
    world = World(tmp_path, make_city=Stumbling)
    async with living(world):
        await eventually(lambda: "paused" in said(world, "state.changed")["phase"].to_list())
        Stumbling.broken = False
        reset = world.broker.command("reset")
        await eventually(partial(answer, world, reset))
        await eventually(lambda: last_tick(world) >= 9)
        assert world.readiness.ready


async def test_a_snapshot_is_saved_between_two_ticks_told_and_answered(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        save = world.broker.command("snapshot", '{"name": "early", "description": "the first"}')
        await eventually(partial(answer, world, save))
        again = world.broker.command("snapshot", '{"name": "early"}')
        await eventually(partial(answer, world, again))
        stood = last_tick(world)
        await eventually(lambda: last_tick(world) > stood + 1)
        files = SnapshotFiles(tmp_path / "snapshots")
        manifest = files.load("early").manifest
        result = json.loads(str((answer(world, save) or {})["result"]))
        assert (result["snapshot_id"], result["tick"]) == (manifest.snapshot_id, manifest.tick)
        assert (manifest.description, manifest.branch) == ("the first", 1)
        assert "bookings:" in manifest.inputs + manifest.ends or manifest.journaled >= 0
        created = said(world, "snapshot.created").row(0, named=True)
        assert (created["snapshot_id"], created["tick"]) == (manifest.snapshot_id, manifest.tick)
        refused = answer(world, again) or {}
        assert refused["status"] == "rejected"
        assert "there is a snapshot early already" in str(refused["reason"])


async def test_data_are_seeded_anew_and_the_same_seed_makes_the_same_run(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        opened = []
        for _ in range(2):
            seed = world.broker.command("seed", '{"seed": 5, "users": 9, "venues": 4}')
            await eventually(partial(answer, world, seed))
            opened.append(json.loads(str((answer(world, seed) or {})["result"])))
        assert opened[0]["run_id"] == opened[1]["run_id"]
        assert [one["branch"] for one in opened] == [1, 2]
        assert (opened[0]["users"], opened[0]["venues"], opened[0]["seed"]) == (9, 4, 5)
        few = world.broker.command("start", '{"active_percentage": 50, "maximum_active_users": 2}')
        await eventually(partial(answer, world, few))
        result = json.loads(str((answer(world, few) or {})["result"]))
        assert (result["active_percentage"], result["maximum_active_users"]) == (50, 2)
        assert (result["users"], result["venues"], result["seed"]) == (9, 4, 5), "of the city that was seeded"
        plain = world.broker.command("seed", "{}")
        await eventually(partial(answer, world, plain))
        result = json.loads(str((answer(world, plain) or {})["result"]))
        assert (result["users"], result["seed"]) != (9, 5), "a seed without words is that of the settings"


async def test_a_target_rate_and_the_rate_achieved_are_both_said(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        rate = world.broker.command("rate", '{"events_per_second": 9}')  # three ticks a second: any machine can
        await eventually(partial(answer, world, rate))
        await eventually(lambda: said(world, "state.changed")["rate_target"].to_list()[-1] == 9)
        await eventually(lambda: 6 < (said(world, "state.changed")["rate_achieved"].to_list()[-1] or 0) < 12)


async def test_imperfections_begin_and_end_by_command_and_are_labelled(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        rules = '{"rules": [{"topic": "bookings", "kind": "drop", "rate": 1.0}]}'
        begin = world.broker.command("imperfections", rules)
        await eventually(partial(answer, world, begin))
        await eventually(lambda: not world.broker.frame("ground_truth").is_empty())
        wrong = world.broker.command("imperfections", '{"rules": [{"topic": "*", "kind": "drop", "rte": 1.0}]}')
        await eventually(partial(answer, world, wrong))
        assert "did you mean 'rate'" in str((answer(world, wrong) or {})["reason"])
        end = world.broker.command("imperfections", '{"rules": []}')
        await eventually(partial(answer, world, end))
        since = last_tick(world) + 1
        await eventually(lambda: last_tick(world) > since + 2)
    labels = world.broker.frame("ground_truth")
    sent = set(world.broker.frame("bookings")["event_id"].to_list())
    assert sent.isdisjoint(labels["subject_event_id"].to_list())
    assert labels["name"].unique().to_list() == ["drop"]


def published(world: World) -> dict[tuple[str, int], Counter[bytes | None]]:
    return {
        place: Counter(value for _, value in pairs)
        for place, pairs in world.broker.records.items()
        if place[0] in {"bookings", "ground_truth"}
    }


async def test_a_crash_leaves_what_goes_wrong_as_if_nothing_had_happened(tmp_path: Path) -> None:
    calm = World(tmp_path / "calm", rules=RULES, checkpoint_seconds=0.0)
    await calm.until_tick(25)
    assert not calm.broker.frame("ground_truth").is_empty()
    world = World(tmp_path / "stormy", rules=RULES, checkpoint_seconds=0.0)
    await world.crash("tick_sent", 9)
    assert (await world.until_tick(25)).telling.identity.branch == 1
    expected, told = published(calm), published(world)
    assert told.keys() == expected.keys()
    assert all(told[place].keys() == expected[place].keys() for place in expected)


class Noting(FakeCity):
    """A city that remembers how many records and commands each tick was told."""

    def __init__(self, config: CityConfig, seed: int, identity: Identity) -> None:
        super().__init__(config, seed, identity)
        self.told: dict[int, tuple[int, int]] = {}

    def step(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> Step:
        self.told[self.tick] = sum(len(batch) for batch in admitted), len(commands)
        return super().step(admitted, commands)


async def test_a_command_is_answered_long_before_its_tick_which_is_told_what_comes_later_too(tmp_path: Path) -> None:
    cities: list[Noting] = []

    def made(config: CityConfig, seed: int, identity: Identity) -> Noting:
        cities.append(Noting(config, seed, identity))
        return cities[-1]

    world = World(tmp_path, backfill_minutes=0, speed=20.0, make_city=made)  # a tick of three seconds, a request each
    async with living(world):
        city = cities[-1]
        await eventually(lambda: city.tick >= 2)
        stood = city.tick
        given = world.clock.monotonic()
        spawn = world.broker.command("spawn", '{"count": 3}')
        await eventually(partial(answer, world, spawn))
        assert world.clock.monotonic() - given < 1.0
        assert city.tick == stood, "its tick has not been computed"
        assert (answer(world, spawn) or {})["effective_time"] == START_US + stood * 60_000_000
        await eventually(lambda: city.tick > stood)
        assert city.told[stood] == (3, 1), "answers to requests made after the command, and the command"
        assert said(world, "ack.given")["command_id"].is_unique().all()


async def test_a_command_that_comes_with_the_end_of_its_branch_is_refused_and_not_promised(tmp_path: Path) -> None:
    async with living(paced(tmp_path)) as world:
        await eventually(lambda: last_tick(world) >= 2)
        reset = world.broker.command("reset")
        spawn = world.broker.command("spawn", '{"count": 3}')
        await eventually(partial(answer, world, spawn))
        refused = answer(world, spawn) or {}
        assert (refused["status"], "under way" in str(refused["reason"])) == ("rejected", True)
        await eventually(partial(answer, world, reset))

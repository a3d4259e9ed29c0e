"""Whatever the moment of a crash, the stream after deduplication is the one that no crash would have made."""

from pathlib import Path

import pytest

from tests.unit.simulator.runtime.fakes import World

LAST = 12


async def uninterrupted(root: Path) -> World:
    world = World(root)
    await world.until_tick(LAST)
    return world


@pytest.mark.parametrize("tick", [0, 1, 5])
@pytest.mark.parametrize("place", ["journaled", "produced", "delivered", "tick_sent"])
async def test_a_crash_at_a_fail_point_leaves_the_stream_as_if_nothing_happened(
    tmp_path: Path, place: str, tick: int
) -> None:
    expected = (await uninterrupted(tmp_path / "calm")).broker.values()
    world = World(tmp_path / "stormy")
    await world.crash(place, tick)
    simulation = await world.until_tick(LAST)
    assert simulation.telling.identity.branch == 1
    assert world.broker.values() == expected

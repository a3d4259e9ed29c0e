"""The pace of the hub: ticks are due evenly, whatever a flush takes."""

import asyncio
from itertools import pairwise

import pytest

from services.gateway.live.hub import Hub
from services.gateway.state.ledger import Ledger
from services.gateway.state.records import Records
from streamkit.clock import ManualClock
from tests.unit.gateway.town import CATALOGUE

TICK_S = 0.08


async def flushes(works_s: list[float]) -> list[float]:
    """When each flush began, in ticks since the start, if each takes so long."""
    clock, stop = ManualClock(), asyncio.Event()
    ledger = Ledger(CATALOGUE, history=10, bookings=10)
    hub = Hub(ledger, Records(CATALOGUE, ledger), clock, tick_s=TICK_S, most_rows=1, most_clients=1)
    began: list[float] = []

    def flush() -> None:
        began.append(clock.monotonic() / TICK_S)
        clock.advance(works_s[len(began) - 1])
        if len(began) == len(works_s):
            stop.set()

    hub.flush = flush  # type: ignore[method-assign]
    await hub.run(stop)
    return began


async def test_what_a_flush_takes_comes_off_the_wait() -> None:
    assert await flushes([0.03] * 6) == pytest.approx([1, 2, 3, 4, 5, 6])


async def test_a_flush_that_takes_longer_than_a_tick_is_not_made_up_for_and_leaves_others_a_turn() -> None:
    began = await flushes([0.40, 0.0, 0.0, 0.0, 0.0])
    assert began[1] == pytest.approx(6.1), "five ticks were missed"
    assert all(later - earlier >= 0.099 for earlier, later in pairwise(began))
    assert began[-1] >= 8, "one tick after the other"

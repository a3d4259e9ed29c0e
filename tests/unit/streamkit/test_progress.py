"""Progress is told after every batch, throttled, the last one always; heartbeats repeat it."""

import asyncio

import numpy as np
import pytest

from streamkit.clock import ManualClock, SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory import MemoryLog
from streamkit.positions import parse_positions
from streamkit.progress import Progress, ProgressPolicy
from streamkit.testing import MemoryProducer, eventually, sample


@pytest.fixture
def log() -> MemoryLog:
    catalogue = Catalogue.load()
    return MemoryLog(catalogue, Codec(catalogue))


def told(log: MemoryLog, event_type: str) -> list[str]:
    frame = log.read("system_metrics").frame
    return [str(text) for kind, text in frame.select("event_type", "positions").rows() if kind == event_type]


async def test_the_last_progress_is_always_told(log: MemoryLog) -> None:
    progress = Progress("booking", "b1", MemoryProducer(log), SystemClock(), ProgressPolicy(least_pause_s=0.01))
    stop = asyncio.Event()
    running = asyncio.create_task(progress.run(stop))
    for offset in range(1, 200):
        progress.note({("bookings", 0): offset})
        await asyncio.sleep(0)
    stop.set()
    await running
    lines = told(log, "service.progress")
    assert parse_positions(lines[-1]) == {("bookings", 0): 199}
    assert len(lines) < 20


async def test_a_heartbeat_repeats_the_positions(log: MemoryLog) -> None:
    policy = ProgressPolicy(least_pause_s=0.001, heartbeat_s=0.02)
    progress = Progress("booking", "b1", MemoryProducer(log), SystemClock(), policy)
    progress.note({("bookings", 0): 7})
    stop = asyncio.Event()
    running = asyncio.create_task(progress.run(stop))
    await eventually(lambda: len(told(log, "service.heartbeat")) >= 3)
    stop.set()
    await running
    assert set(told(log, "service.progress")) == {"bookings:0=7"}


async def test_progress_carries_run_branch_and_simulated_time_of_the_last_record(log: MemoryLog) -> None:
    log.append([sample("user_actions", 5)])
    progress = Progress("booking", "b1", MemoryProducer(log), ManualClock(now_us=42))
    progress.observe(log.read("user_actions"))
    progress.note({("user_actions", 0): 1})
    stop = asyncio.Event()
    stop.set()
    await progress.run(stop)
    row = log.read("system_metrics").frame.select("run_id", "branch", "simulation_time", "wall_time", "source").row(0)
    assert row == ("run", 0, 4_000_000, 42, "booking")


async def test_every_report_has_an_id_of_its_own(log: MemoryLog) -> None:
    policy = ProgressPolicy(least_pause_s=0.001, heartbeat_s=0.005)
    progress = Progress("booking", "b1", MemoryProducer(log), ManualClock(), policy)
    stop = asyncio.Event()
    running = asyncio.create_task(progress.run(stop))
    await eventually(lambda: log.size("system_metrics") > 5)
    stop.set()
    await running
    ids = log.read("system_metrics").frame["event_id"]
    assert ids.n_unique() == len(ids)
    assert np.all(ids.str.len_chars().to_numpy() == 26)


async def test_reading_ones_own_progress_is_no_news(log: MemoryLog) -> None:
    policy = ProgressPolicy(least_pause_s=0.001, heartbeat_s=60)
    progress = Progress("booking", "b1", MemoryProducer(log), SystemClock(), policy)
    progress.note({("bookings", 0): 1})
    stop = asyncio.Event()
    running = asyncio.create_task(progress.run(stop))
    await eventually(lambda: len(told(log, "service.progress")) == 1)
    for offset in range(1, 20):
        progress.note({("system_metrics", 0): offset, ("bookings", 0): 1})
        await asyncio.sleep(0.002)
    stop.set()
    await running
    assert len(told(log, "service.progress")) == 1

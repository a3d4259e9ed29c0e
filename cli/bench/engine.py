"""The engine beside its peers: alone on one core, its memory and growth, and produced to a real broker."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.bench.engine_run import Stepped, Task, stepped
from cli.bench.measure import Measurement
from cli.bench.peers import PeerError, environment, run
from cli.bench.produced import produced

TICKS, FEW = 120, 40
CITY, LARGE, SMALL = 100_000, 1_000_000, 1_000
PEER_STEPS = 100

PEER_FACTOR = 2.0
EVENTS_BAR = 300_000.0
GRAPH_BAR_MS = 10.0
BYTES_BAR = 400.0
GROWTH_BAR = 1.25


def measure() -> Sequence[Measurement]:
    """Everything of the engine."""
    return [*alone(), *produced()]


def alone() -> Iterator[Measurement]:
    """City.step in-process, five nodes, no encoding. Seconds are the CPU's, one thread."""
    realistic = stepped(Task(CITY, TICKS))
    peer, value = _wanderers()
    bar = None if value is None else PEER_FACTOR * value
    yield Measurement(
        "engine, 100,000 users, realistic, midday", realistic.user_ticks, "user-ticks/s", peer, value, bar
    )
    dense = stepped(Task(CITY, TICKS, "dense"))
    yield Measurement("engine, 100,000 users, dense, midday", dense.rate, "events/s", bar=EVENTS_BAR)
    yield Measurement("the same, events of a user and day", dense.density, "events")
    yield Measurement("engine, 100,000 users, realistic, midday", realistic.rate, "events/s")
    yield Measurement("the same, events of a user and day", realistic.density, "events")
    small = stepped(Task(SMALL, TICKS, graph=True))
    yield Measurement("one graph invocation, 1,000 users", small.tick_ms, "ms", bar=GRAPH_BAR_MS, lower_is_better=True)
    yield from _large(stepped(Task(CITY, FEW)))


def _large(small: Stepped) -> Iterator[Measurement]:
    large = stepped(Task(LARGE, FEW))
    growth = large.event_seconds / small.event_seconds
    name = "cost of an event, 1,000,000 users over 100,000"
    yield Measurement(name, growth, "x", bar=GROWTH_BAR, lower_is_better=True)
    yield Measurement(
        "memory of a user, 1,000,000 users", large.user_bytes + large.pending_bytes, "bytes", bar=BYTES_BAR,
        lower_is_better=True,
    )  # fmt: skip
    yield Measurement("beside it friend edges", large.friend_bytes, "bytes")
    yield Measurement("beside it venue memory", large.place_bytes, "bytes")
    yield Measurement("the whole process at its largest, 1,000,000 users", large.resident / 2**20, "MiB")


def _wanderers() -> tuple[str, float | None]:
    """The better of mesa-frames' agent-steps a second of one core and of wall time on all of them."""
    script = str(Path(__file__).parent / "wanderers.py")
    try:
        python = environment("mesa-frames") / "python"
        one = json.loads(run(["env", "POLARS_MAX_THREADS=1", str(python), script, str(CITY), str(PEER_STEPS)]))
        every = json.loads(run([str(python), script, str(CITY), str(PEER_STEPS)]))
    except PeerError as error:
        return f"mesa-frames, not measured: {error}", None
    return f"mesa-frames {one['version']}", max(one["a_cpu_second"], every["a_second"])

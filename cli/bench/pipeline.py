"""The whole city measured from outside: events a second at full speed, a record's way to a browser, a command's answer.

Each figure is taken on a city of its own, with a broker, a database and the five services on this machine.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from cli.bench.acknowledgements import Plan, latencies_ms
from cli.bench.measure import Measurement
from cli.gateway import Gateway, GatewayError
from cli.up.city import City, Told, Wanted, city
from cli.up.services import RANKS
from cli.up.settings import Ports, UpSettings

START_SECONDS = 180.0
WARM_SECONDS = 10.0
MEASURED_SECONDS = 30.0
DRAIN_SECONDS = 10.0
STEP_SECONDS = 0.2
SURE_SECONDS = 1.5
"""Longer than the gateway takes between two looks at the ends of the topics."""

EVENTS_BAR = 5_000.0
"""Events a second through the whole pipeline on two cores."""

LATENCY_BAR_MS = 300.0

ACKNOWLEDGED_BAR_MS = 500.0
"""What feels immediate to whoever gives a command."""

DENSE = {
    "LUNA_SIMULATOR__USERS": "20000",
    "LUNA_SIMULATOR__PROFILE": "dense",
    "LUNA_SIMULATOR__START": "2026-06-05T12:00:00-04:00",
    "LUNA_SIMULATOR__BACKFILL_DAYS": "0",
    "LUNA_SIMULATOR__SPEED": "max",
}
LIVE = {"LUNA_SIMULATOR__START": "2026-06-05T18:00:00-04:00", "LUNA_SIMULATOR__BACKFILL_DAYS": "0"}
"""Two thousand people at 60x, on a Friday evening."""


def measure() -> Sequence[Measurement]:
    """Full speed with lag after a pause, then latency at 60x, of records and of commands."""
    return [*_full_speed(), *_latency()]


def _full_speed() -> Iterator[Measurement]:
    with _living(DENSE) as (running, gateway):
        _wait(running, lambda: _events(gateway) > 0, START_SECONDS)
        _pass(running, WARM_SECONDS)
        first, began = _events(gateway), time.monotonic()
        _pass(running, MEASURED_SECONDS)
        seconds = time.monotonic() - began
        rate = (_events(gateway) - first) / seconds
        yield Measurement("pipeline at full speed, 20,000 dense users", rate, "events/s", bar=EVENTS_BAR)
        gateway.post("/simulation/pause")
        paused = time.monotonic()
        _wait(running, lambda: _stays_drained(gateway), DRAIN_SECONDS * 3)
        drained = time.monotonic() - paused - SURE_SECONDS
        yield Measurement("lag back to zero after a pause", drained, "s", bar=DRAIN_SECONDS, lower_is_better=True)


def _latency() -> Iterator[Measurement]:
    with _living(LIVE) as (running, gateway):
        _wait(running, lambda: _stats(gateway).get("phase") == "running", START_SECONDS)
        _pass(running, WARM_SECONDS + MEASURED_SECONDS)
        latency: Mapping[str, Any] = _stats(gateway).get("latency_ms", {})
        for quantile, bar in (("p50", None), ("p99", LATENCY_BAR_MS)):
            value = float(latency.get(quantile) or float("inf"))
            name = f"record to browser at 60x, 2,000 users, {quantile}"
            yield Measurement(name, value, "ms", bar=bar, lower_is_better=True)
        yield from _acknowledged(running)


def _acknowledged(running: City) -> Iterator[Measurement]:
    """Beside the records of that city; the supervisor goes on looking after it."""
    plan = Plan()
    with ThreadPoolExecutor(1) as aside:
        answers = aside.submit(latencies_ms, running.url, plan)
        _wait(running, answers.done, plan.commands * plan.every_s + 2 * plan.patience_s)
    for (kind, taken), (quantile, bar) in product(answers.result().items(), ((50, None), (99, ACKNOWLEDGED_BAR_MS))):
        value = float(np.percentile(taken, quantile, method="higher"))
        name = f"{kind} to its acknowledgement at 60x, 2,000 users, p{quantile}"
        yield Measurement(name, value, "ms", bar=bar, lower_is_better=True)


@contextmanager
def _living(environment: Mapping[str, str]) -> Iterator[tuple[City, Gateway]]:
    with tempfile.TemporaryDirectory(prefix="luna-bench-") as directory:
        settings = UpSettings().model_copy(update={"ports": Ports.free(len(RANKS)), "data_dir": Path(directory)})
        quiet = Told(lambda _: None, lambda _: None)
        with city(Wanted(settings, environment), quiet) as running:
            gateway = Gateway(running.url, seconds=10.0)
            try:
                yield running, gateway
            finally:
                gateway.close()


def _stats(gateway: Gateway) -> Mapping[str, Any]:
    try:
        return gateway.get("/admin/stats")
    except GatewayError:
        return {}


def _stays_drained(gateway: Gateway) -> bool:
    """Whether nobody lags now nor a moment later: what was written last must have been counted."""
    first = _stats(gateway).get("lag", {"": 1})
    time.sleep(SURE_SECONDS)
    return not any(first.values()) and not any(_stats(gateway).get("lag", {"": 1}).values())


def _events(gateway: Gateway) -> int:
    """Events of the city so far, what services say of themselves left out."""
    events: Mapping[str, Mapping[str, int]] = _stats(gateway).get("events", {})
    machinery = {"system_metrics", "simulation_control", "users", "venues"}
    return sum(sum(kinds.values()) for topic, kinds in events.items() if topic not in machinery)


def _pass(running: City, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        running.supervisor.step()
        time.sleep(STEP_SECONDS)


def _wait(running: City, come: Callable[[], bool], seconds: float) -> None:
    """Until it has come, or so long: the figure that follows then tells."""
    end = time.monotonic() + seconds
    while not come() and time.monotonic() < end:
        running.supervisor.step()
        time.sleep(STEP_SECONDS)

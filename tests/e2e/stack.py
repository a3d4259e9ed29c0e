"""A city as people run it: `luna up` with its own Kafka, PostgreSQL and five services, steered by its API."""

import datetime as dt
import os
import signal
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil

from cli.servers.guard import Guard
from cli.servers.processes import ChildProcess
from cli.up.settings import Ports
from tests.e2e.waiting import eventually

SERVICES = ("simulator", "recommender", "booking", "analytics", "gateway")
NEW_YORK = ZoneInfo("America/New_York")
START_SECONDS = 420.0
"""From the first process to the end of the backfill: 15 s on an idle machine, 180 s have been seen on a busy one."""

STOP_SECONDS = 120.0
"""Each rank of services may drain for 25 s, and the servers come after them."""

SETTLE_SECONDS = 120.0
"""The city promises 10 s on a machine of its own."""

SMALL_CITY = {
    "LUNA_SIMULATOR__USERS": "160",
    "LUNA_SIMULATOR__VENUES": "30",
    "LUNA_SIMULATOR__PROFILE": "dense",
    # a Friday whose dinner is live
    "LUNA_SIMULATOR__START": "2026-06-05T12:00:00-04:00",
    "LUNA_SIMULATOR__BACKFILL_DAYS": "0.25",
    "LUNA_SIMULATOR__SPEED": "240",
    # the shortest a broker allows: how long a killed member keeps its partitions
    "LUNA_KAFKA__SESSION_TIMEOUT_MS": "6000",
    # a simulator that waits for a loaded machine's services answers late; what is asked here is whether it does
    "LUNA_GATEWAY__COMMAND_DEADLINE_S": "60",
    "LUNA_GATEWAY__REQUEST_DEADLINE_S": "60",
}


def luna(*arguments: str) -> list[str]:
    """The `luna` command, with servers of its own whatever the environment of the tests names."""
    own = ["env", "-u", "LUNA_KAFKA__BOOTSTRAP_SERVERS", "-u", "LUNA_DATABASE__URL"]
    return [*own, sys.executable, "-c", "from cli.main import main; main()", *arguments]


def prepare(data_dir: Path, cache: Path) -> Path:
    """A data directory that has the broker's files, which this checkout has fetched already."""
    data_dir.mkdir(parents=True, exist_ok=True)
    for fetched in cache.glob("kafka-*"):
        (data_dir / fetched.name).symlink_to(fetched.resolve())
    return data_dir


class Stack:
    """One `luna up` after the other on one data directory."""

    def __init__(self, data_dir: Path, guard: Guard, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self._guard = guard
        self._settings = {**SMALL_CITY, **(settings or {})}
        self.ports = Ports.free(len(SERVICES))
        self.api = httpx.Client(base_url=f"{self.url}/api/v1", timeout=75.0, trust_env=False)
        self._process: ChildProcess | None = None

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.ports.gateway}"

    @property
    def bootstrap(self) -> str:
        """Address of the broker."""
        return f"127.0.0.1:{self.ports.kafka}"

    @property
    def environment(self) -> dict[str, str]:
        """What `luna up` is told; its lines are not to be broken at 80 columns."""
        ports = {f"LUNA_PORTS__{name.upper()}": str(port) for name, port in self.ports.model_dump().items()}
        return {**self._settings, **ports, "LUNA_DATA_DIR": str(self.data_dir), "COLUMNS": "300"}

    def start(self, *arguments: str) -> "Stack":
        """Start it; use `wait_until_live` next."""
        log = self.data_dir / "up.log"
        self._process = ChildProcess(
            luna("up", *arguments),
            log=log,
            guard=self._guard,
            environment=self.environment,
            stop_signal=signal.SIGINT,
        )
        return self

    def wait_until_live(self) -> None:
        """Until the backfill is over and simulated time runs."""
        eventually(partial(self._is_phase, "running"), START_SECONDS)

    def wait_for_end(self, seconds: float) -> int:
        """Exit code of a run that ends by itself."""
        return self.process.collect(eventually(partial(self._ended, seconds), seconds))

    def stop(self) -> int:
        """Ctrl-C; its exit code."""
        code = self.process.stop(STOP_SECONDS)
        self._process = None
        return code

    def close(self) -> None:
        """Stop what still runs."""
        if self._process is not None:
            self.stop()
        self.api.close()

    @property
    def process(self) -> ChildProcess:
        """The `luna up` that runs."""
        assert self._process is not None, "not started"
        return self._process

    @property
    def output(self) -> str:
        """What `luna up` has said."""
        return (self.data_dir / "up.log").read_text(encoding="utf-8")

    def log_of(self, service: str) -> str:
        """Log of a service."""
        return (self.data_dir / "logs" / f"{service}.log").read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> dict[str, Any]:
        """An answer of the API, which must not be an error."""
        answer = self.api.get(path)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def give(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """An order that must be acknowledged; the acknowledgement."""
        answer = self.api.post(path, json=body)
        assert answer.is_success, f"{answer.text}\n{self.output[-2000:]}"
        return dict(answer.json())

    def state(self) -> dict[str, Any]:
        """State of the simulation; empty while the gateway does not answer."""
        return self._ask("/simulation/state")

    def now(self) -> dt.datetime:
        """Simulated time, local to the city."""
        return dt.datetime.fromisoformat(self.state()["simulation_time"]).astimezone(NEW_YORK)

    def stats(self) -> dict[str, Any]:
        """The figures of the city; empty while the gateway does not answer."""
        return self._ask("/admin/stats")

    def pid(self, service: str) -> int | None:
        """Process id of a service, while it runs."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if child.cmdline()[-2:] == ["-m", f"services.{service}"]:
                    return child.pid
            except psutil.Error:
                continue
        return None

    def kill(self, service: str) -> int:
        """kill -9; the id of the process that is no more."""
        pid = self.pid(service)
        assert pid is not None, f"{service} does not run"
        os.kill(pid, signal.SIGKILL)
        return pid

    def settle(self) -> dict[str, Any]:
        """Pause, and wait until every service has reached the end of its topics; the figures then."""
        self.give("/simulation/pause")
        eventually(lambda: self._unsettled() == "", SETTLE_SECONDS, said=self._unsettled)
        return self.stats()

    def _unsettled(self) -> str:
        """What keeps the city from rest; empty where nothing does."""
        stats = self.stats()
        if not stats:
            return "the gateway does not answer"
        if stats["phase"] != "paused" or not stats["caught_up"]:
            return f"phase {stats['phase']}, gateway caught up: {stats['caught_up']}"
        behind = {name: records for name, records in stats["lag"].items() if records}
        return f"records behind: {behind}" if behind else ""

    def resume(self) -> None:
        """Let time go on."""
        self.give("/simulation/resume")
        eventually(partial(self._is_phase, "running"))

    def _ask(self, path: str) -> dict[str, Any]:
        try:
            return dict(self.api.get(path).raise_for_status().json())
        except httpx.HTTPError:
            return {}

    def _is_phase(self, phase: str) -> bool:
        code = self.process.exit_code()
        assert code is None, f"ended with {code}:\n{self.output[-3000:]}"
        return self.state().get("phase") == phase

    def _ended(self, seconds: float) -> float:
        return seconds if self.process.exit_code() is not None else 0.0

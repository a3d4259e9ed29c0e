"""Forks booking processes that have done their imports already: a life begins in a fiftieth of the time.

A test that kills thirty of them would otherwise spend its time importing. What a child runs is the program as it is
shipped, or a variant broken on purpose. Lines of JSON in, a line of JSON out for each; at the end of the input, also
by the death of who asked, every child is killed.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from services.booking import app
from services.booking.settings import Settings
from streamkit.lifecycle import run_service
from tests.integration.booking import broken

ROOT = Path(__file__).parents[3]
PROGRAMS: Mapping[str, Callable[[], None]] = {"booking": lambda: None, **broken.VARIANTS}


class Life:
    """One process, from its start to its end."""

    def __init__(self, nursery: "Nursery", pid: int, log: Path) -> None:
        self._nursery = nursery
        self.pid = pid
        self.log = log
        self._code: int | None = None

    def poll(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        if self._code is None:
            self._code = self._nursery.ask({"poll": self.pid})
        return self._code

    def send(self, number: signal.Signals) -> None:
        """A signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def is_stopped(self) -> bool:
        """Whether it stands still by SIGSTOP."""
        state = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
        return state.split()[0] == "T"


class Nursery:
    """The parent of the processes of one test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.booking.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, program: str, environment: Mapping[str, str], log: Path) -> Life:
        """A new life, its output in ``log``."""
        pid = self.ask({"program": program, "environment": dict(environment), "log": str(log)})
        assert pid is not None
        return Life(self, pid, log)

    def ask(self, order: Mapping[str, Any]) -> int | None:
        """One order and its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """Kill who still lives."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def _live(program: str, environment: Mapping[str, str], log: str) -> NoReturn:
    """In the child: become the service."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 70
    try:
        os.environ.update(environment)  # noqa: TID251 - the settings of the service
        PROGRAMS[program]()
        code = run_service("booking", Settings, app.build)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve() -> None:
    """Follow the orders to their end."""
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        answer: int | None = None
        if "poll" in order:
            pid, status = os.waitpid(order["poll"], os.WNOHANG)
            if pid:
                running.discard(pid)
                answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _live(order["program"], order["environment"], order["log"])
            running.add(answer)
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve()

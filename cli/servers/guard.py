"""Watchdog of a process that owns servers: when its owner dies, however it dies, everything it watches dies too.

The owner holds the write end of this program's standard input and tells it what to watch, a line each:
``watch PID SIGNAL``, ``forget PID``, ``remove PATH``. The end of the input means that the owner is gone: what is still
watched gets its signal, then its process group SIGKILL, and the paths are removed. A pipe needs no polling and no
kernel feature beyond it, and process groups reach the children of children.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

GRACE_SECONDS = 4.0
"""From the polite signal to SIGKILL: a broker closes its log segments in less."""


class Guard:
    """The owner's side: one watchdog process, told of every process started and stopped."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own file, by our own interpreter
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def watch(self, pid: int, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        """Stop the process group led by ``pid`` when the owner dies, with ``stop_signal`` to its leader first."""
        self._tell(f"watch {pid} {int(stop_signal)}")

    def forget(self, pid: int) -> None:
        """The process group of ``pid`` has ended."""
        self._tell(f"forget {pid}")

    def remove(self, path: Path) -> None:
        """Remove a file or directory when the owner dies."""
        self._tell(f"remove {path}")

    def keep(self, path: Path) -> None:
        """Take back `remove`."""
        self._tell(f"keep {path}")

    def close(self) -> None:
        """End the watchdog; what is still watched is stopped."""
        with suppress(BrokenPipeError):
            self._input.close()
        self._process.wait()

    @property
    def _input(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _tell(self, line: str) -> None:
        self._input.write(line + "\n")
        self._input.flush()


def main(lines: Iterable[str]) -> None:
    """Follow the owner's lines to their end, then clear up."""
    watched: dict[int, int] = {}
    paths: set[Path] = set()
    for line in lines:
        order, _, argument = line.rstrip("\n").partition(" ")
        if order == "watch":
            pid, number = argument.split()
            watched[int(pid)] = int(number)
        elif order == "forget":
            watched.pop(int(argument), None)
        elif order == "remove":
            paths.add(Path(argument))
        elif order == "keep":
            paths.discard(Path(argument))
    _stop(watched)
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _stop(watched: dict[int, int]) -> None:
    for pid, number in watched.items():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(_lives(pid) for pid in watched) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in watched:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be collected does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except (ProcessLookupError, PermissionError):
        return False
    except OSError:
        return True
    return state != "Z"


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(sys.stdin)

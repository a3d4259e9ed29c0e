"""One child process with a log file: started in a session of its own, known to the guard, stopped politely first."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli.servers.guard import Guard


class ServerError(Exception):
    """A server that could not be had, with the reason in one line a person can act on."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group to run a process as."""

    user: int
    group: int


class ChildProcess:
    """A running child. Its output goes to ``log``; its descendants share its process group."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        guard: Guard,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start ``command``, its environment that of this process with ``environment`` on top."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands are built here, never from input
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(os.environ) | dict(environment or {}),
                user=account.user if account else None,
                group=account.group if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
            )
        self._guard = guard
        self._stop_signal = stop_signal
        self.log = log
        guard.watch(self.pid, stop_signal)

    @property
    def pid(self) -> int:
        """Process id, which is also the id of its process group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def signal_stop(self) -> None:
        """Ask it to end."""
        with suppress(ProcessLookupError):
            self._process.send_signal(self._stop_signal)

    def stop(self, seconds: float = 10.0) -> int:
        """Ask it to end, kill what has not after ``seconds``, and return its exit code."""
        self.signal_stop()
        return self.collect(seconds)

    def collect(self, seconds: float) -> int:
        """Wait for the end, at most ``seconds``; then SIGKILL the whole group, which also takes its orphans."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        code = self._process.wait()
        self._guard.forget(self.pid)
        return code

    def last_lines(self, count: int = 12) -> list[str]:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]

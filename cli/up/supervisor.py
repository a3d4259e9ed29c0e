"""Keeps services alive: starts them, starts anew what ends, gives up on a crash loop, stops all in order."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.servers.guard import Guard
from cli.servers.processes import ChildProcess
from cli.up.restart import GiveUp, RestartPolicy, RestartState, after_end, print_code

STOP_SECONDS = 25.0
"""A service may drain for 20 s (streamkit.lifecycle) before it is killed."""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """One process to keep alive. Services of a lower ``rank`` stop first: sources before what drains them."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0


class CrashLoopError(Exception):
    """A service that cannot live; everything has to stop. Carries its name and last words."""

    def __init__(self, service: str, reason: str, last_lines: Sequence[str], log: Path) -> None:
        super().__init__(f"{service}: {reason} (log: {log})")
        self.service = service
        self.reason = reason
        self.last_lines = tuple(last_lines)
        self.log = log


@dataclass(slots=True)
class _Kept:
    spec: ServiceSpec
    process: ChildProcess | None = None
    start_at: float = 0.0
    restarts: RestartState = field(default_factory=RestartState)


class Supervisor:
    """Owns the processes of ``specs``. Call `step` often: it never waits."""

    def __init__(
        self,
        specs: Sequence[ServiceSpec],
        *,
        logs: Path,
        guard: Guard,
        clock: Callable[[], float],
        say: Callable[[str], None],
        policy: RestartPolicy | None = None,
    ) -> None:
        self._kept = [_Kept(spec) for spec in specs]
        self._logs = logs
        self._guard = guard
        self._clock = clock
        self._say = say
        self._policy = policy or RestartPolicy()

    def step(self) -> None:
        """Start what is due, and notice what ended.

        Raises:
            CrashLoopError: where a service keeps ending.

        """
        now = self._clock()
        for kept in self._kept:
            if kept.process is None:
                if now >= kept.start_at:
                    kept.process = self._start(kept.spec)
                continue
            code = kept.process.exit_code()
            if code is not None:
                self._ended(kept, kept.process, code, now)

    @property
    def restarts(self) -> dict[str, int]:
        """How often each service ended without being asked."""
        return {kept.spec.name: kept.restarts.total for kept in self._kept}

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the services that run."""
        return {kept.spec.name: kept.process.pid for kept in self._kept if kept.process}

    @property
    def down(self) -> list[str]:
        """Services that do not run at this moment."""
        return [kept.spec.name for kept in self._kept if not kept.process or kept.process.exit_code() is not None]

    def stop(self) -> None:
        """Stop all, rank by rank; those of one rank drain at the same time."""
        for rank in sorted({kept.spec.rank for kept in self._kept}):
            leaving = [kept for kept in self._kept if kept.spec.rank == rank and kept.process]
            for kept in leaving:
                if kept.process:
                    kept.process.signal_stop()
            for kept in leaving:
                if kept.process:
                    kept.process.collect(STOP_SECONDS)
                    kept.process = None

    def _start(self, spec: ServiceSpec) -> ChildProcess:
        log = self._logs / f"{spec.name}.log"
        return ChildProcess(spec.command, log=log, guard=self._guard, environment=spec.environment)

    def _ended(self, kept: _Kept, process: ChildProcess, code: int, now: float) -> None:
        last_lines = process.last_lines()
        process.collect(0)  # takes the orphans of its group
        kept.process = None
        verdict = after_end(self._policy, kept.restarts, code, now)
        if isinstance(verdict, GiveUp):
            raise CrashLoopError(kept.spec.name, verdict.reason, last_lines, process.log)
        kept.start_at = verdict.at
        why = last_words(last_lines) if code > 0 else ""
        again = f"starting anew in {verdict.at - now:.1f} s"
        self._say(f"{kept.spec.name} ended with {print_code(code)}{why and f' ({why})'}; {again}")


def last_words(lines: Sequence[str]) -> str:
    """The reason a service gave in its log before it ended, or its last line where it gave none."""
    for line in reversed(lines):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and said.get("level") in ("critical", "error"):
            return str(said.get("reason") or said.get("event"))
    return lines[-1] if lines else ""

"""When a service that ended is started anew, and when starting anew is no use: a frozen policy, a state, and now."""

from dataclasses import dataclass, field

EXIT_CONFIGURATION = 2
"""A service ends with this code when its configuration is wrong; the next start would end the same way."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """``crash_limit`` ends within ``window_s`` are a crash loop. Delays double from ``first_delay_s``.

    A service that breaks while it is imported lives 3 s on a busy machine, and 21 s have been measured where twenty
    processes shared two cores: five such ends with these delays take two minutes, which must be inside.
    """

    first_delay_s: float = 0.5
    longest_delay_s: float = 8.0
    crash_limit: int = 5
    window_s: float = 180.0


@dataclass(frozen=True, slots=True)
class Restart:
    """Start it anew at this moment (monotonic seconds)."""

    at: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop everything, for this reason."""

    reason: str


@dataclass(slots=True)
class RestartState:
    """How often one service ended: moments within the window, and in all."""

    ends: list[float] = field(default_factory=list)
    total: int = 0


def after_end(policy: RestartPolicy, state: RestartState, exit_code: int, now: float) -> Restart | GiveUp:
    """Note an end that nobody asked for, and decide."""
    state.total += 1
    state.ends = [moment for moment in state.ends if now - moment < policy.window_s] + [now]
    if exit_code == EXIT_CONFIGURATION:
        return GiveUp("its configuration is wrong")
    if len(state.ends) >= policy.crash_limit:
        return GiveUp(f"it ended {len(state.ends)} times in {policy.window_s:.0f} s, last with {print_code(exit_code)}")
    delay = policy.first_delay_s * 2.0 ** (len(state.ends) - 1)
    return Restart(now + min(delay, policy.longest_delay_s))


def print_code(exit_code: int) -> str:
    """An exit code as people say it."""
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"

"""When to try again: a frozen policy, a state of its own for each batch, and the time as an argument."""

from dataclasses import dataclass

from streamkit.errors import Fatal, Retryable


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses grow by ``factor`` from ``first_s`` to ``longest_s``; after ``limit_s`` the process starts anew."""

    first_s: float = 0.1
    factor: float = 2.0
    longest_s: float = 10.0
    limit_s: float = 300.0


@dataclass(slots=True)
class RetryState:
    """Tries so far of one batch."""

    tries: int = 0
    since: float | None = None

    def next_pause(self, policy: RetryPolicy, now: float, error: Retryable) -> float:
        """Seconds to wait before the next try.

        Raises:
            Fatal: once it has gone on for ``limit_s``.

        """
        self.since = now if self.since is None else self.since
        if now - self.since >= policy.limit_s:
            raise Fatal(f"still failing after {self.tries} tries in {now - self.since:.0f} s: {error}") from error
        pause = min(policy.first_s * policy.factor**self.tries, policy.longest_s)
        self.tries += 1
        return pause

"""Which branch a start tells: the same one after a crash, otherwise one never used before.

A branch is burnt before its first record is published, so no crash can make two tellings share event ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

FIRST_LIVE_BRANCH = 1
"""Branch 0 belongs to offline generation: what it wrote can be loaded beside a live run."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A branch that was begun: by which stack, on which boot of the machine, and whether it was ended properly."""

    run_id: str
    branch: int
    stack_id: str
    boot_id: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every branch this disk has used (highest of each run), and the last one opened."""

    highest: Mapping[str, int] = field(default_factory=dict)
    last: Opened | None = None

    def unused(self, run_id: str, seen: int | None = None) -> int:
        """A branch of the run that neither this disk nor the control topic (``seen``, its highest there) has used."""
        known = [number for number in (self.highest.get(run_id), seen) if number is not None]
        return max([FIRST_LIVE_BRANCH - 1, *known]) + 1

    def burnt(self, run_id: str, branch: int) -> "Ledger":
        """The ledger with one more branch that nobody may use again; the last one opened stays what it is."""
        return replace(self, highest={**self.highest, run_id: max(branch, self.highest.get(run_id, 0))})

    def opened(self, opened: Opened) -> "Ledger":
        """The ledger with one more branch burnt, and the one to go on with."""
        return replace(self.burnt(opened.run_id, opened.branch), last=opened)

    def ended(self) -> "Ledger":
        """The ledger after a clean stop: the next start opens a new branch."""
        return self if self.last is None else replace(self, last=replace(self.last, ended=True))

    def recoverable(self, stack_id: str) -> Opened | None:
        """The branch to go on with: the last one, if this stack opened it and nothing ended it properly."""
        last = self.last
        return last if last is not None and not last.ended and last.stack_id == stack_id else None

"""Begins a branch: goes on with the one that a crash left, or opens one that was never used.

A crash is recovered only if nothing is missing: the topics must not say more than the local disk. Otherwise people
would live twice under one name, and a new branch is the honest answer.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.simulator.adapters.checkpoints import Checkpoint, CheckpointFiles
from services.simulator.adapters.journal import Journal, read
from services.simulator.adapters.ledger import LedgerFile
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.frame import FRAME_TICKS
from services.simulator.imperfections.imperfect import Imperfect
from services.simulator.imperfections.rules import Rule
from services.simulator.lineage import Lineage, write
from services.simulator.ports import Decode, MakeCity
from services.simulator.runtime.admission import CONTROL, Inbox, Received
from services.simulator.runtime.branches import Opened
from services.simulator.runtime.lead import Lead
from services.simulator.runtime.past import Past
from services.simulator.snapshots.files import Snapshot
from services.simulator.snapshots.layout import check_layout
from services.simulator.snapshots.living import wake
from services.simulator.snapshots.manifest import SnapshotError
from services.simulator.telling import (
    CHECKPOINT_VERSION,
    CITY,
    FaultyTickError,
    Goal,
    Telling,
    below,
    config_from,
    directory_of,
)
from streamkit.identity import run_id
from streamkit.logs import get_logger
from streamkit.positions import Positions

JOURNAL = "journal.bin"
BRANCHES_KEPT = 5
"""Directories of earlier branches that stay for travelling back; older ones are deleted."""

PIPELINE = 8
"""Frames that may be computed before the first of them is known to be on the broker."""


@dataclass(frozen=True, slots=True)
class Fork:
    """A branch that begins where a snapshot was made; without one at the opening of the same city."""

    config: CityConfig
    seed: int
    branch: int
    snapshot: Snapshot | None
    lineage: Lineage
    goal: Goal
    opened_by: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opener:
    """How branches are begun. ``readers``: the topics that each awaited service reads; ``rules``: a branch's first."""

    root: Path
    ledger: LedgerFile
    stack_id: str
    boot_id: str
    make_city: MakeCity
    decode: Decode
    readers: Mapping[str, frozenset[str]]
    rules: tuple[Rule, ...] = ()

    def recover(self, past: Past) -> Telling | None:
        """The branch that a crash left, ready to compute the first tick that the broker may not have."""
        opened = self.ledger.load().recoverable(self.stack_id)
        if opened is None:
            return None
        directory = directory_of(self.root, opened.run_id, opened.branch)
        for checkpoint in CheckpointFiles(directory).sound():
            try:
                telling = self._resumed(opened, checkpoint, directory, past)
            except (SnapshotError, FaultyTickError) as error:
                get_logger().warning("checkpoint.unusable", tick=checkpoint.tick, reason=str(error))
                continue
            if telling is not None:
                return telling
        get_logger().warning("branch.unrecoverable", run_id=opened.run_id, branch=opened.branch)
        return None

    def fresh(
        self, config: CityConfig, seed: int, past: Past, inputs: Positions, opened_by: Mapping[str, str] | None = None
    ) -> Telling:
        """A branch never used before, burnt in the ledger and with its first checkpoint on disk.

        Raises:
            Retryable: The disk refuses it.

        """
        run = run_id(seed, config.behaviour())
        ledger = self.ledger.load()
        branch = ledger.unused(run, past.highest_branch(run))
        self.ledger.save(ledger.opened(Opened(run, branch, self.stack_id, self.boot_id)))
        telling = self._new(Identity(run, branch, config.world, config.city), config, seed)
        return self._begin(telling, past, inputs, opened_by, Lineage())

    def reserve(self, run: str, past: Past) -> int:
        """A branch never used before, burnt in the ledger; the branch that is told stays the one to recover.

        Raises:
            Retryable: The disk refuses it.

        """
        ledger = self.ledger.load()
        branch = ledger.unused(run, past.highest_branch(run))
        self.ledger.save(ledger.burnt(run, branch))
        return branch

    def forked(self, fork: Fork, past: Past, inputs: Positions) -> Telling:
        """A reserved branch that begins with a snapshot's state and with what waited then.

        Raises:
            SnapshotError: The snapshot is of another version of the city, or a journal is gone; nothing has begun.
            Retryable: The disk refuses it.

        """
        run = run_id(fork.seed, fork.config.behaviour())
        identity = Identity(run, fork.branch, fork.config.world, fork.config.city)
        telling = self._new(identity, fork.config, fork.seed)
        try:
            if fork.snapshot is not None:
                wake(telling, fork.snapshot, self.decode)
            telling.goal = fork.goal
            telling.script = self._script(telling, telling.city.tick)
        except SnapshotError:
            telling.journal.close()
            shutil.rmtree(telling.journal.path.parent)
            raise
        self.ledger.save(self.ledger.load().opened(Opened(run, fork.branch, self.stack_id, self.boot_id)))
        return self._begin(telling, past, inputs, fork.opened_by, fork.lineage)

    def _new(self, identity: Identity, config: CityConfig, seed: int) -> Telling:
        directory = directory_of(self.root, identity.run_id, identity.branch)
        if directory.exists():  # of a ledger that was lost; the branch number says that nothing in it holds
            shutil.rmtree(directory)
        return self._telling(identity, config, seed, directory)

    def _begin(
        self, telling: Telling, past: Past, inputs: Positions, opened_by: Mapping[str, str] | None, lineage: Lineage
    ) -> Telling:
        telling.inputs, telling.opened_by = dict(inputs), opened_by
        _follow(telling, past, telling.city.tick)
        directory = telling.journal.path.parent
        write(directory, lineage)
        telling.checkpoint()
        self._forget(directory)
        return telling

    def _script(self, telling: Telling, first: int) -> dict[int, list[Received]]:
        """Commands of the branch that is told again, by tick, from ``first`` on, in the order they were told it.

        Those that this one's journal has already are left out: a crash may have come amid a tick's.
        """
        goal = telling.goal
        if goal is None or goal.of is None:
            return {}
        path = directory_of(self.root, telling.identity.run_id, goal.of) / JOURNAL
        if not path.exists():
            raise SnapshotError(f"the journal of branch {goal.of} is not on this disk any more")
        script: dict[int, list[Received]] = {}
        for entry in read(path):
            told = telling.told[entry.tick].entries if entry.tick in telling.told else ()
            commands = [raw for raw in entry.records if raw.topic == CONTROL and raw not in told]
            if first <= entry.tick < goal.until and commands:
                script.setdefault(entry.tick, []).append(self.decode(CONTROL, commands))
        return script

    def ended(self) -> None:
        """Note that the branch was ended properly: the next start opens a new one."""
        self.ledger.save(self.ledger.load().ended())

    def _resumed(self, opened: Opened, checkpoint: Checkpoint, directory: Path, past: Past) -> Telling | None:
        last = past.last_tick(opened.run_id, opened.branch)
        header = checkpoint.header
        if header["version"] != CHECKPOINT_VERSION or (last is None and not header["opening"]):
            return None
        if last is not None and checkpoint.tick > last.tick + 1:
            return None
        config = config_from(header["config"])  # type: ignore[arg-type]
        identity = Identity(opened.run_id, opened.branch, config.world, config.city)
        telling = self._telling(identity, config, int(str(header["seed"])), directory)
        check_layout(below(checkpoint.arrays, CITY), telling.city.save(), "the checkpoint")
        journal_start = telling.restore(checkpoint)
        telling.remember(read(telling.journal.path, journal_start), self.decode)
        telling.script = self._script(telling, max([checkpoint.tick, *telling.told]))
        same_boot = opened.boot_id == self.boot_id and bool(self.boot_id)
        unsure = 0 if same_boot else PIPELINE * FRAME_TICKS
        if last is None:
            telling.deaf_until = checkpoint.tick - 1 + unsure
            _follow(telling, past, checkpoint.tick)
            return telling
        if telling.opening:
            telling.city.opening()  # it was published, and may have moved the city's state
        for tick in range(checkpoint.tick, last.tick + 1):
            telling.retell(tick)
        if telling.journaled != last.journaled:
            telling.journal.close()
            return None
        telling.opening, telling.ends = False, dict(last.ends)
        telling.deaf_until = last.tick + unsure
        _follow(telling, past, last.tick)
        telling.lead.published(last.tick, last.ends)
        return telling

    def _telling(self, identity: Identity, config: CityConfig, seed: int, directory: Path) -> Telling:
        city = self.make_city(config, seed, identity)
        return Telling(
            identity=identity,
            config=config,
            seed=seed,
            stack_id=self.stack_id,
            city=city,
            inbox=Inbox(identity.run_id, identity.branch),
            lead=Lead(self.readers, city.tick),
            journal=Journal(directory / JOURNAL),
            checkpoints=CheckpointFiles(directory),
            inputs={},
            imperfect=Imperfect(seed, self.rules),
        )

    def _forget(self, current: Path) -> None:
        branches = [path for path in self.root.glob("*/*/") if path != current]
        for old in sorted(branches, key=lambda path: path.stat().st_mtime)[:-BRANCHES_KEPT]:
            shutil.rmtree(old)


def _follow(telling: Telling, past: Past, first_tick: int) -> None:
    telling.lead = Lead(telling.lead.readers, first_tick)
    for service, positions in past.progress().items():
        telling.lead.progressed(service, positions)

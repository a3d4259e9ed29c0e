"""One branch being told: its city, its journal, what waits for it and how far it has been published."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

from services.simulator.adapters.checkpoints import Checkpoint, CheckpointFiles
from services.simulator.adapters.journal import Entry, Journal
from services.simulator.domain.city import CityConfig, Command, CommandResult, Identity, Step
from services.simulator.imperfections.distortion import Tick
from services.simulator.imperfections.imperfect import COMMAND, Imperfect
from services.simulator.ports import CityPort, Decode
from services.simulator.runtime.admission import Admitted, Inbox, Order, Raw, Received, arrange, together
from services.simulator.runtime.lead import Lead
from services.simulator.snapshots.layout import Arrays
from streamkit.positions import Positions, advance, parse_positions, print_positions

CHECKPOINT_VERSION = 3
CITY, IMPERFECT = "city/", "imperfect/"
_RECENT = "recent"


class FaultyTickError(Exception):
    """A tick that cannot be computed; the city is as it was before it, and nothing of it was emitted."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a branch that was forked goes at full speed: a simulated time, and whether the clock stands there.

    Until then it is told the commands of branch ``of`` again, those of ticks below ``until``. A branch that was
    restored has its own beginning as its goal.
    """

    time_us: int
    pause: bool = False
    of: int | None = None
    until: int = 0


@dataclass(slots=True)
class Telling:
    """The state around one city, everything that a crash must not lose.

    ``told`` are journaled ticks that the broker may not have (they are told again, word for word); up to
    ``deaf_until`` a tick that is not among them was computed without input, and is again. ``inputs`` are the positions
    after the last record admitted; ``ends`` those after the last record published. ``foretold`` are commands of the
    next tick that have their answer already. A branch that travels has a ``goal``, and the ``script`` of another one:
    commands that each tick is told again.
    """

    identity: Identity
    config: CityConfig
    seed: int
    stack_id: str
    city: CityPort
    inbox: Inbox
    lead: Lead
    journal: Journal
    checkpoints: CheckpointFiles
    inputs: Positions
    imperfect: Imperfect
    ends: Positions = field(default_factory=dict)
    journaled: int = 0
    told: dict[int, Admitted] = field(default_factory=dict)
    deaf_until: int = -1
    opened_by: Mapping[str, str] | None = None
    opening: bool = True
    foretold: set[str] = field(default_factory=set)
    goal: Goal | None = None
    script: dict[int, list[Received]] = field(default_factory=dict)
    _taken: list[Admitted] = field(default_factory=list)
    """What was taken from the inbox and is not in the journal yet, for its disk refused it."""
    _starts: dict[int, int] = field(default_factory=dict)
    """Where the journal of each tick that is not computed begins."""
    _early: int = -1
    """The tick that was told something early, by this process: what comes until it is computed is added."""
    _written: int = 0
    """How many parts of what was taken are in the journal: its disk refused the next."""

    def admit(self) -> Admitted:
        """What the next tick is told, durable when this returns; may be called again after an error.

        Raises:
            Retryable: The journal's disk refuses it.

        """
        tick = self.city.tick
        if tick in self.told:
            more = self._journaled(tick) if tick == self._early or tick in self.script else Admitted()
            self._early = -1
            return self._counted(together(self.told.pop(tick), more))
        if tick <= self.deaf_until:
            return Admitted()
        return self._counted(self._journaled(tick))

    def admit_early(self) -> list[tuple[Order, CommandResult]]:
        """Tell the next tick what waits although it is not computed yet: durable when this returns, as `admit` is.

        The commands that have no answer yet, and what that tick will say to them. May be called again after an error.

        Raises:
            Retryable: The journal's disk refuses it.

        """
        tick = self.city.tick
        more = self._journaled(tick)
        self._early = tick
        self.told[tick] = whole = together(self.told.get(tick, Admitted()), more)
        commands = [order.command for order in whole.orders]
        results = self.city.foresee(whole.batches, [one for one in commands if one.name != COMMAND])
        results += [self._imperfections(one, self.imperfect.foresee) for one in commands if one.name == COMMAND]
        said = {result.command_id: result for result in results}
        new = [order for order in whole.orders if order.command.command_id not in self.foretold]
        self.foretold.update(order.command.command_id for order in new)
        return [(order, said[order.command.command_id]) for order in new]

    @property
    def ordered(self) -> bool:
        """Whether a command waits that the next tick is not told yet, and may be told before it is computed.

        A tick that was told something by a process before this one may be on the broker in part, and one that is deaf
        was told nothing: both are told again what they were told, and no more.
        """
        tick = self.city.tick
        if tick <= self.deaf_until or (tick in self.told and tick != self._early):
            return False
        return self.inbox.ordered or any(part.orders for part in self._taken)

    @property
    def waiting(self) -> tuple[Raw, ...]:
        """What the next tick will be told as far as it has come, journaled or not."""
        early = self.told[self.city.tick].entries if self.city.tick in self.told else ()
        taken = [raw for part in self._taken for raw in part.entries]
        return (*early, *taken, *self.inbox.waiting)

    @property
    def journal_start(self) -> int:
        """Where the journal of the next tick begins."""
        return self._starts.get(self.city.tick, self.journal.length)

    def _journaled(self, tick: int) -> Admitted:
        """Everything that waits, once it is in the journal; of a script in the order in which it was told before."""
        for told_again in self.script.pop(tick, ()):
            self.inbox.put(told_again)
            self.foretold.update(told_again.batch.frame["command_id"].to_list())
            self._taken.append(self.inbox.take())
        if len(self.inbox) or not self._taken:
            self._taken.append(self.inbox.take())
        self._starts = {later: start for later, start in self._starts.items() if later >= tick}
        self._starts.setdefault(tick, self.journal.length)
        for part in self._taken[self._written :]:
            self.journal.append(tick, part.entries)
            advance(self.inputs, _positions(part.entries))
            self._written += 1
        parts, self._taken, self._written = self._taken, [], 0
        return reduce(together, parts)

    def remember(self, entries: Iterable[Entry], decode: Decode) -> None:
        """Take up what the journal says was told from this tick on; none of it is admitted a second time."""
        for entry in entries:
            if entry.tick < self.city.tick:
                continue
            self._starts.setdefault(entry.tick, entry.start)
            by_topic: dict[str, list[Raw]] = {}
            for raw in entry.records:
                by_topic.setdefault(raw.topic, []).append(raw)
            received = [decode(topic, group) for topic, group in by_topic.items()]
            for part in received:
                self.inbox.recent.first_time(part.batch.frame["event_id"].to_list())
            advance(self.inputs, _positions(entry.records))
            self.told[entry.tick] = together(self.told.get(entry.tick, Admitted()), arrange(received))

    def retell(self, tick: int) -> None:
        """Compute one tick silently, as the journal says."""
        self.step(self._counted(self.told.pop(tick, Admitted())))

    def step(self, admitted: Admitted) -> Step:
        """Compute the next tick with what was admitted to it, and what goes wrong with its records on purpose.

        Raises:
            FaultyTickError: A node of the city raised. What was admitted waits for the tick to be tried again.

        """
        tick, start_us = self.city.tick, self.city.time_us
        commands = [order.command for order in admitted.orders]
        try:
            step = self.city.step(admitted.batches, [one for one in commands if one.name != COMMAND])
        except Exception as error:
            self._put_back(tick, admitted)
            notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()) if note.startswith("node "))
            raise FaultyTickError(f"tick {tick}{notes}: {type(error).__name__}: {error}") from error
        results = [self._imperfections(one, self.imperfect.obey) for one in commands if one.name == COMMAND]
        span = Tick(self.identity, start_us, start_us + self.config.tick_seconds * 1_000_000)
        return replace(step, outputs=self.imperfect.publish(step.outputs, span), results=[*step.results, *results])

    def checkpoint(self) -> None:
        """Save the state at this tick boundary; everything before it must be on the broker.

        Raises:
            Retryable: The disk refuses it.

        """
        arrays = {CITY + name: array for name, array in self.city.save().items()}
        arrays |= {IMPERFECT + name: array for name, array in self.imperfect.save().items()}
        arrays[_RECENT] = self.inbox.recent.save(but=self.inbox.event_ids)
        header = {
            "version": CHECKPOINT_VERSION,
            "tick": self.city.tick,
            "identity": asdict(self.identity),
            "config": asdict(self.config),
            "seed": self.seed,
            "stack_id": self.stack_id,
            "inputs": print_positions(self.inputs),
            "journaled": self.journaled,
            "journal_end": self.journal_start,
            "opening": self.opening,
            "opened_by": self.opened_by,
            "goal": None if self.goal is None else asdict(self.goal),
        }
        self.checkpoints.save(Checkpoint(self.city.tick, header, arrays))

    def restore(self, checkpoint: Checkpoint) -> int:
        """Take up a checkpoint of this branch; where its journal goes on."""
        header: Mapping[str, Any] = checkpoint.header
        self.city.load(below(checkpoint.arrays, CITY))
        self.imperfect.load(below(checkpoint.arrays, IMPERFECT))
        recent: Any = checkpoint.arrays[_RECENT]
        self.inbox.recent.load(recent)
        self.inputs = parse_positions(header["inputs"])
        self.journaled = int(header["journaled"])
        self.opening = bool(header["opening"])
        self.opened_by = header["opened_by"]
        self.goal = None if header["goal"] is None else Goal(**header["goal"])
        return int(header["journal_end"])

    @staticmethod
    def _imperfections(
        command: Command, carry_out: Callable[[Mapping[str, object]], Mapping[str, object]]
    ) -> CommandResult:
        try:
            done = carry_out(command.parameters)
        except ValueError as error:
            return CommandResult(command.command_id, accepted=False, reason=str(error), result={})
        return CommandResult(command.command_id, accepted=True, reason=None, result=done)

    def _put_back(self, tick: int, admitted: Admitted) -> None:
        self.told[tick] = admitted
        self.journaled -= len(admitted.entries)

    def _counted(self, admitted: Admitted) -> Admitted:
        self.journaled += len(admitted.entries)
        return admitted


def below(arrays: Arrays, prefix: str) -> Arrays:
    """The arrays of one part of a checkpoint, by their own names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _positions(entries: Iterable[Raw]) -> Positions:
    return {(raw.topic, raw.partition): raw.offset + 1 for raw in sorted(entries, key=lambda raw: raw.offset)}


def directory_of(root: Path, run_id: str, branch: int) -> Path:
    """Where a branch keeps its journal and checkpoints."""
    return root / run_id / str(branch)


def config_from(values: Mapping[str, Any]) -> CityConfig:
    """A configuration out of a checkpoint's header."""
    return CityConfig(**json.loads(json.dumps(values)))


def iso(moment_us: int) -> str:
    """A simulated time in words, UTC."""
    return datetime.fromtimestamp(moment_us // 1_000_000, UTC).isoformat().replace("+00:00", "Z")

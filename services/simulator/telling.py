"""One branch being told: its city, its journal, what waits for it and how far it has been published."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from services.simulator.adapters.checkpoints import Checkpoint, CheckpointFiles
from services.simulator.adapters.journal import Entry, Journal
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.ports import CityPort, Decode
from services.simulator.runtime.admission import Admitted, Inbox, Raw, arrange
from services.simulator.runtime.lead import Lead
from streamkit.positions import Positions, advance, parse_positions, print_positions

CHECKPOINT_VERSION = 1
_CITY = "city/"
_RECENT = "recent"


@dataclass(slots=True)
class Telling:
    """The state around one city, everything that a crash must not lose.

    ``told`` are journaled ticks that the broker may not have (they are told again, word for word); up to
    ``deaf_until`` a tick that is not among them was computed without input, and is again. ``inputs`` are the positions
    after the last record admitted; ``ends`` those after the last record published.
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
    ends: Positions = field(default_factory=dict)
    journaled: int = 0
    told: dict[int, Admitted] = field(default_factory=dict)
    deaf_until: int = -1
    opened_by: Mapping[str, str] | None = None
    opening: bool = True
    _taken: Admitted | None = None

    def admit(self) -> Admitted:
        """What the next tick is told, durable when this returns; may be called again after an error.

        Raises:
            Retryable: The journal's disk refuses it.

        """
        tick = self.city.tick
        if tick in self.told:
            return self._counted(self.told.pop(tick))
        if tick <= self.deaf_until:
            return Admitted()
        if self._taken is None:
            self._taken = self.inbox.take()
        self.journal.append(tick, self._taken.entries)
        admitted, self._taken = self._taken, None
        advance(self.inputs, _positions(admitted.entries))
        return self._counted(admitted)

    def remember(self, entries: Iterable[Entry], decode: Decode) -> None:
        """Take up what the journal says was told from this tick on; none of it is admitted a second time."""
        for entry in entries:
            if entry.tick < self.city.tick:
                continue
            by_topic: dict[str, list[Raw]] = {}
            for raw in entry.records:
                by_topic.setdefault(raw.topic, []).append(raw)
            received = [decode(topic, group) for topic, group in by_topic.items()]
            for part in received:
                self.inbox.recent.first_time(part.batch.frame["event_id"].to_list())
            advance(self.inputs, _positions(entry.records))
            self.told[entry.tick] = arrange(received)

    def retell(self, tick: int) -> None:
        """Compute one tick silently, as the journal says."""
        admitted = self._counted(self.told.pop(tick, Admitted()))
        self.city.step(admitted.batches, [order.command for order in admitted.orders])

    def checkpoint(self) -> None:
        """Save the state at this tick boundary; everything before it must be on the broker.

        Raises:
            Retryable: The disk refuses it.

        """
        arrays = {_CITY + name: array for name, array in self.city.save().items()}
        arrays[_RECENT] = self.inbox.recent.save()
        header = {
            "version": CHECKPOINT_VERSION,
            "tick": self.city.tick,
            "identity": asdict(self.identity),
            "config": asdict(self.config),
            "seed": self.seed,
            "stack_id": self.stack_id,
            "inputs": print_positions(self.inputs),
            "journaled": self.journaled,
            "journal_end": self.journal.length,
            "opening": self.opening,
            "opened_by": self.opened_by,
        }
        self.checkpoints.save(Checkpoint(self.city.tick, header, arrays))

    def restore(self, checkpoint: Checkpoint) -> int:
        """Take up a checkpoint of this branch; where its journal goes on."""
        header: Mapping[str, Any] = checkpoint.header
        self.city.load({name[len(_CITY) :]: a for name, a in checkpoint.arrays.items() if name.startswith(_CITY)})
        recent: Any = checkpoint.arrays[_RECENT]
        self.inbox.recent.load(recent)
        self.inputs = parse_positions(header["inputs"])
        self.journaled = int(header["journaled"])
        self.opening = bool(header["opening"])
        self.opened_by = header["opened_by"]
        return int(header["journal_end"])

    def _counted(self, admitted: Admitted) -> Admitted:
        self.journaled += len(admitted.entries)
        return admitted


def _positions(entries: Iterable[Raw]) -> Positions:
    return {(raw.topic, raw.partition): raw.offset + 1 for raw in sorted(entries, key=lambda raw: raw.offset)}


def directory_of(root: Path, run_id: str, branch: int) -> Path:
    """Where a branch keeps its journal and checkpoints."""
    return root / run_id / str(branch)


def config_from(values: Mapping[str, Any]) -> CityConfig:
    """A configuration out of a checkpoint's header."""
    return CityConfig(**json.loads(json.dumps(values)))

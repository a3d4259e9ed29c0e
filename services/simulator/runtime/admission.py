"""Which arrived records a tick may see, and in which order: the part of a run that chance and the network decide.

Whatever passes here is journaled before the tick is computed; everything after it is a function of the journal.
"""

import json
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.simulator.domain.city import Command
from streamkit.identity import ID_LENGTH
from streamkit.records import Batch

SOURCE = "simulator"
CONTROL = "simulation_control"
WINDOW = 65_536
"""Event ids remembered: far more than a crash of any service can send again (one batch or one outbox page)."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it lies in Kafka: what the journal keeps."""

    topic: str
    partition: int
    offset: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """Decoded records of one topic with their bytes; ``raws[i]`` is row i of the batch."""

    batch: Batch
    raws: Sequence[Raw]


@dataclass(frozen=True, slots=True)
class Order:
    """A city command as it stood on the control topic; its event is what the acknowledgement refers to."""

    command: Command
    event_id: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """What one tick sees, in canonical order. ``entries`` are the same records as the journal keeps them."""

    batches: tuple[Batch, ...] = ()
    orders: tuple[Order, ...] = ()
    entries: tuple[Raw, ...] = ()


class RecentEvents:
    """A bounded window of event ids already admitted; the oldest are forgotten first."""

    def __init__(self, limit: int = WINDOW) -> None:
        self._limit = limit
        self._order: deque[str] = deque()
        self._known: set[str] = set()

    def first_time(self, event_ids: Iterable[str]) -> NDArray[np.bool_]:
        """For each id whether it is new; afterwards it is not. Shape (ids,)."""
        fresh = []
        for event_id in event_ids:
            fresh.append(event_id not in self._known)
            if fresh[-1]:
                self._known.add(event_id)
                self._order.append(event_id)
        while len(self._order) > self._limit:
            self._known.remove(self._order.popleft())
        return np.array(fresh, dtype=np.bool_)

    def save(self, but: Collection[str] = ()) -> NDArray[np.bytes_]:
        """The window, oldest first, without some; dtype ``S26``."""
        return np.array([one for one in self._order if one not in but], dtype=f"S{ID_LENGTH}")

    def load(self, saved: NDArray[np.bytes_]) -> None:
        """Take up a saved window."""
        self._order = deque(item.decode() for item in saved.tolist())
        self._known = set(self._order)


class Inbox:
    """Records that have arrived for one branch and wait for the next tick."""

    def __init__(self, run_id: str, branch: int) -> None:
        self.recent = RecentEvents()
        self._run_id = run_id
        self._branch = branch
        self._waiting: list[Received] = []

    def offer(self, received: Received) -> int:
        """Keep what is new, of this branch and not our own; the number of records kept."""
        frame = received.batch.frame
        origins = zip(*(frame[name].to_list() for name in ("run_id", "branch", "source")), strict=True)
        telling = self._run_id, self._branch
        rows = np.flatnonzero([(run, branch) == telling and source != SOURCE for run, branch, source in origins])
        if rows.size:
            rows = rows[self.recent.first_time(frame["event_id"].gather(rows).to_list())]
        if rows.size:
            self._waiting.append(_select(received, rows))
        return int(rows.size)

    def order(self, received: Received, row: int) -> None:
        """A command of the city that was found valid: it takes effect with the next tick."""
        if self.recent.first_time([received.batch.frame["event_id"][row]])[0]:
            self._waiting.append(_select(received, np.array([row], dtype=np.intp)))

    def put(self, received: Received) -> list[str]:
        """Records that are known to be this branch's business, whatever branch they name; event ids of the new ones."""
        rows = np.flatnonzero(self.recent.first_time(received.batch.frame["event_id"].to_list()))
        if rows.size:
            self._waiting.append(_select(received, rows))
        return received.batch.frame["event_id"].gather(rows).to_list()

    def again(self, received: Received) -> None:
        """Records that waited when the branch was saved: they are among the recent ones, and wait again."""
        self._waiting.append(received)

    @property
    def waiting(self) -> tuple[Raw, ...]:
        """What waits, as it lies in Kafka."""
        return tuple(raw for received in self._waiting for raw in received.raws)

    @property
    def event_ids(self) -> set[str]:
        """Ids of what waits."""
        return {one for received in self._waiting for one in received.batch.frame["event_id"].to_list()}

    @property
    def ordered(self) -> bool:
        """Whether a command waits."""
        return any(received.batch.topic == CONTROL for received in self._waiting)

    def take(self) -> Admitted:
        """Everything that waits, for the tick about to be computed."""
        waiting, self._waiting = self._waiting, []
        return arrange(waiting) if waiting else Admitted()

    def __len__(self) -> int:
        return sum(len(received.raws) for received in self._waiting)


def together(first: Admitted, then: Admitted) -> Admitted:
    """What one tick sees that is told in two goes: commands of the first are obeyed first."""
    return Admitted(first.batches + then.batches, first.orders + then.orders, first.entries + then.entries)


def arrange(received: Sequence[Received]) -> Admitted:
    """Records in canonical order: each topic and the whole by (simulation_time, event_id), topics by name."""
    by_topic: dict[str, list[Received]] = {}
    for part in received:
        by_topic.setdefault(part.batch.topic, []).append(part)
    merged = [_merge(topic, by_topic[topic]) for topic in sorted(by_topic)]
    ordered = sorted(
        (
            (time, event_id, raw)
            for part in merged
            for time, event_id, raw in zip(
                part.batch.frame["simulation_time"].to_list(),
                part.batch.frame["event_id"].to_list(),
                part.raws,
                strict=True,
            )
        ),
        key=lambda item: item[:2],
    )
    orders = tuple(order for part in merged if part.batch.topic == CONTROL for order in _orders(part.batch.frame))
    batches = tuple(part.batch for part in merged if part.batch.topic != CONTROL)
    return Admitted(batches, orders, tuple(raw for _, _, raw in ordered))


def _merge(topic: str, parts: Sequence[Received]) -> Received:
    frame = pl.concat([part.batch.frame for part in parts], rechunk=True)
    raws = [raw for part in parts for raw in part.raws]
    places = list(zip(frame["simulation_time"].to_list(), frame["event_id"].to_list(), strict=True))
    order = np.array(sorted(range(len(places)), key=places.__getitem__), dtype=np.intp)
    partitions = np.concatenate([part.batch.partitions for part in parts])[order]
    offsets = np.concatenate([part.batch.offsets for part in parts])[order]
    batch = Batch(topic, frame[order], partitions, offsets)
    return Received(batch, [raws[row] for row in order])


def _select(received: Received, rows: NDArray[np.intp]) -> Received:
    batch = received.batch
    if len(rows) == len(batch):
        return received
    chosen = Batch(batch.topic, batch.frame[rows], batch.partitions[rows], batch.offsets[rows])
    return Received(chosen, [received.raws[row] for row in rows])


def _orders(frame: pl.DataFrame) -> Iterable[Order]:
    columns = frame.select("event_id", "command_id", "command", "parameters")
    for event_id, command_id, name, parameters in columns.iter_rows():
        values: Mapping[str, object] = json.loads(parameters or "{}")
        yield Order(Command(command_id, name, values), event_id)

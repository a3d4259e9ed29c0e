"""First-wins deduplication by event_id, for consumers and for what a restarted processor publishes again."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.processor import Output
from streamkit.records import Batch, Coded, Column, Outgoing

WINDOW = 100_000
"""Event ids remembered a partition. A crash re-emits at most a tick or an outbox batch; the densest tick measured by
the simulator is a tenth of this."""


class RecentIds:
    """The last event ids of each partition. Forgets the oldest, so memory is bounded."""

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._known: dict[tuple[str, int], set[str]] = {}
        self._order: dict[tuple[str, int], deque[str]] = {}

    def firsts(self, batch: Batch) -> Batch:
        """The batch without records whose event_id its partition has brought before; all others are remembered."""
        if not len(batch):
            return batch
        keep = np.ones(len(batch), dtype=np.bool_)
        ids = batch.frame["event_id"]
        for partition in np.unique(batch.partitions).tolist():
            rows = np.flatnonzero(batch.partitions == partition)
            names = (ids if len(rows) == len(batch) else ids.gather(rows)).to_list()
            keep[rows] = self._remember((batch.topic, partition), names)
        if keep.all():
            return batch
        return Batch(batch.topic, batch.frame.filter(keep), batch.partitions[keep], batch.offsets[keep], batch.removed)

    def dump(self) -> dict[str, list[str]]:
        """The window as plain data, oldest first, by `topic:partition`; to be saved beside the applied offsets."""
        return {f"{topic}:{partition}": list(order) for (topic, partition), order in self._order.items()}

    def restore(self, saved: Mapping[str, Iterable[str]]) -> None:
        """Take up a window saved with `dump`."""
        self._known.clear()
        self._order.clear()
        for place, names in saved.items():
            topic, _, partition = place.rpartition(":")
            self._remember((topic, int(partition)), list(names))

    def _remember(self, place: tuple[str, int], names: Sequence[str]) -> NDArray[np.bool_]:
        known = self._known.setdefault(place, set())
        order = self._order.setdefault(place, deque())
        fresh = np.ones(len(names), dtype=np.bool_)
        new: Sequence[str] = names
        if len(set(names)) < len(names) or not known.isdisjoint(names):
            new = []
            seen: set[str] = set()
            for row, name in enumerate(names):
                if name in known or name in seen:
                    fresh[row] = False
                else:
                    seen.add(name)
                    new.append(name)
        known.update(new)
        order.extend(new)
        while len(order) > self._window:
            known.discard(order.popleft())
        return fresh


class EmittedIds:
    """Event ids that a service has on its output topics already, so that a restart never tells one differently.

    A processor whose state is in memory folds the same records after a crash, but perhaps in another order, and
    might give an event it had published other values. What is out stays as it is: the second telling is dropped.
    """

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = set(ids)

    def __len__(self) -> int:
        return len(self._ids)

    def note(self, batch: Batch, source: str) -> None:
        """Remember the ids of a service's own records among those of an output topic."""
        own = batch.frame.filter(pl.col("source") == source)
        self._ids.update(own["event_id"].to_list())

    def unpublished(self, outputs: Sequence[Output]) -> Sequence[Output]:
        """Outputs without the records that are out already."""
        if not self._ids:
            return outputs
        return [kept for output in outputs if (kept := self._unpublished(output)) is not None]

    def _unpublished(self, output: Output) -> Output | None:
        if not isinstance(output, Outgoing) or not output.rows:
            return output
        ids = _strings(output.columns.get("event_id"), output.rows)
        if self._ids.isdisjoint(ids):
            return output
        keep = np.fromiter((name not in self._ids for name in ids), dtype=np.bool_, count=output.rows)
        return select(output, keep) if keep.any() else None


def select(outgoing: Outgoing, keep: NDArray[np.bool_]) -> Outgoing:
    """The rows of a batch where ``keep``, shape (rows,), is true."""
    columns = {name: _select(column, keep) for name, column in outgoing.columns.items()}
    stamps = outgoing.timestamps_ms
    return Outgoing(outgoing.topic, int(keep.sum()), columns, None if stamps is None else stamps[keep])


def _select(column: Column, keep: NDArray[np.bool_]) -> Column:
    if isinstance(column, Coded):
        return Coded(column.codes[keep], column.values)
    if isinstance(column, pl.Series):
        return column.filter(keep)
    if isinstance(column, np.ndarray):
        return column[keep]
    return column


def _strings(column: Column, rows: int) -> list[str]:
    if isinstance(column, Coded):
        return [column.values[code] for code in column.codes.tolist()]
    if isinstance(column, pl.Series):
        return column.to_list()
    if isinstance(column, np.ndarray):
        return [value.decode() if isinstance(value, bytes) else str(value) for value in column.tolist()]
    return [str(column)] * rows

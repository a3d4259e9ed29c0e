"""Records as bytes on their way in, and their decoding into a `Batch` beside what is poison."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec import Codec
from streamkit.codec import Poison as Unreadable
from streamkit.contracts import Catalogue
from streamkit.positions import Positions
from streamkit.records import Batch

REPLAY_GROUP = "luna.replay.group"
"""Header of a record replayed from a dead-letter topic: the one group that is to handle it."""


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Records of one topic as they came, in offset order within a partition.

    ``replays`` names, by index, the consumer group for which a record was replayed from a dead-letter topic.
    """

    topic: str
    keys: Sequence[bytes | None]
    values: Sequence[bytes | None]
    partitions: NDArray[np.int32]
    offsets: NDArray[np.int64]
    replays: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def positions(self) -> Positions:
        """Next offset of each partition once these are handled."""
        return {
            (self.topic, int(partition)): int(self.offsets[self.partitions == partition].max()) + 1
            for partition in np.unique(self.partitions)
        }

    def without(self, indices: Sequence[int]) -> "RawBatch":
        """The same batch but for some records."""
        if not indices:
            return self
        kept = np.ones(len(self), dtype=np.bool_)
        kept[list(indices)] = False
        rows = np.flatnonzero(kept).tolist()
        return RawBatch(
            self.topic,
            [self.keys[row] for row in rows],
            [self.values[row] for row in rows],
            self.partitions[kept],
            self.offsets[kept],
            {rows.index(row): group for row, group in self.replays.items() if kept[row]},
        )


def decode(catalogue: Catalogue, codec: Codec, raw: RawBatch) -> tuple[Batch, list[Unreadable]]:
    """The readable records as columns, and the others with their reasons, by index in ``raw``."""
    decoded = codec.decode(raw.topic, raw.values)
    poison = list(decoded.poison)
    frame, rows, removed = decoded.frame, decoded.rows, decoded.removed
    if None in raw.keys:
        known = {one.index for one in poison}
        keyless = np.fromiter((key is None for key in raw.keys), dtype=np.bool_, count=len(raw))
        poison += [
            Unreadable(index, "NullKey", f"{raw.topic} is keyed: a null key means nothing")
            for index in np.flatnonzero(keyless).tolist()
            if index not in known
        ]
        poison.sort(key=lambda one: one.index)
        frame, rows = frame.filter(~keyless[rows]), rows[~keyless[rows]]
        removed = removed[~keyless[removed]]
    gone: Sequence[str] = ()
    if len(removed):
        frame, rows, gone = _latest(catalogue.topic(raw.topic).key, raw, frame, rows, removed)
    values = raw.values if len(rows) == len(raw) else [raw.values[row] for row in rows.tolist()]
    return Batch(raw.topic, frame, raw.partitions[rows], raw.offsets[rows], gone, values), poison


def _latest(
    key: str, raw: RawBatch, frame: pl.DataFrame, rows: NDArray[np.intp], removed: NDArray[np.intp]
) -> tuple[pl.DataFrame, NDArray[np.intp], Sequence[str]]:
    """Of keys that were both written and removed in one batch, what came last."""
    last_removal = {(raw.keys[index] or b"").decode(errors="replace"): index for index in removed.tolist()}
    keys = frame[key].to_list()
    stays = np.asarray(
        [row > last_removal.get(name, -1) for name, row in zip(keys, rows.tolist(), strict=True)], np.bool_
    )
    written = {name for name, stay in zip(keys, stays.tolist(), strict=True) if stay}
    return frame.filter(stays), rows[stays], [name for name in last_removal if name not in written]

"""A log in memory with Kafka's partitions and bytes: what the lock-step host and the fast tests run on.

Everything goes through the real codec, so a value that Kafka would not carry fails here too.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec import Codec, Framed
from streamkit.contracts import Catalogue
from streamkit.partitioner import partitions_of
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.raw import REPLAY_GROUP, RawBatch, decode
from streamkit.records import Batch, Tombstones

DLQ_SUFFIX = ".dlq"

SEGMENTS = 64
"""Decoded pieces of a topic kept for readers that are not in step: one that reads every quarter of an hour finds the
two or three that each tick brings."""

KEYS_KNOWN = 1_000_000
"""Keys whose partition is remembered: some 100 MB."""

FEW_FRAMES = 4
"""Frames up to which copying them one behind the other is faster than a query."""

_LATE = b""
"""Stands for the bytes of a record that is not encoded yet."""

Headers = Sequence[tuple[str, str | bytes | None]]


@dataclass(slots=True)
class _Records:
    """Records of one topic in order of arrival; those before ``base`` have been forgotten."""

    keys: list[bytes | None] = field(default_factory=list)
    values: list[bytes | None] = field(default_factory=list)
    partitions: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    headers: dict[int, Headers] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    late: list[tuple[int, pl.DataFrame]] = field(default_factory=list)
    base: int = 0


@dataclass(frozen=True, slots=True)
class _Segment:
    """Records of one topic by index, decoded."""

    start: int
    stop: int
    batch: Batch


class MemoryLog:
    """Topics of the catalogue as lists of bytes. A record's index is its place in the topic's order of arrival."""

    def __init__(self, catalogue: Catalogue, codec: Codec, *, late_bytes: bool = False) -> None:
        """With ``late_bytes`` a handful of records is checked at once but encoded only when bytes are asked for.

        The bytes are the same. A record that breaks its topic's contract is then no dead letter: `raw` refuses it.
        """
        self._late_bytes = late_bytes
        self.catalogue = catalogue
        self.codec = codec
        self._topics: dict[str, _Records] = {}
        self._decoded: dict[str, deque[_Segment]] = {}
        self._judged: dict[str, int] = {}
        self._placed: dict[int, dict[bytes | None, int]] = {}

    def append(self, outputs: Sequence[Output]) -> Positions:
        """Write outputs; the end offset of every partition written. Raises EncodeError as the producer does."""
        ends: Positions = {}
        for output in outputs:
            if isinstance(output, Tombstones):
                keys: list[bytes] = [key.encode() for key in output.keys]
                ends |= self.append_raw(output.topic, keys, [None] * len(keys))
            elif output.rows:
                framed = self.codec.frame(output) if self._late_bytes else None
                if framed is not None:
                    ends |= self._append_framed(output.topic, framed)
                    continue
                encoded = self.codec.encode(output)
                ends |= self.append_raw(encoded.topic, encoded.keys, encoded.values)
        return ends

    def _append_framed(self, topic: str, framed: Framed) -> Positions:
        start, count = self.size(topic), len(framed.keys)
        ends = self.append_raw(topic, framed.keys, [_LATE] * count)
        records = self._topics[topic]
        records.late.append((start, framed.frame))
        batch = Batch(
            topic,
            framed.frame,
            np.asarray(records.partitions[-count:], dtype=np.int32),
            np.asarray(records.offsets[-count:], dtype=np.int64),
        )
        self._segments(topic).append(_Segment(start, start + count, batch))
        return ends

    def _encode_late(self, topic: str, records: _Records) -> None:
        """Encode all that waits for it, at once."""
        if not records.late:
            return
        late, records.late = records.late, []
        values = iter(self.codec.encode_frame(topic, pl.concat([frame for _, frame in late])))
        for start, frame in late:
            place = start - records.base
            records.values[place : place + frame.height] = islice(values, frame.height)

    def append_raw(
        self,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        headers: Sequence[Headers] = (),
    ) -> Positions:
        """Write bytes as they are, garbage included; a null key goes to partition 0."""
        records = self._records(topic)
        placed = self._place(keys, len(records.ends))
        for index, one in enumerate(headers):
            records.headers[records.base + len(records.values) + index] = one
        records.keys += keys
        records.values += values
        records.partitions += placed.tolist()
        ends: Positions = {}
        offsets = np.empty(len(keys), dtype=np.int64)
        for partition in np.unique(placed).tolist():
            rows = np.flatnonzero(placed == partition)
            offsets[rows] = np.arange(records.ends[partition], records.ends[partition] + len(rows))
            records.ends[partition] += len(rows)
            ends[topic, partition] = records.ends[partition]
        records.offsets += offsets.tolist()
        return ends

    def size(self, topic: str) -> int:
        """Records ever written to a topic: the index of the next one."""
        records = self._records(topic)
        return records.base + len(records.values)

    def ends(self, topics: Sequence[str]) -> Positions:
        """End offset of every partition of some topics."""
        return {(topic, partition): end for topic in topics for partition, end in enumerate(self._records(topic).ends)}

    def raw(self, topic: str, start: int = 0, stop: int | None = None) -> RawBatch:
        """Bytes of the records with indices from ``start`` up to ``stop``, in order of arrival."""
        records = self._records(topic)
        self._encode_late(topic, records)
        span = slice(max(start - records.base, 0), None if stop is None else max(stop - records.base, 0))
        replays = {
            index - max(start, records.base): str(value)
            for index, headers in records.headers.items()
            for name, value in headers
            if name == REPLAY_GROUP and index >= max(start, records.base) and (stop is None or index < stop)
        }
        return RawBatch(
            topic,
            records.keys[span],
            records.values[span],
            np.asarray(records.partitions[span], dtype=np.int32),
            np.asarray(records.offsets[span], dtype=np.int64),
            replays,
        )

    def read(self, topic: str, positions: Mapping[tuple[str, int], int] | None = None) -> Batch:
        """Decoded records from some positions on (absent partitions from 0), in order of arrival, without poison."""
        raw = self.raw(topic)
        if positions:
            starts = np.asarray(
                [positions.get((topic, partition), 0) for partition in range(len(self._records(topic).ends))]
            )
            raw = raw.without(np.flatnonzero(raw.offsets < starts[raw.partitions]).tolist())
        return decode(self.catalogue, self.codec, raw)[0]

    def batch(self, topic: str, start: int, stop: int) -> Batch:
        """Decoded records by index, decoded once for all readers; poison goes to the dead-letter topic."""
        segments = self._segments(topic)
        known = _tiled(segments, start, stop)
        if known is not None:
            return known
        raw = self.raw(topic, start, stop)
        batch, poison = decode(self.catalogue, self.codec, raw)
        for one in poison:
            if start + one.index >= self._judged.get(topic, 0):
                reason: Headers = [("luna.error.class", one.error), ("luna.error.message", one.message)]
                self.append_raw(topic + DLQ_SUFFIX, [raw.keys[one.index]], [raw.values[one.index]], [reason])
        self._judged[topic] = max(stop, self._judged.get(topic, 0))
        segments.append(_Segment(start, stop, batch))
        return batch

    def keys(self, topic: str, partition: int) -> list[bytes | None]:
        """Keys of one partition in offset order."""
        records = self._records(topic)
        return [key for key, place in zip(records.keys, records.partitions, strict=True) if place == partition]

    def values(self, topic: str, partition: int) -> list[bytes | None]:
        """Values of one partition in offset order, byte for byte."""
        records = self._records(topic)
        self._encode_late(topic, records)
        return [value for value, place in zip(records.values, records.partitions, strict=True) if place == partition]

    def headers(self, topic: str) -> list[Headers]:
        """Headers of each record in order of arrival; empty where it has none."""
        records = self._records(topic)
        return [records.headers.get(records.base + index, ()) for index in range(len(records.values))]

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics that hold or held records."""
        return tuple(sorted(name for name, records in self._topics.items() if records.base or records.values))

    def forget(self, topic: str, before: int) -> None:
        """Drop the records with lower indices from memory; offsets go on. For runs larger than memory."""
        records = self._records(topic)
        if records.late and records.late[0][0] < before:
            self._encode_late(topic, records)
        segments = self._segments(topic)
        while segments and segments[0].stop <= before:
            segments.popleft()
        count = min(max(before - records.base, 0), len(records.values))
        del records.keys[:count], records.values[:count], records.partitions[:count], records.offsets[:count]
        records.base += count

    def _place(self, keys: Sequence[bytes | None], count: int) -> NDArray[np.int32]:
        """Partition of each key; that of a null key is 0. Keys are seen again and again, so they are remembered."""
        known = self._placed.setdefault(count, {None: 0})
        new = [key for key in dict.fromkeys(keys) if key is not None and key not in known]
        if new:
            if len(known) > KEYS_KNOWN:
                known.clear()
                known[None] = 0
                new = [key for key in dict.fromkeys(keys) if key is not None]
            known.update(zip(new, partitions_of(new, count).tolist(), strict=True))
        return np.fromiter((known[key] for key in keys), dtype=np.int32, count=len(keys))

    def _segments(self, topic: str) -> deque[_Segment]:
        return self._decoded.setdefault(topic, deque(maxlen=SEGMENTS))

    def _records(self, topic: str) -> _Records:
        records = self._topics.get(topic)
        if records is None:
            partitions = self.catalogue.topic(topic.removesuffix(DLQ_SUFFIX)).partitions
            records = self._topics[topic] = _Records(ends=[0] * partitions)
        return records


def _tiled(segments: Iterable[_Segment], start: int, stop: int) -> Batch | None:
    """Records by index out of pieces that lie one behind the other; None where some are missing."""
    at, parts = start, []
    for segment in segments:
        if segment.start == at and segment.stop <= stop:
            parts.append(segment.batch)
            at = segment.stop
    if at == stop and len(parts) == 1:
        return parts[0]
    if at != stop or any(part.removed for part in parts):  # a key may be removed in one and written in another
        return None
    return Batch(
        parts[0].topic,
        _stacked([part.frame for part in parts]),
        np.concatenate([part.partitions for part in parts]),
        np.concatenate([part.offsets for part in parts]),
    )


def _stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames of one schema under each other; a few without a query."""
    if len(frames) > FEW_FRAMES:
        return pl.concat(frames, rechunk=True)
    whole = frames[0].clone()
    for frame in frames[1:]:
        whole.extend(frame)
    return whole

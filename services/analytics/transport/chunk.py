"""A run of consecutive records of one partition, travelling as the value of one Faust message."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


class FetchedRecord(Protocol):
    """What the Kafka client hands out for one record (the part of it that is used)."""

    @property
    def topic(self) -> str: ...  # noqa: D102 - the client's own names
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def timestamp(self) -> int | None: ...  # noqa: D102
    @property
    def timestamp_type(self) -> int | None: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Chunk:
    """Raw records of one partition in offset order; all four sequences have the same length, at least 1.

    A null value is a tombstone or poison: whoever decodes decides. Offsets rise, but need not be consecutive:
    compaction and transaction markers leave gaps.
    """

    values: Sequence[bytes | None]
    keys: Sequence[bytes | None]
    offsets: Sequence[int]
    headers: Sequence[Sequence[tuple[str, bytes]]]

    @property
    def next_offset(self) -> int:
        """Offset to go on from once the chunk is applied."""
        return self.offsets[-1] + 1

    def beginning_at(self, offset: int) -> "Chunk | None":
        """The part with offsets from ``offset`` on; None if there is none."""
        start = bisect_left(self.offsets, offset)
        if start == len(self.offsets):
            return None
        return Chunk(self.values[start:], self.keys[start:], self.offsets[start:], self.headers[start:])

    def of(self, rows: Sequence[int]) -> "Chunk":
        """Only these rows, in order."""
        return Chunk(
            [self.values[row] for row in rows],
            [self.keys[row] for row in rows],
            [self.offsets[row] for row in rows],
            [self.headers[row] for row in rows],
        )

    def followed_by(self, other: "Chunk") -> "Chunk | None":
        """Both as one; None where offsets are missing between them, which whoever applies them must see."""
        if other.offsets[0] != self.next_offset:
            return None
        return Chunk(
            [*self.values, *other.values],
            [*self.keys, *other.keys],
            [*self.offsets, *other.offsets],
            [*self.headers, *other.headers],
        )

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """A chunk dressed as a record of the client, so that Faust builds its message from it unaware.

    It carries the offset of the chunk's *last* record: when Faust commits it, the whole chunk is done. The gap that
    Faust sees before it is counted as acknowledged only together with it (`Consumer._new_offset` adds a gap once a
    later offset is acknowledged), and a restart goes by the offset kept with the state, not by the committed one.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int | None
    timestamp_type: int | None
    value: Chunk
    key: None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    checksum: None = None
    serialized_key_size: int = 0
    serialized_value_size: int = 0


def pack(records: Sequence[FetchedRecord], limit: int) -> Iterator[ChunkRecord]:
    """Chunks of at most ``limit`` records out of the fetched records of one partition."""
    for start in range(0, len(records), limit):
        part = records[start : start + limit]
        last = part[-1]
        chunk = Chunk(
            values=[record.value for record in part],
            keys=[record.key for record in part],
            offsets=[record.offset for record in part],
            headers=[record.headers for record in part],
        )
        yield ChunkRecord(last.topic, last.partition, last.offset, last.timestamp, last.timestamp_type, chunk)

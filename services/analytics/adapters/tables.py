"""Cells in a Faust table: staged while a chunk is folded, saved as one commit a partition, restored by Faust.

Faust recovers the table from its changelog; the records of the changelog are written here, with librdkafka, because
Faust sends them without waiting and gives up flushing after 0.1 s (NOTES §1). A commit carries the cells, the rows to
publish because of them (an outbox) and the offsets they follow from, so none of the three is ever ahead of the rest.
"""

import json
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.analytics.adapters.envelope import Envelope
from services.analytics.domain.cells import pack_json
from services.analytics.domain.emitting import Row
from streamkit.positions import Positions

MARKER = "\x00marker"
OUTBOX = "\x00outbox/"
OUTBOX_PART_ROWS = 1_000
"""Rows of one outbox record: about 600 bytes each, under the broker's usual limit of 1 MiB a record."""


class Changelog(Protocol):
    """Where records of the changelog go."""

    async def append(self, records: Sequence[tuple[int, bytes, bytes | None]]) -> None:
        """Write (partition, key, value) in order and wait until the broker has them all."""
        ...


@dataclass(slots=True)
class _Partition:
    """``commit`` is the number of the last whole commit, 0 before the first."""

    commit: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    staged: dict[str, bytes] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    outbox_parts: int = 0


def table_key(partition: int, key: str) -> bytes:
    """Key of a cell in table and changelog."""
    return f"{partition}:{key}".encode()


class TableCells:
    """The durable adapter of the cells port. ``table`` is the mapping behind a Faust table of raw bytes."""

    def __init__(self, table: MutableMapping[bytes, bytes | None], changelog: Changelog) -> None:
        self._table = table
        self._changelog = changelog
        self._held: dict[int, _Partition] = {}

    def restore(self, partitions: Collection[int]) -> list[tuple[str, Row]]:
        """Take over what Faust recovered of these partitions; rows whose publishing may have been cut short.

        Cells of a commit without its marker are put back as they were, cells of other partitions are forgotten.
        """
        markers: dict[int, Mapping[str, object]] = {}
        for key, data in list(self._table.items()):
            partition, name = _split(key)
            if partition not in partitions or data is None:
                del self._table[key]
            elif name == MARKER:
                markers[partition] = json.loads(Envelope.unpack(data).value)
        self._held = {partition: _partition(markers.get(partition)) for partition in partitions}
        outbox: list[tuple[str, Row]] = []
        for partition in sorted(partitions):
            outbox += self._read_outbox(partition)
        return outbox

    def _read_outbox(self, partition: int) -> Iterator[tuple[str, Row]]:
        held = self._held[partition]
        for part in range(held.outbox_parts):
            data = self._table.get(table_key(partition, f"{OUTBOX}{part}"))
            envelope = None if data is None else Envelope.unpack(data)
            if envelope is not None and envelope.commit == held.commit:
                yield from json.loads(envelope.value)

    @property
    def positions(self) -> Positions:
        """Next offset of every source partition, as of the last commits."""
        return {
            (topic, partition): offset
            for partition, held in self._held.items()
            for topic, offset in held.positions.items()
        }

    def partitions(self) -> Collection[int]:
        """Partitions held."""
        return tuple(self._held)

    def write(self, partition: int, key: str, value: bytes) -> None:
        """Stage a cell for the next commit."""
        held = self._held[partition]
        held.staged[key] = value
        held.removed.discard(key)

    def remove(self, partition: int, key: str) -> None:
        """Stage a deletion for the next commit."""
        held = self._held[partition]
        held.staged.pop(key, None)
        held.removed.add(key)

    def scan(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Every cell as of now: the last commit, and what is staged over it."""
        held = self._held[partition]
        for key, data in list(self._table.items()):
            owner, name = _split(key)
            if owner != partition or name.startswith("\x00") or data is None:
                continue
            value = Envelope.unpack(data).as_of(held.commit)
            if value is not None and name not in held.staged and name not in held.removed:
                yield name, value
        yield from list(held.staged.items())

    async def commit(self, positions: Mapping[tuple[str, int], int], outbox: Mapping[int, Sequence[object]]) -> None:
        """Save what is staged, with the rows to publish and the next offsets, as one commit a partition.

        When it returns the broker has everything. Deletions go last, after the marker: forgetting one is harmless.
        """
        changed = {partition for partition, held in self._held.items() if held.staged or held.removed}
        changed |= {partition for (_, partition) in positions} | outbox.keys()
        records: list[tuple[int, bytes, bytes | None]] = []
        for partition in sorted(changed):
            moved = {topic: offset for (topic, owner), offset in positions.items() if owner == partition}
            records += self._commit_records(partition, moved, outbox.get(partition, ()))
        await self._changelog.append(records)
        for partition in changed:
            self._held[partition].staged.clear()
            self._held[partition].removed.clear()

    async def close_outbox(self) -> None:
        """Note that everything saved was published too, so that the next start does not publish it again."""
        pending = {partition: () for partition, held in self._held.items() if held.outbox_parts}
        if pending:
            await self.commit({}, pending)

    def _commit_records(
        self, partition: int, moved: Mapping[str, int], rows: Sequence[object]
    ) -> Iterator[tuple[int, bytes, bytes | None]]:
        held = self._held[partition]
        commit = held.commit + 1
        parts = [rows[start : start + OUTBOX_PART_ROWS] for start in range(0, len(rows), OUTBOX_PART_ROWS)]
        for name, value in held.staged.items():
            key = table_key(partition, name)
            before = self._table.get(key)
            envelope = Envelope(commit, value) if before is None else Envelope.unpack(before).follow(commit, value)
            yield partition, key, self._keep(key, envelope)
        for number, part in enumerate(parts):
            key = table_key(partition, f"{OUTBOX}{number}")
            yield partition, key, self._keep(key, Envelope(commit, pack_json(part)))
        held.commit, held.outbox_parts = commit, len(parts)
        held.positions |= moved
        marker = {"commit": commit, "positions": held.positions, "outbox": len(parts)}
        key = table_key(partition, MARKER)
        yield partition, key, self._keep(key, Envelope(commit, pack_json(marker)))
        for name in held.removed:
            if self._table.pop(table_key(partition, name), None) is not None:
                yield partition, table_key(partition, name), None

    def _keep(self, key: bytes, envelope: Envelope) -> bytes:
        data = self._table[key] = envelope.pack()
        return data


def _split(key: bytes) -> tuple[int, str]:
    partition, _, name = key.decode().partition(":")
    return int(partition), name


def _partition(marker: Mapping[str, object] | None) -> _Partition:
    if marker is None:
        return _Partition()
    commit, positions, parts = marker["commit"], marker["positions"], marker["outbox"]
    assert isinstance(commit, int)
    assert isinstance(positions, dict)
    assert isinstance(parts, int)
    return _Partition(commit, positions, outbox_parts=parts)

"""Cells in a Faust table: staged while a chunk is folded, saved as one commit a partition, restored by Faust.

Faust recovers the table from its changelog; the records of the changelog are written here, with librdkafka, because
Faust sends them without waiting and gives up flushing after 0.1 s (NOTES §1). A commit carries the cells, the rows to
publish because of them (an outbox) and the offsets they follow from, so none of the three is ever ahead of the rest.
"""

import json
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.analytics.adapters.commits import MARKER, OUTBOX, split_table_key, table_key
from services.analytics.adapters.envelope import Envelope, written_over
from services.analytics.adapters.restoring import Restored
from services.analytics.domain.cells import pack_json
from streamkit.positions import Positions


class Changelog(Protocol):
    """Where records of the changelog go."""

    async def append(self, records: Sequence[tuple[int, bytes, bytes | None]]) -> None:
        """Write (partition, key, value) in order and wait until the broker has them all."""
        ...


@dataclass(slots=True)
class _Partition:
    """``commit`` is the number of the last whole commit, 0 before the first; ``unborn`` are cells of a cut one."""

    claim: int = 0
    commit: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    staged: dict[str, bytes] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    outbox_parts: int = 0
    unborn: set[str] = field(default_factory=set)


class TableCells:
    """The durable adapter of the cells port. ``table`` is the mapping behind a Faust table of raw bytes."""

    def __init__(self, table: MutableMapping[bytes, bytes | None], changelog: Changelog) -> None:
        self._table = table
        self._changelog = changelog
        self._held: dict[int, _Partition] = {}

    def restore(self, partitions: Collection[int], restored: Restored) -> dict[int, list[bytes]]:
        """Take over what was read back of these partitions; parts of the outbox whose sending may have been cut short.

        Cells of a commit without its marker are put back as they were, cells of other partitions are forgotten.
        Nothing may be staged before `seal` has said so in the changelog as well.
        """
        markers: dict[int, Mapping[str, object]] = {}
        for key, data in list(self._table.items()):
            partition, name = split_table_key(key)
            if partition not in partitions or data is None:
                del self._table[key]
            elif name == MARKER:
                markers[partition] = json.loads(Envelope.unpack(data).value)
        self._held = {
            partition: _partition(markers.get(partition), restored.claims.get(partition, 0)) for partition in partitions
        }
        self._mend(restored.stale)
        return {partition: list(self._read_outbox(partition)) for partition in sorted(partitions)}

    def _mend(self, stale: Collection[bytes]) -> None:
        """Put cells of cut commits back as they were; stage what the log does not say by itself any more."""
        for key, data in list(self._table.items()):
            partition, name = split_table_key(key)
            held = self._held[partition]
            if data is None or name.startswith("\x00"):
                continue
            envelope = Envelope.unpack(data)
            value = envelope.as_of(held.commit)
            if value is None:
                del self._table[key]
                held.unborn.add(name)
            elif envelope.commit > held.commit or key in stale:
                held.staged[name] = value

    async def seal(self, outbox: Mapping[int, Sequence[bytes]]) -> None:
        """Write into the changelog what `restore` put right, with what is still to be published.

        Without it the next commit's marker would make a whole one of the one that was cut.
        """
        for partition, held in self._held.items():
            if not held.staged and not held.unborn:
                continue
            unborn = [(partition, table_key(partition, name), None) for name in sorted(held.unborn)]
            await self._changelog.append([*unborn, *self._commit_records(partition, {}, outbox.get(partition, ()))])
            held.unborn.clear()
            held.staged.clear()

    def _read_outbox(self, partition: int) -> Iterator[bytes]:
        held = self._held[partition]
        for part in range(held.outbox_parts):
            data = self._table.get(table_key(partition, f"{OUTBOX}{part}"))
            envelope = None if data is None else Envelope.unpack(data)
            if envelope is not None and envelope.commit == held.commit:
                yield envelope.value

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

    def write_all(self, partition: int, values: Mapping[str, bytes]) -> None:
        """Stage many cells for the next commit."""
        held = self._held[partition]
        held.staged.update(values)
        held.removed.difference_update(values)

    def remove(self, partition: int, key: str) -> None:
        """Stage a deletion for the next commit; a partition of somebody else's is his to tidy."""
        held = self._held.get(partition)
        if held is not None:
            held.staged.pop(key, None)
            held.removed.add(key)

    def scan(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Every cell as of now: the last commit, and what is staged over it."""
        held = self._held[partition]
        prefix = table_key(partition, "")
        for key, data in list(self._table.items()):
            if data is None or not key.startswith(prefix) or key[len(prefix)] == 0:
                continue
            name = key[len(prefix) :].decode()
            value = Envelope.unpack(data).as_of(held.commit)
            if value is not None and name not in held.staged and name not in held.removed:
                yield name, value
        yield from list(held.staged.items())

    async def commit(self, positions: Mapping[tuple[str, int], int], outbox: Mapping[int, Sequence[bytes]]) -> None:
        """Save what is staged, with the parts of the outbox and the next offsets, as one commit a partition.

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
        self, partition: int, moved: Mapping[str, int], parts: Sequence[bytes]
    ) -> Iterator[tuple[int, bytes, bytes | None]]:
        held = self._held[partition]
        commit = held.commit + 1
        for name, value in held.staged.items():
            key = table_key(partition, name)
            data = self._table[key] = written_over(self._table.get(key), held.claim, commit, value)
            yield partition, key, data
        for number, part in enumerate(parts):
            key = table_key(partition, f"{OUTBOX}{number}")
            yield partition, key, self._keep(key, Envelope(held.claim, commit, part))
        held.commit, held.outbox_parts = commit, len(parts)
        held.positions |= moved
        marker = {"commit": commit, "positions": held.positions, "outbox": len(parts)}
        key = table_key(partition, MARKER)
        yield partition, key, self._keep(key, Envelope(held.claim, commit, pack_json(marker)))
        for name in held.removed:
            if self._table.pop(table_key(partition, name), None) is not None:
                yield partition, table_key(partition, name), None

    def _keep(self, key: bytes, envelope: Envelope) -> bytes:
        data = self._table[key] = envelope.pack()
        return data


def _partition(marker: Mapping[str, object] | None, claim: int) -> _Partition:
    if marker is None:
        return _Partition(claim)
    commit, positions, parts = marker["commit"], marker["positions"], marker["outbox"]
    assert isinstance(commit, int)
    assert isinstance(positions, dict)
    assert isinstance(parts, int)
    return _Partition(claim, commit, positions, outbox_parts=parts)

"""The journal of one branch: what each tick was told, on disk before the tick is computed.

Append-only frames of (length, CRC-32, payload); a torn tail is what a crash in the middle of an append leaves, and
its tick was never computed. A tick that was told nothing leaves a frame too, but is not waited for: the operating
system keeps it through the death of the process, and after a loss of power it is not needed (see `Recovered`).
"""

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.simulator.runtime.admission import Raw
from streamkit.errors import Retryable

MAGIC = b"LUNAJRN1"
_FRAME = struct.Struct("<II")
_TICK = struct.Struct("<qI")
_RECORD = struct.Struct("<BiqI")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one tick was told, and where its frame begins and ends in the file."""

    tick: int
    records: tuple[Raw, ...]
    start: int
    end: int


class Journal:
    """Appends to the journal file of one branch. One writer; closed by `close`."""

    def __init__(self, path: Path) -> None:
        """Open, or begin, the journal; a torn tail is cut off."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.length = _sound_length(path)
        if self.length == 0:
            os.pwrite(self._file, MAGIC, 0)
            self.length = len(MAGIC)
        os.ftruncate(self._file, self.length)
        os.fsync(self._file)
        sync_directory(path.parent)

    def append(self, tick: int, records: Sequence[Raw]) -> None:
        """Make what a tick is told durable, before the tick is computed.

        Raises:
            Retryable: The disk refuses it (full, read-only); the journal is as before, and the tick may be tried again.

        """
        payload = _TICK.pack(tick, len(records)) + b"".join(_packed(record) for record in records)
        frame = _FRAME.pack(len(payload), zlib.crc32(payload)) + payload
        try:
            written = 0
            while written < len(frame):
                written += os.pwrite(self._file, frame[written:], self.length + written)
            if records:
                os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self.length)
            raise Retryable(f"journal {self.path}: {error.strerror}") from error
        self.length += len(frame)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read(path: Path, start: int = 0) -> Iterator[Entry]:
    """Entries from a frame boundary on (0: the first), up to the first torn or damaged frame."""
    if not path.exists():
        return
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return
        position = max(start, len(MAGIC))
        file.seek(position)
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            length, check = _FRAME.unpack(head)
            payload = file.read(length)
            if len(payload) < length or zlib.crc32(payload) != check or length < _TICK.size:
                return
            end = position + _FRAME.size + length
            tick, records = _unpacked(payload)
            yield Entry(tick, records, position, end)
            position = end


def sync_directory(path: Path) -> None:
    """Make a new or renamed name in a directory durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sound_length(path: Path) -> int:
    end = 0
    for entry in read(path):
        end = entry.end
    if end == 0 and path.stat().st_size >= len(MAGIC):
        with path.open("rb") as file:
            return len(MAGIC) if file.read(len(MAGIC)) == MAGIC else 0
    return end


def _packed(record: Raw) -> bytes:
    topic = record.topic.encode()
    return _RECORD.pack(len(topic), record.partition, record.offset, len(record.value)) + topic + record.value


def _unpacked(payload: bytes) -> tuple[int, tuple[Raw, ...]]:
    tick, count = _TICK.unpack_from(payload)
    position = _TICK.size
    records = []
    for _ in range(count):
        name, partition, offset, size = _RECORD.unpack_from(payload, position)
        position += _RECORD.size
        topic = payload[position : position + name].decode()
        position += name
        records.append(Raw(topic, partition, offset, payload[position : position + size]))
        position += size
    return tick, tuple(records)

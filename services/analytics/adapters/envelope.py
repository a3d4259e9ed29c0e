"""How a cell stands in the changelog: its value, the commit that wrote it, and the value before that commit.

A commit is a run of records on one changelog partition ended by a marker. A crash can leave the beginning of a run
without its marker; such cells are read as they were before. One commit is under way at a time, so one value before
is enough, and a restart sees each commit either whole or not at all.
"""

import struct
from dataclasses import dataclass

_HEAD = struct.Struct("<QIQ")
_NEVER = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Envelope:
    """``commit`` wrote ``value``; ``before`` is what ``commit_before`` had written, None if nothing."""

    commit: int
    value: bytes
    commit_before: int | None = None
    before: bytes | None = None

    def pack(self) -> bytes:
        """Bytes of the record."""
        number = _NEVER if self.commit_before is None else self.commit_before
        return _HEAD.pack(self.commit, len(self.value), number) + self.value + (self.before or b"")

    @staticmethod
    def unpack(data: bytes) -> "Envelope":
        """Envelope out of its bytes."""
        commit, length, number = _HEAD.unpack_from(data)
        value = data[_HEAD.size : _HEAD.size + length]
        if number == _NEVER:
            return Envelope(commit, value)
        return Envelope(commit, value, number, data[_HEAD.size + length :])

    def as_of(self, commit: int) -> bytes | None:
        """The value that held after ``commit``; None where there was none yet."""
        if self.commit <= commit:
            return self.value
        return self.before if self.commit_before is not None and self.commit_before <= commit else None

    def follow(self, commit: int, value: bytes) -> "Envelope":
        """The envelope that ``commit`` writes over this one, where the last whole commit is the one before it."""
        if self.commit < commit:
            return Envelope(commit, value, self.commit, self.value)
        return Envelope(commit, value, self.commit_before, self.before)  # left by a commit that never ended

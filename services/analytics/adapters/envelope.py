"""How a cell stands in the changelog: its value, the commit that wrote it, and the value before that commit.

A commit is a run of records on one changelog partition ended by a marker. A crash can leave the beginning of a run
without its marker; such cells are read as they were before. One commit is under way at a time, so one value before
is enough, and a restart sees each commit either whole or not at all.

An owner begins with a claim, a record of its own; the claim's offset stands in everything that it writes. What an
owner writes after another has claimed the partition (it slept through losing it) is known by that, and read by nobody.
"""

import struct
from dataclasses import dataclass

_HEAD = struct.Struct("<QQIQ")
_NEVER = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Envelope:
    """``commit`` under ``claim`` wrote ``value``; ``before`` is what ``commit_before`` wrote, None if nothing."""

    claim: int
    commit: int
    value: bytes
    commit_before: int | None = None
    before: bytes | None = None

    def pack(self) -> bytes:
        """Bytes of the record."""
        number = _NEVER if self.commit_before is None else self.commit_before
        return _HEAD.pack(self.claim, self.commit, len(self.value), number) + self.value + (self.before or b"")

    @staticmethod
    def unpack(data: bytes) -> "Envelope":
        """Envelope out of its bytes."""
        claim, commit, length, number = _HEAD.unpack_from(data)
        value = data[_HEAD.size : _HEAD.size + length]
        if number == _NEVER:
            return Envelope(claim, commit, value)
        return Envelope(claim, commit, value, number, data[_HEAD.size + length :])

    def as_of(self, commit: int) -> bytes | None:
        """The value that held after ``commit``; None where there was none yet."""
        if self.commit <= commit:
            return self.value
        return self.before if self.commit_before is not None and self.commit_before <= commit else None


def written_over(before: bytes | None, claim: int, commit: int, value: bytes) -> bytes:
    """The packed envelope that ``commit`` writes over a packed one, where the last whole commit is the one before it.

    Straight from bytes to bytes: this is done for every cell of every commit.
    """
    if before is None:
        return _HEAD.pack(claim, commit, len(value), _NEVER) + value
    _, written, length, number = _HEAD.unpack_from(before)
    end = _HEAD.size + length
    if written < commit:
        return _HEAD.pack(claim, commit, len(value), written) + value + before[_HEAD.size : end]
    return _HEAD.pack(claim, commit, len(value), number) + value + before[end:]  # left by a commit that never ended


def claim_of(data: bytes) -> int:
    """The claim in a packed envelope."""
    return int(_HEAD.unpack_from(data)[0])

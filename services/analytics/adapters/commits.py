"""Reading one changelog partition in its order: which records count, and what stands after each whole commit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.analytics.adapters.envelope import Envelope, claim_of
from streamkit.positions import Positions

MARKER = "\x00marker"
OUTBOX = "\x00outbox/"
CLAIM = "\x00claim"
_CLAIM_END = CLAIM.encode()


def table_key(partition: int, key: str) -> bytes:
    """Key of a cell in table and changelog."""
    return f"{partition}:{key}".encode()


def split_table_key(key: bytes) -> tuple[int, str]:
    """Partition and name of a cell."""
    partition, _, name = key.decode().partition(":")
    return int(partition), name


@dataclass(slots=True)
class Fence:
    """Tells what an owner wrote from what one wrote that no longer was it.

    ``stale`` holds the keys whose last record does not count: compaction keeps just that one, so that whoever owns the
    partition must write them again.
    """

    claim: int = -1
    stale: set[bytes] = field(default_factory=set)

    def admits(self, offset: int, key: bytes, value: bytes | None) -> bool:
        """Whether a record says something of a cell. A deletion always does: only what is past use is deleted."""
        if key.endswith(_CLAIM_END):
            self.claim = offset
            return False
        if value is not None and claim_of(value) < self.claim:
            self.stale.add(key)
            return False
        self.stale.discard(key)
        return True


@dataclass(frozen=True, slots=True)
class Change:
    """What whole commits changed of one partition: cells by name (None: deleted), and how far they are."""

    cells: Mapping[str, bytes | None]
    positions: Positions


@dataclass(slots=True)
class Following:
    """One partition of somebody else's, as far as its log was read. Invariant: a cut commit is never shown."""

    partition: int
    fence: Fence = field(default_factory=Fence)
    _staged: dict[str, Envelope] = field(default_factory=dict)
    _changed: dict[str, bytes | None] = field(default_factory=dict)
    _positions: Positions = field(default_factory=dict)

    def read(self, offset: int, key: bytes, value: bytes | None) -> None:
        """Take the next record."""
        if not self.fence.admits(offset, key, value):
            return
        _, name = split_table_key(key)
        if value is None:
            self._staged.pop(name, None)
            self._changed[name] = None
        elif name == MARKER:
            self._end(Envelope.unpack(value))
        elif not name.startswith("\x00"):
            self._staged[name] = Envelope.unpack(value)

    def _end(self, marker: Envelope) -> None:
        content: Mapping[str, Any] = json.loads(marker.value)
        for name, envelope in list(self._staged.items()):
            found = envelope.as_of(marker.commit)
            if found is not None:
                self._changed[name] = found
            if envelope.commit <= marker.commit:
                del self._staged[name]
        self._positions = {(topic, self.partition): offset for topic, offset in content["positions"].items()}

    def take(self) -> Change | None:
        """What changed since the last call; None if nothing did."""
        if not self._changed and not self._positions:
            return None
        change = Change(self._changed, self._positions)
        self._changed, self._positions = {}, {}
        return change

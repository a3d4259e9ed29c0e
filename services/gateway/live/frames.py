"""What goes out to watching clients, serialised once however many watch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from services.gateway.state.positions import Vector, print_token


@dataclass(frozen=True)
class Frame:
    """Records of one channel, oldest first, as JSON lines; ``vector`` is where the channel stands after them.

    ``skipped`` counts records that were too many to show: said, never silent.
    """

    epoch: str
    channel: str
    vector: Vector
    lines: Sequence[bytes]
    skipped: int = 0

    @cached_property
    def websocket(self) -> str:
        """The frame as one WebSocket message."""
        position = print_token(self.epoch, self.vector)
        skipped = f'"skipped":{self.skipped},' if self.skipped else ""
        head = f'{{"type":"events","channel":"{self.channel}","position":"{position}",{skipped}"events":['
        return f"{head}{b','.join(self.lines).decode()}]}}"

    @cached_property
    def events(self) -> str:
        """The frame as server-sent events, the last left open so that an id can follow."""
        return "\n".join(f"event: record\ndata: {line.decode()}\n" for line in self.lines)


@dataclass(frozen=True)
class Notice:
    """Something other than records that a client must hear in its turn: a resync, a reply."""

    kind: str
    body: dict[str, Any]

    @cached_property
    def websocket(self) -> str:
        """As one WebSocket message."""
        return orjson.dumps({"type": self.kind, **self.body}).decode()

    @cached_property
    def events(self) -> str:
        """As one server-sent event, left open so that an id can follow."""
        return f"event: {self.kind}\ndata: {orjson.dumps(self.body).decode()}\n"

"""What goes out to watching clients, serialised once however many watch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from services.gateway.live.wire import framed
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
    def message(self) -> bytes:
        """The frame as one WebSocket message."""
        position = print_token(self.epoch, self.vector)
        skipped = f'"skipped":{self.skipped},' if self.skipped else ""
        head = f'{{"type":"events","channel":"{self.channel}","position":"{position}",{skipped}"events":['
        return b"%s%s]}" % (head.encode(), b",".join(self.lines))

    @cached_property
    def wire(self) -> bytes:
        """The message as it goes over the wire."""
        return framed(self.message)

    @cached_property
    def events(self) -> str:
        """The frame as server-sent events, the last left open so that an id can follow."""
        skipped = f'event: skipped\ndata: {{"channel":"{self.channel}","records":{self.skipped}}}\n\n'
        return (skipped if self.skipped else "") + "\n".join(
            f"event: record\ndata: {line.decode()}\n" for line in self.lines
        )


@dataclass(frozen=True)
class Notice:
    """Something other than records that a client must hear in its turn: a resync, a reply."""

    kind: str
    body: dict[str, Any]

    @cached_property
    def message(self) -> bytes:
        """As one WebSocket message."""
        return orjson.dumps({"type": self.kind, **self.body})

    @cached_property
    def wire(self) -> bytes:
        """The message as it goes over the wire."""
        return framed(self.message)

    @cached_property
    def events(self) -> str:
        """As one server-sent event, left open so that an id can follow."""
        return f"event: {self.kind}\ndata: {orjson.dumps(self.body).decode()}\n"

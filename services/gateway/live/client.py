"""One watching client: what it subscribed to, and what waits to be written to it. Bounded, or let go."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from services.gateway.live.frames import Frame, Notice
from services.gateway.state.filters import Filters
from services.gateway.state.positions import Vector

Message: TypeAlias = Frame | Notice

TOO_SLOW = 4008
"""Close code of a client that did not read fast enough."""


@dataclass(slots=True)
class Subscription:
    """A channel wanted through a filter; records before ``start`` have been seen already."""

    filters: Filters
    start: Vector | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a client is let go."""

    code: int
    reason: str


class Client:
    """Outbox of one connection: events in order and bounded, states newest wins.

    Only the hub and the connection's reader put things in; only its one writer task takes them out. While nothing waits
    and ``write`` takes a message's bytes at once, they go past the outbox: to wake a task costs more than the write.
    """

    def __init__(self, kind: str, *, limit: int, states: frozenset[str] = frozenset()) -> None:
        self.kind = kind
        self.states = set(states)
        self.subscriptions: dict[str, Subscription] = {}
        self.closing: Closing | None = None
        self.closed = asyncio.Event()
        self.write: Callable[[bytes], bool] | None = None
        self._limit = limit
        self._outbox: deque[Message] = deque()
        self._held = 0
        self._latest: dict[str, Notice] = {}
        self._wake = asyncio.Event()
        self._queued = False

    def offer(self, message: Message) -> None:
        """Queue a message; a client that holds more than its limit of records is let go, with the reason."""
        if self.closing is not None or self._written(message):
            return
        self._held += _weight(message)
        if self._held > self._limit:
            self.close(TOO_SLOW, f"too slow: more than {self._limit} records waited")
            return
        self._outbox.append(message)
        self._rouse()

    def tell(self, notice: Notice) -> None:
        """Replace the waiting notice of this kind: of a state only the newest counts."""
        if self.closing is None and not self._written(notice):
            self._latest[notice.kind] = notice
            self._rouse()

    def close(self, code: int, reason: str) -> None:
        """Let the client go; what waits is dropped."""
        if self.closing is None:
            self.closing = Closing(code, reason)
            self.forget()
            self._latest.clear()
            self.closed.set()
            self._wake.set()

    def forget(self) -> None:
        """Drop the records that wait, because a resync makes them void."""
        self._outbox.clear()
        self._held = 0

    async def take(self) -> list[Message]:
        """Everything that waits, as soon as there is something; empty once the client is let go.

        To ask again says that what was taken last is written.
        """
        self._queued = self._wake.is_set()
        await self._wake.wait()
        self._wake.clear()
        waiting: list[Message] = [*self._latest.values(), *self._outbox]
        self._latest.clear()
        self.forget()
        return waiting

    def _written(self, message: Message) -> bool:
        return not self._queued and self.write is not None and self.write(message.wire)

    def _rouse(self) -> None:
        self._queued = True
        self._wake.set()


def _weight(message: Message) -> int:
    return max(1, len(message.lines)) if isinstance(message, Frame) else 1

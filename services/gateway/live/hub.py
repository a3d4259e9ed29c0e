"""Fans records out to watching clients: gathered for a tick, serialised once a channel and filter, never awaited.

Runs on one event loop. It knows clients as outboxes and records as chunks; neither Kafka nor sockets.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from services.gateway.live.client import Client, Subscription
from services.gateway.live.frames import Frame, Notice
from services.gateway.live.pace import Pace
from services.gateway.state.chunk import Chunk
from services.gateway.state.filters import Filters
from services.gateway.state.ledger import Ledger
from services.gateway.state.positions import Vector, at_or_after, epoch_of, print_token
from services.gateway.state.records import Records
from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop

_EVERYTHING = Filters()
_LEAST_WAIT = 0.1
"""Of a tick: for whatever else the loop has to do."""
SETTLING_S, _GLANCE_S = 10.0, 0.1
"""How long somebody who resumes waits for a gateway that has just begun: within the silence that a page bears."""


class Hub:
    """Clients and what waits for the next tick. ``sent`` is called with each chunk as it goes out."""

    def __init__(
        self, ledger: Ledger, records: Records, clock: Clock, *, tick_s: float, most_rows: int, most_clients: int
    ) -> None:
        self.clients: set[Client] = set()
        self._numbers = {"stream": 0, "control": 0, "sse": 0}
        self.sent: Callable[[Chunk], None] = lambda _: None
        self._ledger = ledger
        self._records = records
        self._clock = clock
        self._tick_s = tick_s
        self._most_rows = most_rows
        self._most_clients = most_clients
        self._pending: defaultdict[str, list[Chunk]] = defaultdict(list)
        self._paces: dict[tuple[str, Filters], Pace] = {}
        self._epoch = self.epoch

    @property
    def epoch(self) -> str:
        """Names the cluster, run and branch that positions belong to."""
        return epoch_of(self._ledger.cluster, *(self._ledger.live or ("", 0)))

    @property
    def full(self) -> bool:
        """Whether as many clients are connected as may be."""
        return len(self.clients) >= self._most_clients

    def counts(self) -> Mapping[str, int]:
        """Connected clients by kind."""
        return dict(self._numbers)

    def join(self, client: Client) -> None:
        """A client has connected."""
        if client not in self.clients:
            self.clients.add(client)
            self._count(client.kind, 1)

    def leave(self, client: Client) -> None:
        """A client is gone."""
        if client in self.clients:
            self.clients.remove(client)
            self._count(client.kind, -1)
        if client.closing is not None:
            metrics.CLIENTS_DROPPED.labels(str(client.closing.code)).inc()

    def _count(self, kind: str, more: int) -> None:
        self._numbers[kind] += more
        metrics.CLIENTS.labels(kind).set(self._numbers[kind])

    def publish(self, chunk: Chunk) -> None:
        """Take live records for the next tick."""
        self._pending[chunk.topic].append(chunk)

    async def settled(self) -> None:
        """Wait a while until all has been read: before that an older telling, or none, is taken for the one that lives.

        Whoever resumes would be sent away.
        """
        deadline = self._clock.monotonic() + SETTLING_S
        while not self._ledger.caught_up and self._clock.monotonic() < deadline:
            await self._clock.sleep(_GLANCE_S)

    def subscribe(
        self, client: Client, channel: str, filters: Filters, position: tuple[str, Vector] | None, recent: int
    ) -> None:
        """Begin to send a channel: from a position, or with some recent records first, or from now on.

        A position that cannot be continued from is answered by a resync.
        """
        self.flush()
        ring = self._ledger.city.history[channel]
        client.subscriptions[channel] = Subscription(filters)
        if position is None:
            for chunk in reversed(ring.newest(filters, recent).chunks if recent else ()):
                self._offer(client, channel, [chunk.take(np.arange(len(chunk))[::-1])], Filters(), ring.vector())
            return
        epoch, vector = position
        missed = ring.since(vector) if epoch == self.epoch else None
        if missed is None:
            self._resync(client, [channel], "gap" if epoch == self.epoch else "epoch")
            return
        if not self._ledger.caught_up:
            client.subscriptions[channel].start = vector
        self._offer(client, channel, missed, filters, ring.vector())

    def announce(self, kind: str, body: Mapping[str, object]) -> None:
        """Tell a state to every client that wants this kind of it; newest wins."""
        wanting = [client for client in self.clients if kind in client.states]
        if wanting:
            notice = Notice(kind, {"payload": body})
            for client in wanting:
                client.tell(notice)

    def flush(self) -> None:
        """Send what has gathered."""
        if self._epoch != self.epoch:
            self._turn_over()
        for channel, chunks in self._pending.items():
            self._fan_out(channel, chunks)
            for chunk in chunks:
                self.sent(chunk)
        self._tell_skipped()
        self._pending.clear()

    def _tell_skipped(self) -> None:
        """Tell what was left out for a watcher's rate, once there is room, though nothing else happens."""
        now = self._clock.monotonic()
        for (channel, filters), pace in self._paces.items():
            if pace.skipped and channel not in self._pending and pace.most(now):
                vector = self._ledger.city.history[channel].vector()
                frame = Frame(self.epoch, channel, vector, (), pace.skipped)
                pace.told(1)
                for client in self.clients:
                    subscription = client.subscriptions.get(channel)
                    if subscription is not None and subscription.filters == filters:
                        client.offer(frame)

    async def run(self, stop: asyncio.Event) -> None:
        """Flush at every tick until told to stop; then let everyone go.

        Ticks are due at an even pace: what a flush and its writes take comes off the wait for the next. One that is
        late is not made up for, and others always get a turn.
        """
        due = self._clock.monotonic() + self._tick_s
        while not stop.is_set():
            await sleep_or_stop(self._clock, max(due - self._clock.monotonic(), _LEAST_WAIT * self._tick_s), stop)
            due = max(due, self._clock.monotonic() - self._tick_s) + self._tick_s
            self.flush()
        for client in list(self.clients):
            client.close(1001, "the gateway is going away; reconnect with your positions")

    def _turn_over(self) -> None:
        """Make everyone start over; what gathered of the closed branch would go out as if it were of this one."""
        self._epoch = self.epoch
        for channel, chunks in self._pending.items():
            self._pending[channel] = [chunk for chunk in chunks if _telling(chunk) == self._ledger.live]
        for client in self.clients:
            if client.subscriptions:
                client.forget()
                self._resync(client, sorted(client.subscriptions), "new_branch")

    def _resync(self, client: Client, channels: Sequence[str], reason: str) -> None:
        history = self._ledger.city.history
        positions = {channel: print_token(self.epoch, history[channel].vector()) for channel in channels}
        client.offer(Notice("resync", {"channels": list(channels), "reason": reason, "positions": positions}))

    def _fan_out(self, channel: str, chunks: Sequence[Chunk]) -> None:
        vector = self._ledger.city.history[channel].vector()
        watching: defaultdict[Filters, list[Client]] = defaultdict(list)
        for client in self.clients:
            subscription = client.subscriptions.get(channel)
            if subscription is None:
                continue
            if subscription.start is None:
                watching[subscription.filters].append(client)
            else:
                self._offer(client, channel, _unseen(chunks, subscription.start), subscription.filters, vector)
        for filters, clients in watching.items():
            frame = self._paced(channel, chunks, filters, vector)
            if frame is not None:
                metrics.SENT_FRAMES.labels(channel).inc(len(clients))
                for client in clients:
                    client.offer(frame)
        for gone in [key for key in self._paces if key[0] == channel and key[1] not in watching]:
            del self._paces[gone]

    def _paced(self, channel: str, chunks: Sequence[Chunk], filters: Filters, vector: Vector) -> Frame | None:
        if filters.max_rate is None:
            return self._frame(channel, chunks, filters, vector, self._most_rows)
        now = self._clock.monotonic()
        pace = self._paces.setdefault((channel, filters), Pace.of(filters.max_rate, now))
        most = min(self._most_rows, pace.most(now))
        wanted = [_matching(chunk, filters) for chunk in chunks]
        frame = self._frame(channel, wanted, _EVERYTHING, vector, most, pace.skipped) if most else None
        if frame is None:
            pace.skipped += sum(len(part) for part in wanted)
        else:
            pace.told(len(frame.lines))
        return frame

    def _offer(self, client: Client, channel: str, chunks: Sequence[Chunk], filters: Filters, vector: Vector) -> None:
        frame = self._frame(channel, chunks, filters, vector, self._most_rows)
        if frame is not None:
            client.offer(frame)

    def _frame(
        self,
        channel: str,
        chunks: Sequence[Chunk],
        filters: Filters,
        vector: Vector,
        most: int,
        owed: int = 0,
    ) -> Frame | None:
        wanted = [part for part in (_matching(chunk, filters) for chunk in chunks) if len(part)]
        rows = sum(len(part) for part in wanted)
        skipped = max(0, rows - most)
        lines: list[bytes] = []
        left = skipped
        for part in wanted:
            kept = part.take(np.arange(min(left, len(part)), len(part))) if left else part
            left -= len(part) - len(kept)
            lines += self._records.lines(kept)
        return Frame(self.epoch, channel, vector, lines, skipped + owed) if lines else None


def _telling(chunk: Chunk) -> tuple[str, int]:
    """Run and branch of a chunk: the ledger passes on one telling at a time."""
    return chunk.frame["run_id"][0], chunk.frame["branch"][0]


def _matching(chunk: Chunk, filters: Filters) -> Chunk:
    rows = filters.keep(chunk.frame)
    return chunk if rows is None else chunk.take(rows)


def _unseen(chunks: Sequence[Chunk], start: Vector) -> list[Chunk]:
    return [chunk.take(np.flatnonzero(at_or_after(start, chunk.partitions, chunk.offsets))) for chunk in chunks]

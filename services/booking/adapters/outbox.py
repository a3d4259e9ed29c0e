"""Records on their way to Kafka: entered in the transaction that decided them, published in its order, then deleted.

Ids are drawn under an advisory lock that is held until the commit, so their order is the order of the commits, over
all processes. One process at a time publishes, under a second lock that ends with its transaction: a stopped one
loses it. Bytes are encoded once; whoever publishes again publishes the same.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Cursor
from sqlalchemy import Connection, Engine, text

from services.booking.adapters.database import translated
from services.booking.fail_points import FailPoint
from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.codec import Encoded
from streamkit.errors import Retryable
from streamkit.positions import Positions

ORDER_LOCK = 0x6F757462
RELAY_LOCK = 0x72656C61
CHUNK = 10_000
"""Rows published and deleted at once."""
STUCK_S = 30
"""A relay that neither publishes nor deletes for so long loses its transaction and with it the lock."""
OTHERS_S = 0.02
LOOK_S = 1.0
"""How often to look for rows that another process left behind."""


def append(cursor: Cursor[Any], encoded: Iterable[Encoded]) -> int:
    """Enter records as the last act of a transaction; the id up to which the outbox owes them.

    A batch that comes again decides nothing: then it is the newest row that is there, because what this batch led to
    may have been committed by an earlier life and not been published. 0 where nothing is owed.
    """
    rows = [(one.topic, key, value) for one in encoded for key, value in zip(one.keys, one.values, strict=True)]
    if not rows:
        cursor.execute("SELECT coalesce(max(id), 0) FROM booking.outbox")
        found = cursor.fetchone()
        assert found is not None
        return int(found[0])
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (ORDER_LOCK,))
    with cursor.copy("COPY booking.outbox (topic, key, value) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["text", "bytea", "bytea"])
        for row in rows:
            copy.write_row(row)
    cursor.execute("SELECT currval(pg_get_serial_sequence('booking.outbox', 'id'))")
    found = cursor.fetchone()
    assert found is not None
    return int(found[0])


class RawPublisher(Protocol):
    """The part of a producer that the relay needs."""

    async def publish_raw(
        self,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        headers: Sequence[list[tuple[str, str | bytes | None]]],
    ) -> Positions:
        """Publish bytes as they are and wait for the reports."""
        ...


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows taken for publishing, and the open transaction that holds the lock."""

    connection: Connection
    ids: list[int]
    records: Mapping[str, list[tuple[bytes, bytes]]]


class Relay:
    """Publishes the outbox."""

    def __init__(self, engine: Engine, publisher: RawPublisher, clock: Clock, fail_point: FailPoint) -> None:
        self._engine = engine
        self._publisher = publisher
        self._clock = clock
        self._fail_point = fail_point
        self._guard = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Publish what an earlier life or another process left behind, now and then."""
        self._fail_point("relay_starts")
        while not stop.is_set():
            try:
                if await asyncio.to_thread(self._pending, None):
                    await self.drain()
            except Retryable:
                await sleep_or_stop(self._clock, LOOK_S, stop)
            await sleep_or_stop(self._clock, LOOK_S, stop)

    async def drain(self, up_to: int | None = None) -> None:
        """Return once every row, or every row up to an id, is acknowledged by the broker.

        Raises:
            Retryable: the database is away; what was published will be published again.
            Fatal: the broker refuses.

        """
        while True:
            async with self._guard:
                published = await self._pass()
            if published is not None and up_to is not None and published >= up_to:
                return
            if published is None:
                if not await asyncio.to_thread(self._pending, up_to):
                    return
                await self._clock.sleep(OTHERS_S)

    async def _pass(self) -> int | None:
        """Publish one chunk; the id of its last row, or None where there was nothing or another process is at it.

        Rows are published in the order of their ids, so nothing up to that id is left.
        """
        chunk = await asyncio.to_thread(self._take)
        if chunk is None:
            return None
        try:
            self._fail_point("before_publish")
            sends = [
                self._publisher.publish_raw(
                    topic, [key for key, _ in rows], [value for _, value in rows], [[] for _ in rows]
                )
                for topic, rows in chunk.records.items()
            ]
            await asyncio.gather(*sends)
            self._fail_point("after_publish")
            await asyncio.to_thread(self._delete, chunk)
        finally:
            await asyncio.to_thread(self._close, chunk)
        return chunk.ids[-1]

    def _take(self) -> _Chunk | None:
        with translated():
            connection = self._engine.connect()
            try:
                # a mark lost with the server's power is made again after the same bytes were published again
                settings = f"SET LOCAL idle_in_transaction_session_timeout = '{STUCK_S}s'"
                connection.execute(text(f"{settings}; SET LOCAL synchronous_commit = off"))
                ours = connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": RELAY_LOCK})
                query = text("SELECT id, topic, key, value FROM booking.outbox ORDER BY id LIMIT :count")
                rows = connection.execute(query, {"count": CHUNK}).all() if ours.scalar() else []
            except BaseException:
                connection.close()
                raise
            if not rows:
                connection.close()
                return None
        metrics.OUTBOX_PENDING.set(len(rows))
        records: dict[str, list[tuple[bytes, bytes]]] = {}
        for row in rows:
            records.setdefault(row.topic, []).append((bytes(row.key), bytes(row.value)))
        return _Chunk(connection, [row.id for row in rows], records)

    def _delete(self, chunk: _Chunk) -> None:
        with translated():
            query = text("DELETE FROM booking.outbox WHERE id = ANY(:ids)")
            chunk.connection.execute(query, {"ids": chunk.ids})
            self._fail_point("before_mark")
            chunk.connection.commit()
            self._fail_point("after_mark")
        metrics.OUTBOX_PENDING.set(0)

    def _close(self, chunk: _Chunk) -> None:
        with translated():
            chunk.connection.close()

    def _pending(self, up_to: int | None) -> bool:
        with translated(), self._engine.connect() as connection:
            query = text("SELECT EXISTS (SELECT FROM booking.outbox WHERE id <= :last)")
            return bool(connection.execute(query, {"last": 2**62 if up_to is None else up_to}).scalar())

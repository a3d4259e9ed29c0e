"""Hosts the processor on Kafka and PostgreSQL: one transaction a fetch, then the outbox, then the offsets."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

import polars as pl
from psycopg import Cursor

from services.booking.adapters import outbox
from services.booking.adapters.outbox import Relay
from services.booking.adapters.postgres import PostgresState
from services.booking.culprit import culprit
from services.booking.fail_points import FailPoint
from services.booking.ports import ConflictError
from services.booking.processor import BookingProcessor
from streamkit import metrics
from streamkit.clock import Clock
from streamkit.codec import Codec
from streamkit.errors import Fatal, Poison, Retryable
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

TRIES = 10
"""Decisions of one fetch taken again after conflicts before backing off."""
FOREIGN = {"system_metrics": "simulator.tick"}
"""Topics of which one event type alone concerns booking: a fetch without it needs no transaction."""
STAMPED = frozenset({"replies", "simulation_control"})
"""Topics whose records say by the wall clock when they were said."""


class Host:
    """`Handler` of the runner: returns once every output of the batches is acknowledged by the broker."""

    def __init__(
        self,
        processor: BookingProcessor,
        state: PostgresState,
        relay: Relay,
        codec: Codec,
        clock: Clock,
        fail_point: FailPoint,
    ) -> None:
        self._processor = processor
        self._state = state
        self._relay = relay
        self._codec = codec
        self._clock = clock
        self._fail_point = fail_point

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Decide, commit, publish.

        Raises:
            Retryable: the database is away, or conflicts do not end.
            Poison: the record on which the decision or the database fails; the others are not touched by it.
            Fatal: the database or the broker refuses.

        """
        mine = [batch for batch in batches if _concerns(batch)]
        if not mine:
            return
        mine.sort(key=lambda batch: self._processor.subscriptions.index(batch.topic))
        self._fail_point("after_poll")
        last = await self._decided(mine, positions)
        self._fail_point("after_commit")
        if last:
            await self._relay.drain(last)

    async def _decided(self, batches: Sequence[Batch], positions: Positions) -> int:
        for _ in range(TRIES):
            try:
                return await asyncio.to_thread(self._transact, batches, positions)
            except ConflictError:
                metrics.BOOKING_CONFLICTS.inc()
            except (Retryable, Fatal):
                raise
            except Exception as error:
                poison = await asyncio.to_thread(self._poison, batches, positions, error)
                raise poison from error
        raise Retryable(f"conflicts with another process {TRIES} times")

    def _transact(self, batches: Sequence[Batch], positions: Positions) -> int:
        with metrics.TRANSACTION_SECONDS.time(), self._state.transaction() as cursor:
            stamped, last = self._effects(cursor, batches, positions)
            self._fail_point("before_commit")
        for output in stamped:
            _count(output)
        return last

    def _effects(
        self, cursor: Cursor[Any], batches: Sequence[Batch], positions: Positions
    ) -> tuple[list[Outgoing], int]:
        outputs: list[Output] = []
        self._state.advance(positions)
        for batch in batches:
            outputs += self._processor.process(batch)
        stamped = [self._stamp(output) for output in outputs if isinstance(output, Outgoing)]
        self._fail_point("before_outbox")
        return stamped, outbox.append(cursor, [self._codec.encode(output) for output in stamped])

    def _poison(self, batches: Sequence[Batch], positions: Positions, error: Exception) -> Exception:
        """The failing record as poison; the error itself where no record is to blame."""

        def fails(beginning: Sequence[Batch]) -> bool:
            try:
                self._rehearse(beginning, positions)
            except _RehearsedError:
                return False
            except (Retryable, Fatal):
                raise
            except ConflictError as conflict:
                raise Retryable(str(conflict)) from conflict
            except Exception:  # noqa: BLE001 - whatever it is, it comes from a record of this beginning
                return True

        place = culprit(batches, fails)
        return error if place is None else Poison(*place, f"{type(error).__name__}: {error}")

    def _rehearse(self, batches: Sequence[Batch], positions: Positions) -> NoReturn:
        """Decide and undo: raises what goes wrong, `_RehearsedError` where nothing does."""
        with self._state.transaction() as cursor:
            self._effects(cursor, batches, positions)
            raise _RehearsedError

    def _stamp(self, output: Outgoing) -> Outgoing:
        if output.topic not in STAMPED:
            return output
        return replace(output, columns={**output.columns, "wall_time": self._clock.now_us()})


class _RehearsedError(Exception):
    """Ends the transaction of a rehearsal."""


def _concerns(batch: Batch) -> bool:
    only = FOREIGN.get(batch.topic)
    return only is None or bool((batch.frame["event_type"] == only).any())


def _count(output: Outgoing) -> None:
    types = output.columns["event_type"]
    if output.topic == "bookings" and isinstance(types, pl.Series):
        for event_type, count in types.value_counts().iter_rows():
            metrics.BOOKING_OUTCOMES.labels(event_type.removeprefix("booking.")).inc(count)

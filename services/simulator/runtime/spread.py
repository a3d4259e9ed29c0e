"""A tick's records, cut into slices of simulated time, so that a live city trickles instead of bursting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.processor import Output
from streamkit.records import Coded, Column, Outgoing

SMALLEST_SLICE = 0.05
"""Seconds of wall time a slice: short enough for the eye, long enough that encoding it is cheap."""


@dataclass(frozen=True, slots=True)
class Rescheduled(Outgoing):
    """Records that go out at another moment than their own: ``due_us``, shape (rows,), simulated microseconds."""

    due_us: NDArray[np.int64] | None = None


def take(batch: Outgoing, rows: NDArray[np.intp]) -> Outgoing:
    """Some rows of a batch, in the order given."""
    columns = {name: _take(column, rows) for name, column in batch.columns.items()}
    stamps = None if batch.timestamps_ms is None else batch.timestamps_ms[rows]
    damaged = None if batch.damaged is None else batch.damaged[rows]
    taken = replace(batch, rows=len(rows), columns=columns, timestamps_ms=stamps, damaged=damaged)
    if isinstance(taken, Rescheduled) and taken.due_us is not None:
        return replace(taken, due_us=taken.due_us[rows])
    return taken


def _take(column: Column, rows: NDArray[np.intp]) -> Column:
    if isinstance(column, Coded):
        return Coded(column.codes[rows], column.values)
    if isinstance(column, np.ndarray):
        return column[rows]
    return column[rows] if isinstance(column, pl.Series) else column


def times(batch: Outgoing) -> NDArray[np.int64]:
    """Simulated times of a batch's rows, shape (rows,), µs UTC."""
    column = batch.columns["simulation_time"]
    if isinstance(column, pl.Series):
        return column.cast(pl.Int64).to_numpy()
    return np.broadcast_to(np.asarray(column, dtype=np.int64), (batch.rows,))


def moments(batch: Outgoing) -> NDArray[np.int64]:
    """When a batch's rows go out, shape (rows,), µs UTC: at their own times unless they are rescheduled."""
    due = batch.due_us if isinstance(batch, Rescheduled) else None
    return times(batch) if due is None else due


def stamped(outputs: Sequence[Output]) -> list[Output]:
    """The same records with their simulated time as the Kafka record timestamp: what a backfill writes."""
    return [
        replace(output, timestamps_ms=times(output) // 1000) if isinstance(output, Outgoing) else output
        for output in outputs
    ]


def slices(outputs: Sequence[Output], start_us: int, slice_us: int) -> list[tuple[int, list[Output]]]:
    """(moment due, records) in order of time; a slice is published when the slice of time it covers begins.

    Records keep their order within a topic and key, because a key's simulated time never goes back. Removals go first.
    """
    cut: dict[int, list[Output]] = {}
    for output in outputs:
        if not isinstance(output, Outgoing):
            cut.setdefault(0, []).insert(0, output)
            continue
        numbers = np.maximum(moments(output) - start_us, 0) // max(slice_us, 1)
        order = np.argsort(numbers, kind="stable")
        found, starts = np.unique(numbers[order], return_index=True)
        for number, rows in zip(found, np.split(order, starts[1:]), strict=True):
            cut.setdefault(int(number), []).append(output if len(found) == 1 else take(output, rows))
    return [(start_us + number * slice_us, cut[number]) for number in sorted(cut)]

"""Rows of a decoded batch as named values."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.decide import DAY_US
from services.booking.events import Trigger

COMMON = ("event_id", "event_type", "run_id", "branch", "simulation_time", "world", "city", "cause_id", "user_id")


class Row(NamedTuple):
    """One record: its common columns, and the others by name."""

    trigger: Trigger
    event_type: str
    user_id: str | None
    columns: dict[str, object]

    def text(self, name: str) -> str | None:
        """A string column, None where it is null."""
        value = self.columns[name]
        return None if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """An integer column."""
        value = self.columns[name]
        return value if isinstance(value, int) else default


def rows_of(frame: pl.DataFrame, names: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a frame with the common columns and those named."""
    if frame.is_empty():
        return
    for values in zip(*(frame[name].to_list() for name in (*COMMON, *names)), strict=True):
        event_id, event_type, _, _, time_us, world, city, cause_id, user_id = values[: len(COMMON)]
        trigger = Trigger(event_id, time_us, world, city, cause_id)
        columns = dict(zip(names, values[len(COMMON) :], strict=True))
        yield Row(trigger, event_type, user_id, columns)


def fresh_rows(desk: Desk, rows: Iterable[Row]) -> list[Row]:
    """The rows whose events have not been seen before, each once."""
    found = list(rows)
    if not found:
        return []
    day = max(row.trigger.time_us for row in found) // DAY_US
    fresh = desk.state.fresh(desk.scope, [row.trigger.event_id for row in found], day)
    new: list[Row] = []
    for row in found:
        if row.trigger.event_id in fresh:
            fresh.discard(row.trigger.event_id)
            new.append(row)
    return new

"""Rows that analytics publishes: common columns copied from the record that triggered them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import polars as pl

from streamkit.identity import hash_ids
from streamkit.records import Column, Outgoing

SOURCE = "analytics"

COMMON = ("event_id", "run_id", "branch", "simulation_time", "world", "city", "cause_id")
"""Columns of a trigger that its consequences need."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be published because of ``trigger``: its type and the columns beside the common ones.

    Its id follows from the trigger, or from ``identity`` where what the row says, not what set it off, names it: an
    aggregate of a window is the same fact whichever tick closed it.
    """

    trigger: Row
    event_type: str
    columns: Mapping[str, object]
    ordinal: int = 0
    identity: str | None = None


def caused_all(told: Sequence[Told]) -> list[dict[str, Any]]:
    """Rows to publish, their ids hashed together."""
    named = [
        (one.trigger["run_id"], one.trigger["branch"], SOURCE, one.identity or one.trigger["event_id"], one.event_type,
         one.ordinal)
        for one in told
    ]  # fmt: skip
    return [_row(one, name) for one, name in zip(told, hash_ids(named), strict=True)]


def caused(
    trigger: Row, event_type: str, ordinal: int = 0, *, identity: str | None = None, **columns: object
) -> dict[str, Any]:
    """One row published because of ``trigger``, see `Told`."""
    return caused_all([Told(trigger, event_type, columns, ordinal, identity)])[0]


def _row(told: Told, event_id: str) -> dict[str, Any]:
    trigger = told.trigger
    return {
        "event_id": event_id,
        "event_type": told.event_type,
        "run_id": trigger["run_id"],
        "branch": trigger["branch"],
        "simulation_time": trigger["simulation_time"],
        "world": trigger["world"],
        "city": trigger["city"],
        "source": SOURCE,
        "correlation_id": trigger["event_id"],
        "cause_id": trigger["cause_id"],
        **told.columns,
    }


def consequences(
    topic: str,
    triggers: pl.DataFrame,
    event_types: Sequence[str],
    columns: Mapping[str, Column],
    ordinals: Sequence[int] | None = None,
    identities: Sequence[str] | None = None,
) -> Outgoing:
    """What `caused_all` makes of rows, of columns: row i because of ``triggers[i]``, which are of one telling.

    ``triggers`` have the columns of `COMMON`; ``columns`` are those beside the common ones.
    """
    rows = triggers.height
    names = triggers["event_id"].to_list() if identities is None else identities
    run_id, branch = triggers.select("run_id", "branch").row(0)
    named = zip(names, event_types, repeat(0, rows) if ordinals is None else ordinals, strict=True)
    ids = hash_ids([(run_id, branch, SOURCE, name, event_type, ordinal) for name, event_type, ordinal in named])
    return Outgoing(
        topic,
        rows,
        {
            "event_id": pl.Series(ids, dtype=pl.String),
            "event_type": pl.Series(event_types, dtype=pl.String),
            "run_id": run_id,
            "branch": branch,
            "simulation_time": triggers["simulation_time"],
            "world": triggers["world"],
            "city": triggers["city"],
            "source": SOURCE,
            "correlation_id": triggers["event_id"],
            "cause_id": triggers["cause_id"],
            **columns,
        },
    )


def outgoing(rows: Iterable[tuple[str, Row]]) -> list[Outgoing]:
    """Rows with their topics as batches, one a topic, order within a topic kept."""
    by_topic: dict[str, list[Row]] = {}
    for topic, row in rows:
        by_topic.setdefault(topic, []).append(row)
    return [Outgoing.from_rows(topic, topic_rows) for topic, topic_rows in by_topic.items()]

"""Rows that analytics publishes: common columns copied from the record that triggered them."""

from collections.abc import Iterable, Mapping
from typing import Any

from streamkit.identity import event_id
from streamkit.records import Outgoing

SOURCE = "analytics"

COMMON = ("event_id", "run_id", "branch", "simulation_time", "world", "city", "cause_id")
"""Columns of a trigger that its consequences need."""

Row = Mapping[str, Any]


def caused(
    trigger: Row, event_type: str, ordinal: int = 0, *, identity: str | None = None, **columns: object
) -> dict[str, Any]:
    """A row published because of ``trigger``.

    Its id follows from the trigger, or from ``identity`` where what the row says, not what set it off, names it: an
    aggregate of a window is the same fact whichever tick closed it.
    """
    run, branch = trigger["run_id"], trigger["branch"]
    return {
        "event_id": event_id(run, branch, SOURCE, identity or trigger["event_id"], event_type, ordinal),
        "event_type": event_type,
        "run_id": run,
        "branch": branch,
        "simulation_time": trigger["simulation_time"],
        "world": trigger["world"],
        "city": trigger["city"],
        "source": SOURCE,
        "correlation_id": trigger["event_id"],
        "cause_id": trigger["cause_id"],
        **columns,
    }


def in_time(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Rows gathered partition by partition in the order of time in which each person's were made."""
    return sorted(rows, key=lambda told: int(told[1]["simulation_time"]))


def outgoing(rows: Iterable[tuple[str, Row]]) -> list[Outgoing]:
    """Rows with their topics as batches, one a topic, order within a topic kept."""
    by_topic: dict[str, list[Row]] = {}
    for topic, row in rows:
        by_topic.setdefault(topic, []).append(row)
    return [Outgoing.from_rows(topic, topic_rows) for topic, topic_rows in by_topic.items()]

"""Whether a service produces only what ``topics.yaml`` allows: its own event types and name, the columns set."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.records import Coded, Column, Outgoing
from streamkit.topic import Topic


def strings_in_use(column: Column) -> set[str | None]:
    """Distinct values of a string column; the cost is that of its codes where it is dictionary-encoded."""
    if isinstance(column, Coded):
        codes = np.asarray(column.codes)
        used = np.flatnonzero(np.bincount(codes[codes >= 0])) if codes.size else codes
        null = {None} if codes.size and int(codes.min()) < 0 else set()
        return {column.values[code] for code in used.tolist()} | null
    if isinstance(column, np.ndarray):
        return {value.decode() if isinstance(value, bytes) else value for value in np.unique(column).tolist()}
    if isinstance(column, pl.Series):
        return set(column.unique().to_list())
    return {None if column is None else str(column)}


def foreign(topic: Topic, outgoing: Outgoing, service: str) -> list[str]:
    """What a batch holds that is not the service's to say: the cheap check, run before each encoding."""
    found = []
    for name in strings_in_use(outgoing.columns.get("event_type")):
        event = topic.events.get(name or "")
        if event is None:
            found.append(f"{topic.name} has no event type {name!r}")
        elif service not in event.producers:
            found.append(f"{service} may not produce {name} on {topic.name}: that is {', '.join(event.producers)}'s")
    found += [
        f"{topic.name}: source is {source!r}, the service {service}"
        for source in strings_in_use(outgoing.columns.get("source"))
        if source != service
    ]
    return found


def violations(topic: Topic, outgoing: Outgoing) -> list[str]:
    """Every way in which a batch breaks the contract of its topic, one line each; empty when it keeps it."""
    columns = outgoing.columns
    found = [f"{name} is no column of {topic.name}" for name in columns if name not in topic.columns]
    types = _strings(columns.get("event_type"), outgoing.rows)
    sources = _strings(columns.get("source"), outgoing.rows)
    for name in sorted({str(one) for one in types.tolist()}):
        rows = types == name
        event = topic.events.get(name)
        if event is None:
            found.append(f"{topic.name} has no event type {name!r}")
            continue
        others = sorted({str(one) for one in sources[rows].tolist()} - set(event.producers))
        found += [f"{other} may not produce {name}: that is {', '.join(event.producers)}'s" for other in others]
        found += [
            f"{name} must set {column}"
            for column in dict.fromkeys((*event.sets, topic.key))
            if bool((_null(columns.get(column), outgoing.rows) & rows).any())
        ]
    return found


def _strings(column: Any, rows: int) -> NDArray[np.object_]:
    out = np.empty(rows, dtype=np.object_)
    if isinstance(column, Coded):
        out[:] = [None if code < 0 else column.values[code] for code in np.asarray(column.codes).tolist()]
    elif isinstance(column, np.ndarray | pl.Series):
        values = column.to_list() if isinstance(column, pl.Series) else column.tolist()
        out[:] = [value.decode() if isinstance(value, bytes) else value for value in values]
    else:
        out[:] = column
    return out


def _null(column: Any, rows: int) -> NDArray[np.bool_]:
    """Which rows of a column are null, shape (rows,)."""
    if column is None:
        return np.ones(rows, dtype=np.bool_)
    if isinstance(column, Coded):
        return np.asarray(column.codes) < 0
    if isinstance(column, pl.Series):
        return column.is_null().to_numpy()
    if isinstance(column, np.ndarray):
        mask = np.ma.getmaskarray(column) if isinstance(column, np.ma.MaskedArray) else np.zeros(rows, dtype=np.bool_)
        return mask | (np.ma.getdata(column) == b"") if column.dtype.kind == "S" else mask
    return np.zeros(rows, dtype=np.bool_)

"""Columns to the JSON that people see, only when somebody asks: null columns left out, times in words, names added."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import orjson
import polars as pl

from services.gateway.state.chunk import Chunk
from services.gateway.state.times import iso
from streamkit.contracts import Catalogue, Topic

_DECIMALS = 6
"""Digits of a 32-bit float that mean something; the rest is noise of the conversion."""


class Names(Protocol):
    """Who is behind an id."""

    def user_name(self, user_id: str | None) -> str | None:
        """Name of a person."""
        ...

    def venue_name(self, venue_id: str | None) -> str | None:
        """Name of a venue."""
        ...


class Records:
    """Rows and JSON lines of chunks. ``times`` are the names of columns that are times, on any topic."""

    def __init__(self, catalogue: Catalogue, names: Names) -> None:
        self._times = {name: time_columns(topic) for name, topic in catalogue.topics.items()}
        self._said = {name: _sayings(topic) for name, topic in catalogue.topics.items()}
        self._names = names
        self.times = frozenset[str]().union(*self._times.values())

    def rows(self, chunk: Chunk) -> list[dict[str, Any]]:
        """One dictionary a record, in the chunk's order."""
        topic, said = chunk.topic, self._said[chunk.topic]
        columns = [(name, said.get(name)) for name in chunk.frame.columns]
        schemas = [None] * len(chunk) if chunk.schema_ids is None else chunk.schema_ids.tolist()
        lying = (chunk.partitions.tolist(), chunk.offsets.tolist(), chunk.timestamps_ms.tolist(), schemas)
        rows = []
        for row, (partition, offset, timestamp, schema) in zip(
            chunk.frame.iter_rows(), zip(*lying, strict=True), strict=True
        ):
            record = {"topic": topic, "partition": partition, "offset": offset, "record_timestamp": timestamp}
            if schema is not None:
                record["schema_id"] = schema
            for (name, say), value in zip(columns, row, strict=True):
                if value is not None:
                    record[name] = value if say is None else say(value)
            self.add_names(record)
            rows.append(record)
        return rows

    def lines(self, chunk: Chunk) -> list[bytes]:
        """One JSON object a record."""
        return [orjson.dumps(row) for row in self.rows(chunk)]

    def row(self, topic: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """JSON values of one remembered row, nulls kept."""
        said = self._said[topic]
        return {
            name: value if value is None or (say := said.get(name)) is None else say(value)
            for name, value in row.items()
        }

    def table(self, topic: str, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame of a topic's columns with times in words."""
        return spoken(frame, self._times[topic] & set(frame.columns))

    def add_names(self, record: dict[str, Any]) -> None:
        """Put the names of its people and its venue beside their ids."""
        for column, name_of in (
            ("user", self._names.user_name),
            ("other_user", self._names.user_name),
            ("venue", self._names.venue_name),
        ):
            name = name_of(record.get(f"{column}_id"))
            if name is not None:
                record[f"{column}_name"] = name


def time_columns(topic: Topic) -> frozenset[str]:
    """Columns of a topic that hold microseconds."""
    return frozenset(column["name"] for column in topic.schema["fields"] if _is_time(column["type"]))


def _sayings(topic: Topic) -> dict[str, Callable[[Any], Any]]:
    """How the values of a topic's columns are said that are not said as they are: one by one, what `spoken` does."""
    times = dict.fromkeys(time_columns(topic), iso)
    floats = {field["name"]: _shorten for field in topic.schema["fields"] if _is_float(field["type"])}
    return {**times, **floats}


def _shorten(value: float) -> float:
    return round(value, _DECIMALS)


def _is_float(kind: object) -> bool:
    return kind == "float" or (isinstance(kind, Sequence) and not isinstance(kind, str) and "float" in kind)


def spoken(frame: pl.DataFrame, times: frozenset[str] | set[str]) -> pl.DataFrame:
    """Times as ISO 8601 text, 32-bit floats without the noise of their conversion."""
    said = [
        pl.from_epoch(pl.col(name).cast(pl.Int64), "us").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").alias(name)
        for name in sorted(times)
    ]
    return frame.with_columns(*said, pl.col(pl.Float32).cast(pl.Float64).round(_DECIMALS))


def _is_time(kind: object) -> bool:
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        return any(_is_time(branch) for branch in kind)
    return isinstance(kind, Mapping) and kind.get("logicalType") == "timestamp-micros"

"""Random batches of any topic, as the columns a service may give and as the plain rows they mean."""

import io
from collections.abc import Mapping
from typing import Any

import fastavro
import numpy as np
import polars as pl
from hypothesis import strategies as st

from streamkit.codec.plan import Field, Plan
from streamkit.contracts import Catalogue, Topic
from streamkit.records import Coded, Column, Outgoing

CATALOGUE = Catalogue.load()

WORDS = st.text(st.characters(codec="utf-8"), max_size=90)
IDS = st.text(st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"), min_size=1, max_size=26)
INTS = st.integers(-(2**31), 2**31 - 1) | st.integers(-70, 70)
LONGS = st.integers(-(2**63), 2**63 - 1) | st.integers(1_700_000_000_000_000, 1_900_000_000_000_000)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Outgoing, list[dict[str, Any]]]:
    topic = draw(st.sampled_from(list(CATALOGUE.topics.values())))
    rows = draw(st.integers(1, 12))
    columns: dict[str, Column] = {}
    values: dict[str, list[Any]] = {}
    for field in Plan.of(topic.schema).fields:
        columns[field.name], values[field.name] = draw(_column(topic, field, rows))
    return Outgoing(topic.name, rows, columns), [
        {name: column[row] for name, column in values.items()} for row in range(rows)
    ]


@st.composite
def _column(draw: st.DrawFn, topic: Topic, field: Field, rows: int) -> tuple[Column, list[Any]]:
    key = field.name == topic.key
    if field.nullable and not key and draw(st.booleans()):
        return None, [None] * rows
    one = _values(field, topic)
    if key:
        one = IDS
    if draw(st.booleans()):
        value = draw(one)
        return value, [value] * rows
    options = one | st.none() if field.nullable and not key else one
    drawn = draw(st.lists(options, min_size=rows, max_size=rows))
    return (_text if field.kind == "string" else _numbers)(draw, field, drawn), drawn


def _values(field: Field, topic: Topic) -> st.SearchStrategy[Any]:
    if field.name == "event_type":
        return st.sampled_from(list(topic.events))
    return {
        "string": WORDS | IDS,
        "int": INTS,
        "long": LONGS,
        "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }[field.kind]


def _text(draw: st.DrawFn, field: Field, drawn: list[Any]) -> Column:
    ascii_only = all(value is None or (value.isascii() and value and "\0" not in value) for value in drawn)
    shape = draw(st.sampled_from(["coded", "series", "bytes"] if ascii_only else ["coded", "series"]))
    if shape == "bytes":
        return np.array([(value or "").encode() for value in drawn])
    if shape == "coded":
        known = list(dict.fromkeys(value for value in drawn if value is not None))
        codes = [-1 if value is None else known.index(value) for value in drawn]
        return Coded(np.array(codes, dtype=draw(st.sampled_from([np.int8, np.int32, np.int64]))), known)
    return pl.Series(field.name, drawn, dtype=pl.String)


def _numbers(draw: st.DrawFn, field: Field, drawn: list[Any]) -> Column:
    dtypes = {"int": np.int32, "long": np.int64, "float": np.float32, "double": np.float64, "boolean": np.bool_}
    null = [value is None for value in drawn]
    if draw(st.booleans()):
        return pl.Series(field.name, drawn, dtype=field.dtype)
    plain: np.ndarray[tuple[int], Any] = np.array(
        [0 if value is None else value for value in drawn], dtype=dtypes[field.kind]
    )
    return np.ma.MaskedArray(plain, mask=null) if any(null) else plain


def without_logical_types(schema: Mapping[str, Any]) -> Any:
    """The same schema with timestamps as plain longs, for a reader and writer of raw microseconds."""
    fields = [{"name": f.name, "type": ["null", f.kind] if f.nullable else f.kind} for f in Plan.of(schema).fields]
    return fastavro.parse_schema({"type": "record", "name": schema["name"], "fields": fields})


def reference_body(schema: Any, row: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, row)
    return out.getvalue()


def complete(topic: Topic, event_type: str) -> dict[str, Any]:
    """A row that sets every column of the topic."""
    samples = {"string": "ab", "int": 3, "long": 1_800_000_000_000_000, "float": 0.5, "double": 0.25, "boolean": True}
    row: dict[str, Any] = {field.name: samples[field.kind] for field in Plan.of(topic.schema).fields}
    return row | {"event_type": event_type}

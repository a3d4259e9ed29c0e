"""The codec says byte for byte what a record-by-record writer says, and reads back what was written."""

import io
from typing import Any

import fastavro
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streamkit.codec import Codec, EncodeError
from streamkit.records import Coded, Outgoing
from tests.unit.streamkit.codec.drawn import (
    CATALOGUE,
    batches,
    complete,
    reference_body,
    without_logical_types,
)

CODEC = Codec(CATALOGUE)

pytestmark = pytest.mark.parametrize("codec", [CODEC, Codec(CATALOGUE, few=0)], ids=["few", "columnar"])


def _row(columns: dict[str, Any]) -> Outgoing:
    return Outgoing.from_rows("user_actions", [complete(CATALOGUE.topic("user_actions"), "user.dormant") | columns])


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_encoded_bodies_are_byte_equal_to_a_record_by_record_writer(
    codec: Codec, drawn: tuple[Outgoing, list[dict[str, Any]]]
) -> None:
    outgoing, rows = drawn
    topic = CATALOGUE.topic(outgoing.topic)
    schema = without_logical_types(topic.schema)
    encoded = codec.encode(outgoing)
    header = b"\0" + codec.schema_id(topic.name).to_bytes(4, "big")
    assert encoded.values == [header + reference_body(schema, row) for row in rows]
    assert encoded.keys == [row[topic.key].encode() for row in rows]


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_decoded_rows_are_what_a_record_by_record_reader_says_or_break_the_contract(
    codec: Codec, drawn: tuple[Outgoing, list[dict[str, Any]]]
) -> None:
    outgoing, _ = drawn
    schema = without_logical_types(CATALOGUE.topic(outgoing.topic).schema)
    values = codec.encode(outgoing).values
    decoded = codec.decode(outgoing.topic, values)
    expected = [fastavro.schemaless_reader(io.BytesIO(values[row][5:]), schema) for row in decoded.rows.tolist()]
    assert decoded.frame.to_dicts() == expected
    assert {one.error for one in decoded.poison} <= {"ContractViolation"}
    assert sorted([*decoded.rows.tolist(), *(one.index for one in decoded.poison)]) == list(range(outgoing.rows))


@pytest.mark.parametrize("rows", [0, 1, 4095, 4096, 4097, 20_000])
def test_a_batch_of_any_size_comes_back_in_order(codec: Codec, rows: int) -> None:
    topic = CATALOGUE.topic("user_actions")
    columns: dict[str, Any] = dict(complete(topic, "user.dormant"))
    columns["user_id"] = Coded(np.arange(rows), [f"u{number}" for number in range(rows)])
    columns["query"] = pl.Series(
        [None if number % 7 == 0 else "q" * (number % 300) for number in range(rows)], dtype=pl.String
    )
    decoded = codec.decode("user_actions", codec.encode(Outgoing("user_actions", rows, columns)).values)
    assert decoded.frame["user_id"].to_list() == [f"u{number}" for number in range(rows)]
    assert decoded.frame["query"].to_list() == columns["query"].to_list()
    assert decoded.frame["simulation_time"].dtype == pl.Int64


@pytest.mark.parametrize("parts", [("", "abc"), ("abc", ""), ("abc", "abd"), ("abcdefgh1", "abcdefgh2"), ("é", "é")])
def test_a_column_that_is_constant_in_each_part_of_a_large_batch_keeps_its_parts(
    codec: Codec, parts: tuple[str, str]
) -> None:
    columns: dict[str, Any] = complete(CATALOGUE.topic("user_actions"), "user.dormant")
    queries = [parts[0]] * 8192 + [parts[1]] * 100
    columns["world"] = pl.Series(queries)
    decoded = codec.decode("user_actions", codec.encode(Outgoing("user_actions", len(queries), columns)).values)
    assert decoded.frame["world"].to_list() == queries


def test_a_row_of_a_hundred_kilobytes_among_small_ones_is_written(codec: Codec) -> None:
    rows = [
        complete(CATALOGUE.topic("replay"), "record.replayed") | {"payload": "x" * size} for size in (3, 100_000, 0)
    ]
    decoded = codec.decode("replay", codec.encode(Outgoing.from_rows("replay", rows)).values)
    assert decoded.frame["payload"].str.len_bytes().to_list() == [3, 100_000, 0]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("event_id", None, "'event_id' must be set"),
        ("branch", 2**31, "'branch' has a value outside int"),
        ("branch", "one", "'branch' is int, got"),
        ("latitude", float("nan"), "'latitude' has a value that is not finite"),
        ("latitude", 1e300, "'latitude' has a value that is not finite"),
        ("rating", 4.5, "'rating' is int, got"),
        ("query", 7, "'query' is a string, got"),
        ("user_id", None, "'user_id' must be set"),
        ("mood", "high", "'mood' is not in the schema"),
    ],
)
def test_a_value_that_the_schema_cannot_hold_is_refused_with_topic_and_column(
    codec: Codec, column: str, value: object, reason: str
) -> None:
    with pytest.raises(EncodeError, match=f"user_actions: .*{reason}"):
        codec.encode(_row({column: value}))


def test_a_column_of_the_wrong_length_is_refused(codec: Codec) -> None:
    columns: dict[str, Any] = complete(CATALOGUE.topic("user_actions"), "user.dormant")
    with pytest.raises(EncodeError, match="'rating' has 3 rows, the batch 2"):
        codec.encode(Outgoing("user_actions", 2, columns | {"rating": np.arange(3)}))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=40))
def test_longs_of_every_width_survive(codec: Codec, numbers: list[int]) -> None:
    topic = CATALOGUE.topic("user_actions")
    columns: dict[str, Any] = complete(topic, "user.dormant") | {"simulation_time": np.array(numbers)}
    decoded = codec.decode("user_actions", codec.encode(Outgoing("user_actions", len(numbers), columns)).values)
    assert decoded.frame["simulation_time"].to_list() == numbers

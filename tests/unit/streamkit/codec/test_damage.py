"""A damaged record is named and left out; its neighbours are untouched, however its damage is shaped."""

import io
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streamkit.codec import Codec
from streamkit.codec.plan import varint
from streamkit.contracts import Catalogue
from streamkit.records import Outgoing
from tests.unit.streamkit.codec.drawn import CATALOGUE, complete, without_logical_types

CODEC = Codec(CATALOGUE)

pytestmark = pytest.mark.parametrize("codec", [CODEC, Codec(CATALOGUE, few=0)], ids=["few", "columnar"])
TOPIC = CATALOGUE.topic("user_actions")
SCHEMA = without_logical_types(TOPIC.schema)


def _values(count: int) -> list[bytes]:
    rows = [
        complete(TOPIC, "user.dormant") | {"event_id": f"event{number}", "query": None if number % 2 else "ä" * number}
        for number in range(count)
    ]
    return CODEC.encode(Outgoing.from_rows(TOPIC.name, rows)).values


GOOD = _values(9)
ROWS = CODEC.decode(TOPIC.name, GOOD).frame.to_dicts()


@st.composite
def damaged(draw: st.DrawFn, value: bytes) -> bytes:
    way = draw(st.sampled_from(["flip", "cut", "grow", "splice", "garbage", "overwrite"]))
    if way == "garbage":
        return draw(st.binary(max_size=200))
    at = draw(st.integers(0, len(value) - 1))
    if way == "flip":
        return value[:at] + bytes([value[at] ^ (1 << draw(st.integers(0, 7)))]) + value[at + 1 :]
    if way == "cut":
        return value[:at]
    if way == "grow":
        return value[:at] + draw(st.binary(min_size=1, max_size=20)) + value[at:]
    if way == "splice":
        other = draw(st.sampled_from(GOOD))
        return value[:at] + other[draw(st.integers(0, len(other))) :]
    return value[:at] + draw(st.binary(min_size=1, max_size=8)) + value[at + 8 :]


def _alone(value: bytes) -> dict[str, Any] | None:
    """The record by a record-by-record reader, None unless its bytes are exactly one record."""
    body = io.BytesIO(value[5:])
    try:
        row = fastavro.schemaless_reader(body, SCHEMA)
    except Exception:  # noqa: BLE001  # whatever the reference makes of garbage
        return None
    assert isinstance(row, dict)
    return row if body.tell() == len(value) - 5 else None


@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damage_to_some_records_never_raises_and_never_alters_a_neighbour(codec: Codec, data: st.DataObject) -> None:
    victims = data.draw(st.sets(st.integers(0, len(GOOD) - 1), min_size=1, max_size=4))
    values = [data.draw(damaged(value)) if row in victims else value for row, value in enumerate(GOOD)]
    decoded = codec.decode(TOPIC.name, values)
    poisoned = {one.index for one in decoded.poison}
    assert poisoned <= victims
    assert sorted([*decoded.rows.tolist(), *poisoned]) == list(range(len(GOOD)))
    for row, found in zip(decoded.rows.tolist(), decoded.frame.to_dicts(), strict=True):
        expected = _alone(values[row]) if row in victims else ROWS[row]
        assert found == expected


def test_two_damages_that_cancel_out_are_both_found(codec: Codec) -> None:
    one, two = GOOD[2], GOOD[3]
    joined = one + two
    shifted = [joined[: len(one) + 3], joined[len(one) + 3 :]]
    decoded = codec.decode(TOPIC.name, [*GOOD[:2], *shifted, *GOOD[4:]])
    assert [poison.index for poison in decoded.poison] == [2, 3]
    assert decoded.frame.to_dicts() == ROWS[:2] + ROWS[4:]


def _with_field(name: str, replacement: bytes) -> bytes:
    """A record whose one column is replaced by raw bytes."""
    row = ROWS[0]
    out = io.BytesIO()
    for column in SCHEMA["fields"]:
        if column["name"] == name:
            out.write(replacement)
        else:
            single = fastavro.parse_schema({"type": "record", "name": "One", "fields": [column]})
            fastavro.schemaless_writer(out, single, {column["name"]: row[column["name"]]})
    return GOOD[0][:5] + out.getvalue()


@pytest.mark.parametrize(
    ("column", "raw"),
    [
        ("query", b"\x0e"),
        ("query", b"\x01"),
        ("query", b"\x02" + varint(-5) + b"hello"),
        ("query", b"\x02" + varint(1 << 40) + b"hello"),
        ("query", b"\x02" + varint(1 << 62) + b"hello"),
        ("query", b"\x02\x04\xff\xfe"),
        ("branch", varint(1 << 33)),
        ("branch", varint((1 << 33) + 5)),
        ("simulation_time", b"\x80" * 9 + b"\x02"),
        ("simulation_time", b"\x80" * 12 + b"\x00"),
    ],
)
def test_bytes_outside_the_format_are_named_as_malformed(codec: Codec, column: str, raw: bytes) -> None:
    decoded = codec.decode(TOPIC.name, [GOOD[1], _with_field(column, raw), GOOD[2]])
    assert [(poison.index, poison.error) for poison in decoded.poison] == [(1, "MalformedRecord")]
    assert decoded.frame.to_dicts() == ROWS[1:3]


def test_a_boolean_that_is_neither_true_nor_false_is_malformed(codec: Codec) -> None:
    topic = CATALOGUE.topic("users")
    rows = [complete(topic, "user.updated") | {"is_simulated": flag, "world": "w"} for flag in (True, False)]
    yes, no = codec.encode(Outgoing.from_rows("users", rows)).values
    at = next(place for place, (one, other) in enumerate(zip(yes, no, strict=True)) if one != other)
    decoded = codec.decode("users", [yes, yes[:at] + b"\x07" + yes[at + 1 :], no])
    assert [poison.index for poison in decoded.poison] == [1]
    assert decoded.frame["is_simulated"].to_list() == [True, False]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (b"", "NoSchemaId"),
        (b"\0\0", "NoSchemaId"),
        (b"\x01" + GOOD[0][1:], "NoSchemaId"),
        (b"\0\0\0\x03\xe7" + GOOD[0][5:], "UnknownSchema"),
        (b"{}", "NoSchemaId"),
        (None, "NullValue"),
        (GOOD[0][:-1], "MalformedRecord"),
        (GOOD[0] + b"\0", "MalformedRecord"),
        (GOOD[0][:5], "MalformedRecord"),
        (GOOD[0][:5] + b"\xff" * 3_000_000, "MalformedRecord"),
    ],
)
def test_garbage_among_good_records_is_named_by_kind(codec: Codec, value: bytes | None, error: str) -> None:
    decoded = codec.decode(TOPIC.name, [GOOD[0], value, GOOD[1]])
    assert [(poison.index, poison.error) for poison in decoded.poison] == [(1, error)]
    assert decoded.rows.tolist() == [0, 2]
    assert decoded.frame.to_dicts() == ROWS[:2]


def test_a_chunk_of_nothing_but_garbage_is_an_empty_frame_with_every_column(codec: Codec) -> None:
    decoded = codec.decode(TOPIC.name, [b"", b"\0\0\0\0\1", b"x" * 40])
    assert decoded.frame.height == 0
    assert tuple(decoded.frame.columns) == TOPIC.columns
    assert len(decoded.poison) == 3


def test_a_false_length_beside_a_huge_true_one_stays_within_its_record(codec: Codec) -> None:
    big = complete(TOPIC, "user.dormant") | {"event_id": "x" * 3_000_000}
    value = codec.encode(Outgoing.from_rows(TOPIC.name, [big])).values[0]
    decoded = codec.decode(TOPIC.name, [value, value[:40]])
    assert [poison.index for poison in decoded.poison] == [1]
    assert decoded.frame["event_id"].str.len_bytes().to_list() == [3_000_000]


def test_a_null_value_on_a_compacted_topic_is_a_removal(codec: Codec) -> None:
    topic = CATALOGUE.topic("users")
    value = codec.encode(Outgoing.from_rows("users", [complete(topic, "user.updated")])).values[0]
    decoded = codec.decode("users", [None, value, None])
    assert decoded.removed.tolist() == [0, 2]
    assert decoded.rows.tolist() == [1]
    assert not decoded.poison


def _raw(row: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, row)
    return GOOD[0][:5] + out.getvalue()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event_type": "user.vanished"}, "user_actions has no event type 'user.vanished'"),
        ({"event_type": "venue.viewed", "venue_id": None}, "venue.viewed must set venue_id"),
        ({"latitude": float("nan")}, "latitude is not finite"),
        ({"longitude": float("-inf")}, "longitude is not finite"),
    ],
)
def test_a_readable_record_that_breaks_its_contract_is_poison_with_the_reason(
    codec: Codec, change: dict[str, Any], reason: str
) -> None:
    decoded = codec.decode(TOPIC.name, [GOOD[0], _raw(ROWS[0] | change), GOOD[1]])
    assert [(poison.index, poison.error, poison.message) for poison in decoded.poison] == [
        (1, "ContractViolation", reason)
    ]
    assert decoded.rows.tolist() == [0, 2]


def test_every_committed_id_of_the_topic_is_read_and_no_other_topics(codec: Codec) -> None:
    catalogue = Catalogue.load()
    foreign_id = catalogue.schema_ids["bookings-value/1"].to_bytes(4, "big")
    decoded = codec.decode(TOPIC.name, [b"\0" + foreign_id + GOOD[0][5:]])
    assert [poison.error for poison in decoded.poison] == ["UnknownSchema"]

"""A handful of records framed without their bytes is what decoding their bytes gives, and is refused alike."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from streamkit.codec import Codec, EncodeError
from streamkit.records import Outgoing
from tests.unit.streamkit.codec.drawn import CATALOGUE, batches, complete

CODEC = Codec(CATALOGUE)


def framed(outgoing: Outgoing) -> tuple[list[bytes], pl.DataFrame]:
    found = CODEC.frame(outgoing)
    assert found is not None
    return found.keys, found.frame


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_a_frame_without_bytes_is_the_decoded_one(drawn: tuple[Outgoing, list[dict[str, Any]]]) -> None:
    outgoing, _ = drawn
    encoded = CODEC.encode(outgoing)
    decoded = CODEC.decode(outgoing.topic, encoded.values)
    keys, frame = framed(outgoing)
    assert keys == encoded.keys
    assert_frame_equal(frame[decoded.rows], decoded.frame)
    if decoded.poison:
        with pytest.raises(EncodeError, match=outgoing.topic):
            CODEC.encode_frame(outgoing.topic, frame)
    else:
        assert CODEC.encode_frame(outgoing.topic, frame) == encoded.values


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("event_id", None, "'event_id' must be set"),
        ("event_id", pl.Series([None], dtype=pl.String), "'event_id' must be set"),
        ("branch", 2**31, "'branch' has a value outside int"),
        ("branch", np.array([2**31]), "'branch' has a value outside int"),
        ("branch", "one", "'branch' is int, got"),
        ("latitude", float("nan"), "'latitude' has a value that is not finite"),
        ("latitude", np.array([np.inf]), "'latitude' has a value that is not finite"),
        ("latitude", np.array([1e300]), "'latitude' has a value that is not finite"),
        ("rating", np.array([4.5]), "'rating' is int, got"),
        ("query", np.array([7]), "'query' is a string, got"),
        ("rating", np.arange(3), "'rating' has 3 rows, the batch 1"),
        ("mood", "high", "'mood' is not in the schema"),
    ],
)
def test_what_cannot_be_encoded_cannot_be_framed(column: str, value: Any, reason: str) -> None:
    columns: dict[str, Any] = complete(CATALOGUE.topic("user_actions"), "user.dormant") | {column: value}
    outgoing = Outgoing("user_actions", 1, columns)
    for attempt in (CODEC.encode, CODEC.frame):
        with pytest.raises(EncodeError, match=f"user_actions: .*{reason}"):
            attempt(outgoing)


def test_many_records_are_left_to_the_columnar_path() -> None:
    columns: dict[str, Any] = complete(CATALOGUE.topic("user_actions"), "user.dormant")
    assert CODEC.frame(Outgoing("user_actions", 5_000, columns)) is None

"""A service that produces what topics.yaml does not allow it is found out."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from streamkit.codec import Codec, EncodeError
from streamkit.contracts import Catalogue
from streamkit.records import Coded, Column, Outgoing
from tests.unit.streamkit.codec.drawn import complete

CATALOGUE = Catalogue.load()


def _bookings(**columns: Column) -> Outgoing:
    row: dict[str, Any] = complete(CATALOGUE.topic("bookings"), "booking.confirmed") | {"source": "booking"}
    return Outgoing("bookings", 2, row | columns)


def test_a_batch_that_keeps_its_contract_has_no_violations() -> None:
    assert CATALOGUE.violations(_bookings()) == []
    assert len(Codec(CATALOGUE, service="booking").encode(_bookings()).values) == 2


TYPES: list[Column] = [
    "booking.requested",
    Coded(np.array([1, 0]), ["booking.confirmed", "booking.requested"]),
    np.array([b"booking.confirmed", b"booking.requested"]),
    pl.Series(["booking.confirmed", "booking.requested"]),
]


@pytest.mark.parametrize("types", TYPES, ids=["scalar", "coded", "bytes", "series"])
def test_an_event_of_another_service_is_refused_at_encoding_and_listed(types: Column) -> None:
    outgoing = Outgoing("bookings", 2, {**_bookings().columns, "event_type": types, "source": "analytics"})
    assert any("analytics may not produce booking.requested" in line for line in CATALOGUE.violations(outgoing))
    with pytest.raises(EncodeError, match=r"analytics may not produce booking\.requested"):
        Codec(CATALOGUE, service="analytics").encode(outgoing)


def test_a_service_that_signs_with_another_name_is_refused() -> None:
    with pytest.raises(EncodeError, match="source is 'simulator', the service booking"):
        Codec(CATALOGUE, service="booking").encode(_bookings(source="simulator"))


def test_an_unknown_event_type_is_refused() -> None:
    with pytest.raises(EncodeError, match=r"no event type 'booking\.lost'"):
        Codec(CATALOGUE, service="booking").encode(_bookings(event_type="booking.lost"))
    assert CATALOGUE.violations(_bookings(event_type="booking.lost")) == ["bookings has no event type 'booking.lost'"]


@pytest.mark.parametrize(
    "tables",
    [None, Coded(np.array([0, -1]), ["3"]), pl.Series(["3", None]), np.array([b"3", b""])],
    ids=["none", "coded", "series", "bytes"],
)
def test_a_column_that_an_event_must_set_is_missed(tables: Column) -> None:
    assert CATALOGUE.violations(_bookings(tables=tables)) == ["booking.confirmed must set tables"]


def test_a_masked_number_that_an_event_must_set_is_missed() -> None:
    seats = np.ma.MaskedArray(np.array([4, 4]), mask=[False, True])
    assert CATALOGUE.violations(_bookings(seats=seats)) == ["booking.confirmed must set seats"]


def test_a_column_that_the_topic_does_not_have_is_listed() -> None:
    assert CATALOGUE.violations(_bookings(mood="high")) == ["mood is no column of bookings"]

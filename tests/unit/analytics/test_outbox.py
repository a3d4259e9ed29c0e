"""What is to be published, as bytes: saved and taken back alike, and sent in the order it was made in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.adapters.outbox import PART_RECORDS, Letters, in_time

letters = st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=40), st.integers(-(2**62), 2**62)), max_size=30)
Told = list[tuple[bytes, bytes, int]]


def letters_of(topic: str, told: Told) -> Letters:
    times = np.array([time for _, _, time in told], dtype=np.int64)
    return Letters(topic, [key for key, _, _ in told], [value for _, value, _ in told], times)


def rows(parts: list[Letters]) -> Told:
    return [row for part in parts for row in zip(part.keys, part.values, part.times.tolist(), strict=True)]


@given(letters)
def test_letters_are_taken_back_as_they_were_saved(told: Told) -> None:
    parts = [Letters.unpack(data) for data in letters_of("journeys", told).pack()]
    assert rows(parts) == told
    assert {part.topic for part in parts} <= {"journeys"}


def test_many_letters_are_saved_in_parts_that_a_broker_takes() -> None:
    told = [(b"key", b"value %d" % number, number) for number in range(2 * PART_RECORDS + 1)]
    parts = [Letters.unpack(data) for data in letters_of("journeys", told).pack()]
    assert [len(part) for part in parts] == [PART_RECORDS, PART_RECORDS, 1]
    assert rows(parts) == told


def test_letters_of_several_partitions_leave_in_the_order_of_time_they_were_made_in() -> None:
    bookings = letters_of("journeys", [(b"u1", b"a", 1), (b"u1", b"c", 3)])
    actions = letters_of("journeys", [(b"u1", b"b", 2), (b"u2", b"d", 2)])
    others = letters_of("preferences", [(b"u1", b"e", 0)])
    sent = in_time([bookings, others, actions])
    assert [(batch.topic, batch.keys, batch.values) for batch in sent] == [
        ("journeys", [b"u1", b"u1", b"u2", b"u1"], [b"a", b"b", b"d", b"c"]),
        ("preferences", [b"u1"], [b"e"]),
    ]

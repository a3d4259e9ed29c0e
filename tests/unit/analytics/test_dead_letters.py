"""Which records of a chunk are ours, and when poison in a row is too much."""

import numpy as np
import polars as pl
import pytest

from services.analytics.adapters.dead_letters import DeadLetters, keyed, longest_run, ours
from services.analytics.strays import FUTURE
from services.analytics.transport import Chunk
from streamkit.codec import Codec, Decoded, Poison
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.errors import Fatal
from streamkit.memory import MemoryLog
from streamkit.raw import REPLAY_GROUP
from streamkit.testing import MemoryProducer


def chunk(*headers: tuple[tuple[str, bytes], ...]) -> Chunk:
    count = len(headers)
    return Chunk([b"v"] * count, [b"k"] * count, list(range(count)), headers)


def test_a_record_replayed_for_another_group_is_skipped_and_one_for_us_is_not() -> None:
    mixed = chunk((), ((REPLAY_GROUP, b"booking"),), ((REPLAY_GROUP, b"analytics"),))
    kept = ours(mixed, "analytics")
    assert kept is not None
    assert list(kept.offsets) == [0, 2]
    assert ours(chunk(((REPLAY_GROUP, b"booking"),)), "analytics") is None


def test_poison_in_a_row_is_counted_across_chunks() -> None:
    assert longest_run(4, [0, 1], carried=3).longest == 5
    assert longest_run(4, [2, 3], carried=3).trailing == 2
    assert longest_run(4, [], carried=999).longest == 0


def test_a_record_without_a_key_is_poison_and_is_not_folded() -> None:
    decoded = Decoded(
        pl.DataFrame({"event_id": ["a", "c"]}),
        np.array([0, 2], dtype=np.intp),
        [Poison(1, "NoSchemaId", "bad"), Poison(3, "MalformedRecord", "bad")],
        np.empty(0, dtype=np.intp),
    )
    mixed = Chunk([b"v"] * 4, [b"k", b"k", None, None], list(range(4)), [()] * 4)
    found = keyed("bookings", mixed, decoded)
    assert found.frame["event_id"].to_list() == ["a"]
    assert [(one.index, one.error) for one in found.poison] == [
        (1, "NoSchemaId"),
        (2, "NullKey"),
        (3, "MalformedRecord"),
    ]


@pytest.fixture
def producer() -> MemoryProducer:
    catalogue = Catalogue.load()
    return MemoryProducer(MemoryLog(catalogue, Codec(catalogue)))


async def test_poison_in_a_row_up_to_the_limit_that_was_set_ends_the_worker(producer: MemoryProducer) -> None:
    letters = DeadLetters(producer, "analytics", DeadLetterPolicy(in_a_row=5))  # type: ignore[arg-type]
    await letters.bury("bookings", 0, chunk(*[()] * 4), [Poison(row, "NoSchemaId", "bad") for row in range(4)])
    with pytest.raises(Fatal, match="5 poisoned records in a row on bookings:0"):
        await letters.bury("bookings", 0, chunk(()), [Poison(0, "NoSchemaId", "bad")])


async def test_records_of_the_future_are_buried_without_limit_and_end_a_row(producer: MemoryProducer) -> None:
    """They can be read. Were they counted, a thousand of them would end the worker at each restart."""
    letters = DeadLetters(producer, "analytics", DeadLetterPolicy(in_a_row=5))  # type: ignore[arg-type]
    future = [Poison(row, FUTURE, "ahead") for row in range(20)]
    await letters.bury("bookings", 0, chunk(*[()] * 20), future)
    await letters.bury("bookings", 0, chunk(*[()] * 3), [Poison(row, "NoSchemaId", "bad") for row in range(3)])
    await letters.bury("bookings", 0, chunk(()), future[:1])
    await letters.bury("bookings", 0, chunk(*[()] * 3), [Poison(row, "NoSchemaId", "bad") for row in range(3)])
    assert len(producer.log.raw("bookings.dlq").values) == 27

"""Which records of a chunk are ours, and when poison in a row is too much."""

import numpy as np
import polars as pl

from services.analytics.adapters.dead_letters import keyed, longest_run, ours
from services.analytics.transport import Chunk
from streamkit.codec import Decoded, Poison
from streamkit.raw import REPLAY_GROUP


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

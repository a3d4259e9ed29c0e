"""Which records of a chunk are ours, and when poison in a row is too much."""

from services.analytics.adapters.dead_letters import longest_run, ours
from services.analytics.transport import Chunk
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

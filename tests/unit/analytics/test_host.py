"""What the host makes of the chunks that wait for it."""

from collections.abc import Sequence

from services.analytics.arriving import Arrived, together
from services.analytics.host import HostPolicy
from services.analytics.transport import Chunk


def _arrived(partition: int, offsets: Sequence[int]) -> Arrived:
    values = [b"%d" % offset for offset in offsets]
    return Arrived("user_actions", partition, Chunk(values, values, offsets, [()] * len(offsets)), lambda: None)


def test_chunks_of_a_partition_are_folded_as_one() -> None:
    found = together([_arrived(0, [1, 2]), _arrived(1, [7]), _arrived(0, [3]), _arrived(0, [4, 5])])
    assert [(one.partition, list(one.chunk.offsets)) for one in found] == [(0, [1, 2, 3, 4, 5]), (1, [7])]
    assert found[0].chunk.values == [b"1", b"2", b"3", b"4", b"5"]


def test_a_gap_between_chunks_is_kept_for_whoever_applies_them() -> None:
    found = together([_arrived(0, [1, 2]), _arrived(0, [9]), _arrived(0, [10])])
    assert [list(one.chunk.offsets) for one in found] == [[1, 2], [9, 10]]


def test_records_are_gathered_longer_after_a_dear_fold_but_never_for_long() -> None:
    policy = HostPolicy("analytics", "one", gather_records=10, gather_s=0.05, gather_most_s=0.5)
    assert [policy.gathering(folded) for folded in (0.0, 0.1, 3.0)] == [0.05, 0.1, 0.5]

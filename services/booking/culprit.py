"""Finds the record that a batch fails on, so that one bad request costs itself and nothing else."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from streamkit.records import Batch


class Place(NamedTuple):
    """Where a record stands."""

    topic: str
    partition: int
    offset: int


def culprit(batches: Sequence[Batch], fails: Callable[[Sequence[Batch]], bool]) -> Place | None:
    """The last record of the shortest beginning that fails; None where the whole does not fail again.

    Records are taken in the order of ``batches``. A bad record fails every beginning it is in, so halving finds it
    in about log2(records) tries, also where it fails only because of one before it.
    """
    total = sum(len(batch) for batch in batches)
    if not total or not fails(batches):
        return None
    good, bad = 0, total
    while bad - good > 1:
        middle = (good + bad) // 2
        if fails(_beginning(batches, middle)):
            bad = middle
        else:
            good = middle
    batch = _beginning(batches, bad)[-1]
    return Place(batch.topic, int(batch.partitions[-1]), int(batch.offsets[-1]))


def _beginning(batches: Sequence[Batch], records: int) -> list[Batch]:
    found: list[Batch] = []
    for batch in batches:
        count = min(records, len(batch))
        if count:
            found.append(Batch(batch.topic, batch.frame.head(count), batch.partitions[:count], batch.offsets[:count]))
        records -= count
    return found

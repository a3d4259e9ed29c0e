"""Cells of a table: a restart sees every commit whole or not at all, and publishes what was cut short."""

from collections.abc import MutableMapping, Sequence

import pytest

from services.analytics.adapters.envelope import Envelope
from services.analytics.adapters.restoring import Restored
from services.analytics.adapters.tables import TableCells


class Log:
    """A changelog in memory that can be cut anywhere, as a crash would."""

    def __init__(self) -> None:
        self.records: list[tuple[int, bytes, bytes | None]] = []

    async def append(self, records: Sequence[tuple[int, bytes, bytes | None]]) -> None:
        self.records += records

    def table(self, length: int) -> MutableMapping[bytes, bytes | None]:
        return {key: value for _, key, value in self.records[:length]}


def restored(log: Log, length: int) -> tuple[TableCells, list[object]]:
    cells = TableCells(log.table(length), log)
    outbox = cells.restore([0, 1], Restored())
    return cells, [row for rows in outbox.values() for row in rows]


async def two_commits() -> tuple[Log, int]:
    log = Log()
    cells, _ = restored(log, 0)
    cells.write(0, "-|a|x", b"one")
    cells.write(0, "-|a|y", b"one")
    await cells.commit({("user_actions", 0): 10}, {0: [b"first"]})
    first = len(log.records)
    cells.write(0, "-|a|x", b"two")
    cells.write(0, "-|a|z", b"two")
    cells.remove(0, "-|a|y")
    await cells.commit({("user_actions", 0): 20}, {0: [b"second"]})
    return log, first


async def test_a_crash_at_any_record_leaves_a_whole_commit() -> None:
    log, first = await two_commits()
    before = {"-|a|x": b"one", "-|a|y": b"one"}
    after = {"-|a|x": b"two", "-|a|z": b"two"}
    marker = len(log.records) - 1  # the deletion follows it
    for length in range(first, len(log.records) + 1):
        cells, outbox = restored(log, length)
        found = {key: value for key, value in cells.scan(0) if length > marker or key != "gone"}
        position = cells.positions["user_actions", 0]
        if length < marker:
            assert (found, position) == (before, 10), length
        else:
            assert position == 20
            assert found == after | ({"-|a|y": b"one"} if length == marker else {})
            assert outbox == [b"second"]


async def test_a_commit_over_one_that_never_ended_still_falls_back_to_the_last_whole_one() -> None:
    log, first = await two_commits()
    log.records = log.records[: first + 1]  # x = two, no marker
    cells, _ = restored(log, len(log.records))
    cells.write(0, "-|a|x", b"three")
    await cells.commit({("user_actions", 0): 15}, {})
    again, _ = restored(log, len(log.records) - 1)  # again cut before the marker
    assert dict(again.scan(0))["-|a|x"] == b"one"
    whole, _ = restored(log, len(log.records))
    assert dict(whole.scan(0))["-|a|x"] == b"three"


async def test_a_commit_that_was_cut_never_becomes_whole_by_the_marker_of_a_later_one() -> None:
    log, first = await two_commits()
    log.records = log.records[: first + 2]  # x = two and z = two, no marker
    cells, _ = restored(log, len(log.records))
    await cells.seal({})
    cells.write(0, "-|a|other", b"three")  # the records are read again in smaller batches: x and z come later
    await cells.commit({("user_actions", 0): 12}, {})
    again, _ = restored(log, len(log.records))
    assert dict(again.scan(0)) == {"-|a|x": b"one", "-|a|y": b"one", "-|a|other": b"three"}


async def test_rows_still_to_publish_outlive_the_mending_of_a_cut_commit() -> None:
    log = Log()
    cells, _ = restored(log, 0)
    cells.write(0, "-|a|x", b"one")
    await cells.commit({("user_actions", 0): 10}, {0: [b"first"]})
    log.records.append((0, b"0:-|a|new", Envelope(0, 2, b"cut").pack()))
    cells = TableCells(log.table(len(log.records)), log)
    await cells.seal(cells.restore([0, 1], Restored()))
    again, outbox = restored(log, len(log.records))
    assert outbox == [b"first"]
    assert dict(again.scan(0)) == {"-|a|x": b"one"}


async def test_a_closed_outbox_is_not_published_again() -> None:
    log, _ = await two_commits()
    cells, outbox = restored(log, len(log.records))
    assert outbox
    await cells.close_outbox()
    _, outbox = restored(log, len(log.records))
    assert outbox == []


async def test_cells_of_partitions_that_moved_away_are_forgotten() -> None:
    log, _ = await two_commits()
    cells = TableCells(log.table(len(log.records)), log)
    cells.restore([1], Restored())
    assert cells.positions == {}
    with pytest.raises(KeyError):
        cells.write(0, "-|a|x", b"stray")

"""The changelog read in order: cut commits are not shown, and an owner that lost a partition is not heard."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.analytics.adapters.commits import CLAIM, MARKER, Fence, Following, table_key
from services.analytics.adapters.envelope import Envelope
from services.analytics.adapters.restoring import Restored
from services.analytics.adapters.tables import TableCells
from tests.unit.analytics.test_tables import Log

Record = tuple[int, bytes, bytes | None]


class ClaimedLog(Log):
    """A changelog in memory whose offsets are places in the list."""

    def claim(self, partition: int) -> int:
        self.records.append((partition, table_key(partition, CLAIM), b"someone"))
        return len(self.records) - 1

    def read(self, until: int) -> tuple[dict[bytes, bytes | None], frozenset[bytes]]:
        """What a new owner finds that claimed at ``until``."""
        cells: dict[bytes, bytes | None] = {}
        fence = Fence()
        for offset, (_, key, value) in enumerate(self.records[: until + 1]):
            if fence.admits(offset, key, value):
                cells.pop(key, None) if value is None else cells.update({key: value})
        return cells, frozenset(fence.stale)


async def owner(log: ClaimedLog) -> TableCells:
    claim = log.claim(0)
    table, stale = log.read(claim)
    cells = TableCells(table, log)
    await cells.seal(cells.restore([0], Restored({0: claim}, stale)))
    return cells


def followed(records: Sequence[Record]) -> tuple[dict[str, bytes | None], dict[tuple[str, int], int]]:
    part = Following(0)
    for offset, (_, key, value) in enumerate(records):
        part.read(offset, key, value)
    change = part.take()
    return (dict(change.cells), change.positions) if change else ({}, {})


async def test_what_an_owner_writes_after_losing_the_partition_counts_for_nobody() -> None:
    log = ClaimedLog()
    sleeper = await owner(log)
    sleeper.write(0, "a|b|x", b"1")
    await sleeper.commit({("user_actions", 0): 10}, {})
    heir = await owner(log)
    heir.write(0, "a|b|x", b"2")
    await heir.commit({("user_actions", 0): 20}, {})
    sleeper.write(0, "a|b|x", b"stale")
    sleeper.write(0, "a|b|y", b"stale")
    await sleeper.commit({("user_actions", 0): 99}, {})
    assert followed(log.records) == ({"a|b|x": b"2"}, {("user_actions", 0): 20})
    last = await owner(log)
    assert dict(last.scan(0)) == {"a|b|x": b"2"}
    assert last.positions == {("user_actions", 0): 20}


async def test_whoever_claims_next_writes_again_what_a_stale_record_would_hide_from_compaction() -> None:
    log = ClaimedLog()
    sleeper = await owner(log)
    heir = await owner(log)
    heir.write(0, "a|b|x", b"2")
    await heir.commit({("user_actions", 0): 20}, {})
    sleeper.write(0, "a|b|x", b"stale")
    await sleeper.commit({("user_actions", 0): 99}, {})
    await owner(log)
    compacted = {key: (offset, value) for offset, (_, key, value) in enumerate(log.records)}
    kept = dict(sorted((offset, (key, value)) for key, (offset, value) in compacted.items()))
    fence, found = Fence(), {}
    for offset, (key, value) in kept.items():
        if fence.admits(offset, key, value):
            found[key] = value
    x = found[table_key(0, "a|b|x")]
    assert x is not None
    assert Envelope.unpack(x).value == b"2"
    assert table_key(0, MARKER) in found


@given(st.lists(st.dictionaries(st.sampled_from("uvwxyz"), st.binary(min_size=1), min_size=1), max_size=6), st.data())
async def test_a_follower_shows_whole_commits_wherever_reading_stops(
    commits: list[dict[str, bytes]], data: st.DataObject
) -> None:
    log = ClaimedLog()
    cells = await owner(log)
    state: dict[str, bytes | None] = {}
    after = [(len(log.records), state)]
    for changes in commits:
        for name, value in changes.items():
            cells.write(0, f"a|b|{name}", value)
        await cells.commit({("user_actions", 0): len(after)}, {})
        state = state | {f"a|b|{name}": value for name, value in changes.items()}
        after.append((len(log.records), state))
    stop = data.draw(st.integers(0, len(log.records)))
    whole = [found for length, found in after if length <= stop]
    assert followed(log.records[:stop])[0] == (whole[-1] if whole else {})


async def test_a_follower_forgets_cells_of_a_commit_that_its_next_owner_put_right() -> None:
    log = ClaimedLog()
    cells = await owner(log)
    cells.write(0, "a|b|x", b"1")
    await cells.commit({("user_actions", 0): 10}, {})
    cells.write(0, "a|b|x", b"cut")
    cells.write(0, "a|b|new", b"cut")
    await cells.commit({("user_actions", 0): 20}, {})
    log.records.pop()  # the marker
    heir = await owner(log)
    heir.write(0, "a|b|z", b"3")
    await heir.commit({("user_actions", 0): 15}, {})
    found, positions = followed(log.records)
    assert {name: value for name, value in found.items() if value is not None} == {"a|b|x": b"1", "a|b|z": b"3"}
    assert positions == {("user_actions", 0): 15}

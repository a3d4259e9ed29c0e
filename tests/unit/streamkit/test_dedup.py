"""The first of each event_id wins, and what is published is never told otherwise."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from streamkit.dedup import EmittedIds, RecentIds, select
from streamkit.records import Batch, Coded, Column, Outgoing, Tombstones


def batch(ids: list[str], partition: int = 0, source: str = "recommender") -> Batch:
    frame = pl.DataFrame(
        {"event_id": ids, "source": [source] * len(ids)}, schema={"event_id": pl.String, "source": pl.String}
    )
    return Batch("t", frame, np.full(len(ids), partition, dtype=np.int32), np.arange(len(ids), dtype=np.int64))


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=6))
def test_each_id_passes_exactly_once_whatever_the_batches(batches: list[list[str]]) -> None:
    recent = RecentIds()
    passed = [name for ids in batches for name in recent.firsts(batch(ids)).frame["event_id"].to_list()]
    assert passed == list(dict.fromkeys(name for ids in batches for name in ids))


def test_partitions_have_windows_of_their_own() -> None:
    recent = RecentIds()
    recent.firsts(batch(["a"], partition=0))
    assert len(recent.firsts(batch(["a"], partition=1))) == 1


def test_the_window_forgets_the_oldest() -> None:
    recent = RecentIds(window=2)
    recent.firsts(batch(["a", "b", "c"]))
    assert recent.firsts(batch(["a", "c"])).frame["event_id"].to_list() == ["a"]


def test_a_saved_window_goes_on() -> None:
    recent, later = RecentIds(), RecentIds()
    recent.firsts(batch(["a", "b"]))
    later.restore(recent.dump())
    assert later.firsts(batch(["b", "c"])).frame["event_id"].to_list() == ["c"]


def outgoing(ids: list[str]) -> Outgoing:
    columns: dict[str, Column] = {
        "event_id": np.asarray(ids, dtype="S1"),
        "user_id": Coded(np.arange(len(ids)), [f"u{name}" for name in ids]),
        "text": pl.Series([f"t{name}" for name in ids]),
        "score": np.arange(len(ids)) / 2,
        "branch": 0,
    }
    return Outgoing("t", len(ids), columns, np.arange(len(ids)))


def test_only_records_not_yet_out_are_published() -> None:
    emitted = EmittedIds()
    emitted.note(batch(["a", "c"]), "recommender")
    emitted.note(batch(["b"], source="simulator"), "recommender")
    (kept,) = emitted.unpublished([outgoing(["a", "b", "c"])])
    assert isinstance(kept, Outgoing)
    assert kept.rows == 1
    assert np.asarray(kept.columns["event_id"]).tolist() == [b"b"]
    assert emitted.unpublished([outgoing(["a"])]) == []


def test_tombstones_always_pass() -> None:
    assert EmittedIds(["a"]).unpublished([Tombstones("t", ["a"])]) == [Tombstones("t", ["a"])]


def test_selecting_rows_selects_every_kind_of_column() -> None:
    kept = select(outgoing(["a", "b", "c"]), np.asarray([True, False, True]))
    user, text, score = kept.columns["user_id"], kept.columns["text"], kept.columns["score"]
    assert isinstance(user, Coded)
    assert [user.values[code] for code in user.codes.tolist()] == ["ua", "uc"]
    assert isinstance(text, pl.Series)
    assert text.to_list() == ["ta", "tc"]
    assert np.asarray(score).tolist() == [0.0, 1.0]
    assert kept.columns["branch"] == 0
    assert kept.timestamps_ms is not None
    assert kept.timestamps_ms.tolist() == [0, 2]

"""Folds and positions on hand-made and generated records."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.page import Page
from services.gateway.scenarios import load_scenarios
from services.gateway.state.chunk import Chunk
from services.gateway.state.filters import Filters
from services.gateway.state.history import Ring
from services.gateway.state.positions import TokenError, epoch_of, parse_token, print_token, print_tokens
from services.gateway.state.rates import Latencies, Rate
from services.gateway.state.table import Table
from services.gateway.state.times import iso
from streamkit.errors import ConfigurationError

vectors = st.lists(st.integers(0, 10**15), min_size=1, max_size=6).map(tuple)


def chunk(places: list[tuple[int, int]], at_ms: Sequence[int] = (), **columns: list[object]) -> Chunk:
    partitions, offsets = np.asarray(places, dtype=np.int64).reshape(-1, 2).T
    frame = pl.DataFrame({"event_id": [f"{p}-{o}" for p, o in places], "event_type": ["e"] * len(places), **columns})
    written = np.asarray(at_ms or [0] * len(places), dtype=np.int64)
    return Chunk("t", frame, partitions.astype(np.int32), offsets, written)


def ids(chunks: list[Chunk]) -> list[str]:
    return [name for part in chunks for name in part.frame["event_id"].to_list()]


@given(vectors)
def test_a_token_of_one_channel_reads_back(vector: tuple[int, ...]) -> None:
    assert parse_token(print_token("abc", vector), ["t"]) == ("abc", {"t": vector})


@given(st.dictionaries(st.sampled_from(["bookings", "users", "journeys"]), vectors, min_size=1))
def test_a_token_of_several_channels_reads_back(known: dict[str, tuple[int, ...]]) -> None:
    assert parse_token(print_tokens("abc", known), list(known)) == ("abc", known)


@given(st.text(max_size=50))
def test_whatever_is_no_token_is_refused_as_such(text: str) -> None:
    try:
        epoch, found = parse_token(text, ["t"])
    except TokenError:
        return
    assert text.startswith(f"{epoch}:")
    assert set(found) <= {"t"}


def test_an_epoch_differs_by_cluster_run_and_branch() -> None:
    assert len({epoch_of("a", "r", 1), epoch_of("b", "r", 1), epoch_of("a", "s", 1), epoch_of("a", "r", 2)}) == 4


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=5), max_size=140), st.integers(1, 200), st.data())
@settings(deadline=None)
def test_a_ring_gives_exactly_what_was_missed_or_says_that_it_cannot(
    rounds: list[list[int]], capacity: int, data: st.DataObject
) -> None:
    ring, ends, every = Ring(capacity, 3, {}), [0, 0, 0], []
    for partitions in rounds:
        places = []
        for partition in partitions:
            places.append((partition, ends[partition]))
            ends[partition] += 1
        every += places
        ring.append(chunk(places))
    vector = tuple(data.draw(st.integers(0, end)) for end in ends)
    missed = ring.since(vector)
    expected = [f"{p}-{o}" for p, o in every if o >= vector[p]]
    if missed is None:
        held = ids(list(ring.newest(Filters(), 1_000).chunks))
        assert not set(expected) <= set(held)
    else:
        assert ids(missed) == expected
    assert ring.vector() == tuple(ends)


@given(st.integers(1, 9), st.integers(1, 150))
@settings(deadline=None)
def test_pages_of_a_ring_tell_every_record_once_newest_first(limit: int, many: int) -> None:
    ring = Ring(1_000, 2, {})
    for number in range(many):
        ring.append(chunk([(number % 2, number // 2)]))
    told: list[str] = []
    page = ring.newest(Filters(), limit)
    told += ids(list(page.chunks))
    while page.before is not None:
        page = ring.newest(Filters(), limit, page.before)
        told += ids(list(page.chunks))
    assert told == [f"{number % 2}-{number // 2}" for number in reversed(range(many))]


def test_many_small_chunks_are_held_as_a_few_with_their_tombstones() -> None:
    ring = Ring(10_000, 2, {})
    for number in range(500):
        ring.append(replace(chunk([(number % 2, number // 2)]), removed=[f"gone-{number}"]))
    missed = ring.since((0, 0)) or []
    assert len(missed) < 100
    assert ids(missed) == [f"{number % 2}-{number // 2}" for number in range(500)]
    assert [key for one in missed for key in one.removed] == [f"gone-{number}" for number in range(500)]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), min_size=1, max_size=40), st.integers(1, 12))
def test_a_log_that_is_read_partition_by_partition_is_held_in_the_order_it_was_written(
    written: list[tuple[int, int]], capacity: int
) -> None:
    ring, ends, placed, at = Ring(capacity, 3, {}, behind=True), [0, 0, 0], [], 0
    for partition, later_ms in written:
        at += later_ms + 1
        placed.append((partition, ends[partition], at))
        ends[partition] += 1
    for partition in (2, 0, 1):
        for _, offset, at_ms in (place for place in placed if place[0] == partition):
            ring.append(chunk([(partition, offset)], at_ms=[at_ms]))
    ring.catch_up()
    told, page = [], ring.newest(Filters(), 3)
    while True:
        told += ids(list(page.chunks))
        if page.before is None:
            break
        page = ring.newest(Filters(), 3, page.before)
    newest = [f"{partition}-{offset}" for partition, offset, _ in reversed(placed)]
    assert told == newest[:capacity]
    assert ring.since((0, 0, 0)) is None if len(placed) > capacity else ring.since((0, 0, 0)) is not None
    for number in range(2 * capacity):
        ring.append(chunk([(0, ends[0] + number)], at_ms=[0]))
    assert ids(list(ring.newest(Filters(), 1).chunks)) == [f"0-{ends[0] + 2 * capacity - 1}"]


def test_records_before_the_beginning_of_reading_are_a_gap() -> None:
    ring = Ring(10, 2, {0: 5})
    ring.append(chunk([(0, 5)]))
    assert ring.since((4, 0)) is None
    assert ring.since((5, 0)) is not None


def test_filters_take_who_acted_and_who_was_acted_on() -> None:
    frame = chunk(
        [(0, 0), (0, 1), (0, 2)], user_id=["a", "b", None], other_user_id=["b", None, None], venue_id=[None, "v", "v"]
    ).frame
    kept = Filters(user_id="b").keep(frame)
    assert kept is not None
    assert kept.tolist() == [0, 1]
    both = Filters(user_id="b", venue_id="v").keep(frame)
    assert both is not None
    assert both.tolist() == [1]
    assert Filters().keep(frame) is None
    nothing = Filters(cause_id="c").keep(frame)
    assert nothing is not None
    assert len(nothing) == 0


def test_a_sample_keeps_about_one_in_so_many_and_the_same_ones_each_time() -> None:
    frame = chunk([(0, number) for number in range(2_000)]).frame
    first, again = Filters(sample=10).keep(frame), Filters(sample=10).keep(frame)
    assert first is not None
    assert again is not None
    assert first.tolist() == again.tolist()
    assert 120 < len(first) < 280


def test_a_table_keeps_the_latest_row_also_after_it_has_been_listed() -> None:
    table = Table("user_id")
    table.apply(chunk([(0, 0), (0, 1)], user_id=["b", "a"], name=["B", "A"]))
    assert table.frame() is not None
    table.apply(chunk([(0, 2)], user_id=["b"], name=["B2"]))
    row = table.get("b")
    assert row is not None
    assert row["name"] == "B2"
    table.remove(["a"])
    frame = table.frame()
    assert frame is not None
    assert frame["name"].to_list() == ["B2"]
    table.apply(chunk([(0, 3)], user_id=["a"], name=["A2"]))
    frame = table.frame()
    assert frame is not None
    assert frame["name"].to_list() == ["A2", "B2"]


def test_a_rate_is_the_mean_of_its_window() -> None:
    rate = Rate(10, started=0.0)
    for second in range(20):
        rate.add(float(second), 7)
    assert rate.per_second(19.5) == 7.0
    assert rate.per_second(60.0) == 0.0


def test_a_young_rate_is_the_mean_since_it_began() -> None:
    rate = Rate(60, started=0.0)
    rate.add(1.0, 10)
    assert rate.per_second(2.0) == 5.0


def test_latencies_older_than_the_window_do_not_count() -> None:
    latencies = Latencies(window_s=60.0)
    latencies.add(0.0, np.asarray([1000.0]))
    latencies.add(50.0, np.asarray([10.0, 20.0, 30.0]))
    assert latencies.summary(70.0) == {"p50": 20.0, "p99": 29.8, "count": 3}
    assert latencies.summary(200.0) == {"p50": None, "p99": None, "count": 0}


def test_times_are_written_with_microseconds_and_z() -> None:
    assert iso(1_717_761_600_000_001) == "2024-06-07T12:00:00.000001Z"
    assert iso(None) is None


def test_scenarios_are_those_of_the_simulators_files(request: pytest.FixtureRequest) -> None:
    files = (request.config.rootpath / "services" / "simulator" / "data" / "scenarios").glob("*.yaml")
    assert sorted(scenario.id for scenario in load_scenarios()) == sorted(path.stem for path in files)


def test_a_wrong_scenario_list_is_refused_with_its_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("scenarios") / "scenarios.yaml"
    path.write_text("- {id: lunch, titel: Lunch}")
    with pytest.raises(ConfigurationError, match=r"scenarios\.yaml"):
        load_scenarios(path)


def test_a_path_out_of_the_build_is_not_served(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("build")
    (root / "dist").mkdir()
    (root / "dist" / "index.html").write_text("page")
    (root / "secret").write_text("secret")
    page = Page(root / "dist")
    assert page.find("index.html") is not None
    for path in ("../secret", "/etc/passwd", "a/../../secret"):
        assert page.find(path) is None

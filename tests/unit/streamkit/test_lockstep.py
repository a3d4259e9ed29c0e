"""The in-memory host feeds everyone in a fixed order until all is quiet, and tells the same bytes each time."""

from collections.abc import Sequence

import pytest

from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal
from streamkit.identity import event_ids
from streamkit.memory import LockStep, MemoryLog
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing
from streamkit.testing import sample


class Ticks:
    """Ends ten sessions a tick and remembers what it is answered."""

    subscriptions = ("recommendations",)

    def __init__(self) -> None:
        self.tick = 0
        self.heard: list[int] = []

    def opening(self) -> Sequence[Output]:
        return [sample("user_actions", 10)]

    def step(self, batches: Sequence[Batch]) -> Sequence[Output]:
        self.tick += 1
        self.heard.append(sum(map(len, batches)))
        return [sample("user_actions", 10, first=10 * self.tick)]


class Echo:
    """Answers every record of a topic with one on another."""

    name = "recommender"

    def __init__(self, reads: str) -> None:
        self.subscriptions = (reads,)

    def process(self, batch: Batch) -> Sequence[Output]:
        triggers = batch.frame["event_id"].to_list()
        names = event_ids("run", 0, self.name, triggers, "compatibility.calculated")
        common = {"event_type": "compatibility.calculated", "run_id": "run", "branch": 0, "source": self.name}
        rows = [
            {"event_id": name, "simulation_time": at, "world": "dining", "city": "new_york", "user_id": user, **common}
            | {"other_user_id": "u1", "score": 0.5, "taste_similarity": 0.5, "mutual_friends": 1, "model_version": "1"}
            for name, at, user in zip(names, batch.frame["simulation_time"], batch.frame["user_id"], strict=True)
        ]
        return [Outgoing.from_rows("recommendations", rows)]


def new_log() -> MemoryLog:
    catalogue = Catalogue.load()
    return MemoryLog(catalogue, Codec(catalogue))


def run_city(ticks: int) -> tuple[Ticks, MemoryLog]:
    log, ticker = new_log(), Ticks()
    LockStep(ticker, [Echo("user_actions")], log).run(ticks)
    return ticker, log


def test_answers_reach_the_ticker_at_the_next_tick() -> None:
    ticker, log = run_city(3)
    assert ticker.heard == [10, 10, 10]
    assert log.size("recommendations") == 40


def test_the_same_city_tells_the_same_bytes() -> None:
    (_, one), (_, other) = run_city(4), run_city(4)
    assert one.topics == other.topics
    for topic in one.topics:
        for partition in range(4):
            assert one.values(topic, partition) == other.values(topic, partition)
            assert one.keys(topic, partition) == other.keys(topic, partition)


def test_running_in_two_parts_is_running_at_once() -> None:
    log, ticker = new_log(), Ticks()
    host = LockStep(ticker, [Echo("user_actions")], log)
    host.run(1)
    host.run(3)
    _, whole = run_city(4)
    assert [log.values("recommendations", partition) for partition in range(4)] == [
        whole.values("recommendations", partition) for partition in range(4)
    ]


def test_processors_that_never_stop_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamkit.memory.lockstep.ROUND_LIMIT", 20)
    host = LockStep(Ticks(), [Echo("user_actions"), Echo("recommendations")], new_log())
    with pytest.raises(Fatal, match="20 rounds"):
        host.run(1)


def test_what_all_have_read_can_be_forgotten_and_offsets_go_on() -> None:
    log, ticker = new_log(), Ticks()
    host = LockStep(ticker, [Echo("user_actions")], log)
    host.run(2, after_tick=lambda _: host.forget_read())
    assert not any(log.values("user_actions", partition) for partition in range(4))
    assert log.size("user_actions") == 30
    assert sum(log.ends(["user_actions"]).values()) == 30
    assert ticker.heard == [10, 10]


def test_garbage_does_not_stop_the_city() -> None:
    log = new_log()
    log.append_raw("user_actions", [b"k"], [b"garbage"])
    LockStep(Ticks(), [Echo("user_actions")], log).run(1)
    assert log.size("user_actions.dlq") == 1
    assert log.size("recommendations") == 20


class Listener:
    """Publishes nothing, and remembers how much it was given at a time."""

    name = "analytics"
    subscriptions = ("user_actions",)

    def __init__(self) -> None:
        self.given: list[int] = []

    def process(self, batch: Batch) -> Sequence[Output]:
        self.given.append(len(batch))
        return []


def test_one_at_a_pace_is_fed_after_every_nth_tick_and_when_all_settle() -> None:
    listener = Listener()
    host = LockStep(Ticks(), [Echo("user_actions"), listener], new_log(), {"analytics": 3})
    host.run(7)
    assert listener.given == [10, 30, 30]
    host.settle()
    assert listener.given == [10, 30, 30, 10]


def test_paces_count_from_the_opening_however_often_the_host_is_asked_to_run() -> None:
    told = []
    for parts in ([7], [2, 5], [1] * 7):
        listener, log = Listener(), new_log()
        host = LockStep(Ticks(), [Echo("user_actions"), listener], log, {"analytics": 3})
        for ticks in parts:
            host.run(ticks)
        told.append((listener.given, [log.values("recommendations", partition) for partition in range(4)]))
    assert told[0] == told[1] == told[2]


def test_what_somebody_at_a_pace_has_not_read_is_kept() -> None:
    listener, log = Listener(), new_log()
    host = LockStep(Ticks(), [Echo("user_actions"), listener], log, {"analytics": 3})
    host.run(4, after_tick=lambda _: host.forget_read())
    host.settle()
    assert listener.given == [10, 30, 10]


def test_garbage_is_one_dead_letter_however_its_readers_cut_the_topic() -> None:
    log = new_log()
    host = LockStep(Ticks(), [Echo("user_actions"), Listener()], log, {"analytics": 2})
    host.run(1)
    log.append_raw("user_actions", [b"k"], [b"garbage"])
    host.run(1)
    host.settle()
    assert log.size("user_actions.dlq") == 1

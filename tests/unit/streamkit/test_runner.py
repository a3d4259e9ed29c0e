"""What the runner does beside the log's suite: watch itself, bind its log lines, host processors."""

import asyncio
import gc
from collections.abc import Sequence

import pytest

from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.dedup import EmittedIds, RecentIds
from streamkit.errors import Fatal, Retryable
from streamkit.handlers import ProcessorHandler, RebuildingHandler
from streamkit.health import Readiness
from streamkit.memory import MemoryLog
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.progress import Progress
from streamkit.records import Batch
from streamkit.retry import RetryPolicy
from streamkit.runner import Handler, Runner, RunnerPolicy
from streamkit.testing import Collecting, MemoryProducer, MemorySource, eventually, sample


@pytest.fixture
def log() -> MemoryLog:
    catalogue = Catalogue.load()
    return MemoryLog(catalogue, Codec(catalogue))


class Copying:
    """Publishes on `user_actions` a later copy of every session that ended; its state is how many it saw."""

    name = "simulator"
    subscriptions = ("user_actions",)

    def __init__(self, shift: int = 1_000) -> None:
        self.shift = shift
        self.seen = 0

    def process(self, batch: Batch) -> Sequence[Output]:
        first = [int(name) for name in batch.frame["event_id"].to_list() if int(name) < 1_000]
        self.seen += len(first)
        return [sample("user_actions", 1, first=number + self.shift) for number in first]


class Stuck:
    """A batch that never ends."""

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        await asyncio.Event().wait()


def runner(
    log: MemoryLog,
    source: MemorySource,
    handler: Handler,
    policy: RunnerPolicy | None = None,
    progress: Progress | None = None,
    readiness: Readiness | None = None,
) -> Runner:
    publisher = MemoryProducer(log)
    return Runner(source, handler, log.catalogue, log.codec, publisher, SystemClock(), progress, readiness, policy)


def source_of(log: MemoryLog, committed: Positions | None = None) -> MemorySource:
    return MemorySource(log, "g", ["user_actions"], {} if committed is None else committed)


async def test_a_consumer_that_no_longer_polls_ends_the_process(log: MemoryLog) -> None:
    source = source_of(log)
    source.last_poll = 0.0
    with pytest.raises(ExceptionGroup) as caught:
        await runner(log, source, Collecting(), RunnerPolicy(poll_limit_s=0.01)).run(asyncio.Event())
    assert caught.group_contains(Fatal, match="has not polled")


async def test_a_batch_that_never_ends_ends_the_process_uncommitted(log: MemoryLog) -> None:
    log.append([sample("user_actions", 3)])
    committed: Positions = {}
    with pytest.raises(ExceptionGroup) as caught:
        await runner(log, source_of(log, committed), Stuck(), RunnerPolicy(batch_limit_s=0.01)).run(asyncio.Event())
    assert caught.group_contains(Fatal, match="stuck")
    assert not committed


async def test_patience_with_a_retryable_error_ends(log: MemoryLog) -> None:
    log.append([sample("user_actions", 3)])
    policy = RunnerPolicy(retry=RetryPolicy(first_s=0.001, limit_s=0.02))
    away = Collecting(*[Retryable("database away")] * 10_000)
    with pytest.raises(ExceptionGroup) as caught:
        await runner(log, source_of(log), away, policy).run(asyncio.Event())
    assert caught.group_contains(Fatal, match="database away")


async def test_stopping_amid_retries_commits_nothing(log: MemoryLog) -> None:
    log.append([sample("user_actions", 3)])
    committed: Positions = {}
    stop, away = asyncio.Event(), Collecting(*[Retryable("away")] * 10_000)
    running = asyncio.create_task(runner(log, source_of(log, committed), away).run(stop))
    await eventually(lambda: away.tries > 1)
    stop.set()
    await running
    assert not committed


async def test_a_failed_publish_repeats_the_outputs_but_not_the_decision(log: MemoryLog) -> None:
    log.append([sample("user_actions", 5)])
    processor, publisher, stop = Copying(), MemoryProducer(log), asyncio.Event()
    publisher.failures = [Retryable("not enough replicas")]
    handler = ProcessorHandler(processor, publisher, RecentIds())
    running = asyncio.create_task(runner(log, source_of(log), handler).run(stop))
    await eventually(lambda: log.size("user_actions") == 10)
    stop.set()
    await running
    assert processor.seen == 5


async def test_a_rebuilt_processor_never_tells_again_what_is_out(log: MemoryLog) -> None:
    log.append([sample("user_actions", 5), sample("user_actions", 1, first=1_003)])
    made: list[Copying] = []

    def make() -> Copying:
        made.append(Copying())
        return made[-1]

    async def load() -> EmittedIds:
        return EmittedIds([f"{1_003:026d}"])

    stop = asyncio.Event()
    handler = RebuildingHandler(make, MemoryProducer(log), load)
    running = asyncio.create_task(runner(log, source_of(log), handler).run(stop))
    await eventually(lambda: log.size("user_actions") >= 10)
    stop.set()
    await running
    ids = log.read("user_actions").frame["event_id"].to_list()
    assert sorted(map(int, ids)) == [0, 1, 2, 3, 4, 1_000, 1_001, 1_002, 1_003, 1_004]
    assert handler.processor is made[-1]


async def test_a_rebuilt_state_is_out_of_the_garbage_collectors_sight(log: MemoryLog) -> None:
    log.append([sample("user_actions", 5)])
    made: list[Copying] = []

    def make() -> Copying:
        made.append(Copying())
        return made[-1]

    async def load() -> EmittedIds:
        return EmittedIds()

    gc.unfreeze()
    stop = asyncio.Event()
    running = asyncio.create_task(
        runner(log, source_of(log), RebuildingHandler(make, MemoryProducer(log), load)).run(stop)
    )
    await eventually(lambda: len(made) > 1 and made[-1].seen == 5)
    stop.set()
    await running
    seen = {id(one) for one in gc.get_objects()}
    gc.unfreeze()
    assert id(made[-1]) not in seen
    assert id(made[-1]) in {id(one) for one in gc.get_objects()}


async def test_progress_and_readiness_follow_the_assignment_and_the_batches(log: MemoryLog) -> None:
    ends = log.append([sample("user_actions", 5)])
    readiness, stop, handler = Readiness(), asyncio.Event(), Collecting()
    progress = Progress("simulator", "s1", MemoryProducer(log), SystemClock())
    running = asyncio.create_task(runner(log, source_of(log), handler, None, progress, readiness).run(stop))
    await eventually(lambda: readiness.ready and handler.records == 5)
    stop.set()
    await running
    assert {place: progress.positions[place] for place in ends} == ends
    assert log.size("system_metrics") >= 1

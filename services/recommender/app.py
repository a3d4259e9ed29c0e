"""Composition root of the recommender: the one place that sees all adapters."""

from collections.abc import Callable, Sequence
from functools import partial

from services.recommender.adapters.snapshot_files import SnapshotFiles
from services.recommender.data_files import load_weights
from services.recommender.handlers import NAME, SUBSCRIPTIONS, Recommender
from services.recommender.settings import Settings
from streamkit.clock import SystemClock
from streamkit.codec.registry import codec_for
from streamkit.consumer import Consumer
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.handlers import RebuildingHandler, read_emitted
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import Service
from streamkit.processor import Processor
from streamkit.producer import Producer
from streamkit.progress import Progress
from streamkit.records import Batch
from streamkit.runner import Runner, RunnerPolicy

OUTPUTS = ("recommendations", "replies", "user_actions", "simulation_control")
"""Topics the recommender writes, whose tails tell what was published before a crash."""


def in_memory_processor(clock_us: Callable[[], int] = lambda: 0, *, rerank: bool = True) -> Processor:
    """The processor by itself, for the lock-step host; its replies carry the given wall clock."""
    return Recommender(load_weights(), clock_us, rerank=rerank)


class Learning(RebuildingHandler):
    """Folds the past without scoring anybody: what was proposed then is on the topic."""

    async def fold(self, batches: Sequence[Batch]) -> None:
        """Take old records into the state."""
        if isinstance(self.processor, Recommender):
            self.processor.learning = True
            try:
                await super().fold(batches)
            finally:
                self.processor.learning = False


def build(settings: Settings) -> Service:
    """The service: health, and a runner whose state is folded anew at every assignment."""
    clock = SystemClock()
    catalogue = Catalogue.load()
    codec = codec_for(settings, catalogue, NAME)
    ready = Readiness("kafka")
    weights = load_weights(settings.recommender.weights)
    producer = Producer(settings.kafka, codec, clock)
    own = settings.recommender
    snapshots = SnapshotFiles(settings.data_dir / own.snapshots)
    handler = Learning(
        lambda: Recommender(weights, clock.now_us, snapshots, rerank=own.rerank),
        producer,
        partial(read_emitted, settings.kafka, catalogue, codec, NAME, OUTPUTS),
    )
    consumer = Consumer(settings.kafka, own.group, SUBSCRIPTIONS, clock)
    progress = Progress(NAME, settings.instance_name, producer, clock)
    policy = RunnerPolicy(dead_letters=DeadLetterPolicy(settings.kafka.poison_limit))
    runner = Runner(consumer, handler, catalogue, codec, producer, clock, progress, ready, policy)
    return Service([HealthServer(settings.health_port, ready, settings.health_host), runner], [producer])

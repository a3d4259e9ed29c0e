"""Reads the simulator's input topics: assigned by hand, positions kept by the journal, nothing committed."""

import asyncio
from collections import deque
from collections.abc import Sequence

from confluent_kafka import OFFSET_END, Consumer, Message, TopicPartition

from services.simulator.adapters.dead_letters import DeadLetters
from services.simulator.adapters.decoding import raw_batch, received
from services.simulator.runtime.admission import CONTROL, Received
from services.simulator.runtime.notices import METRICS
from services.simulator.waiting import first_of
from streamkit import metrics
from streamkit.broker import denied
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal
from streamkit.positions import Positions, advance
from streamkit.settings import KafkaSettings

GROUP = "simulator"
POLL_SECONDS = 0.02
"""How long a poll gathers records: the delay it may add to a command, and the price of an idle second in wake-ups."""

BACKLOG = 200_000
"""Records waiting for a tick before the city's topics are read no further; commands always are."""

SIGNALS = frozenset({CONTROL, METRICS})


class KafkaArrivals:
    """Arrivals from Kafka; `run` reads, `poll` hands over. `run` waits for the first `assign`."""

    def __init__(self, settings: KafkaSettings, catalogue: Catalogue, codec: Codec, dead_letters: DeadLetters) -> None:
        self._catalogue = catalogue
        self._codec = codec
        self._topics = catalogue.topics_read_by(GROUP)
        self._dead_letters = dead_letters
        self._batch = settings.max_batch_records
        self._consumer = Consumer(
            {
                **settings.client(),
                "group.id": GROUP,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 50,
                "queued.max.messages.kbytes": 65_536,
            }
        )
        self._assigned = asyncio.Event()
        self._arrived = asyncio.Event()
        self._waiting: deque[Received] = deque()
        self._positions: Positions = {}
        self._handed: Positions = {}
        self._held = False

    async def assign(self, positions: Positions) -> None:
        """Read on from these positions; a partition that is not named is read from its end."""
        partitions = await asyncio.to_thread(self._partitions)
        for place in partitions:
            place.offset = positions.get((place.topic, place.partition), OFFSET_END)
        await asyncio.to_thread(self._consumer.assign, partitions)
        self._handed = dict(positions)
        self._assigned.set()

    def poll(self) -> Sequence[Received]:
        """Everything that has arrived since the last call."""
        self._arrived.clear()
        found = list(self._waiting)
        self._waiting.clear()
        advance(self._handed, self._positions)
        return found

    async def arrived(self) -> None:
        """Wait until something has arrived."""
        await self._arrived.wait()

    def positions(self) -> Positions:
        """Next offsets after everything that `poll` has handed over."""
        return dict(self._handed)

    def hold(self, waiting: int) -> None:
        """Read no more of the city's topics while so many records wait for a tick; go on when there are fewer."""
        hold = waiting > BACKLOG
        if hold != self._held:
            places = [place for place in self._consumer.assignment() if place.topic not in SIGNALS]
            (self._consumer.pause if hold else self._consumer.resume)(places)
            self._held = hold

    async def run(self, stop: asyncio.Event) -> None:
        """Read until told to stop.

        Raises:
            Fatal: The broker denies us, or what arrives is nothing but garbage.

        """
        while not stop.is_set() and not self._assigned.is_set():
            await first_of(self._assigned.wait(), stop.wait())
        while not stop.is_set():
            messages = await asyncio.to_thread(self._consumer.consume, self._batch, POLL_SECONDS)
            if messages:
                await self._take(messages)
        await asyncio.to_thread(self._consumer.close)

    async def _take(self, messages: Sequence[Message]) -> None:
        by_topic: dict[str, list[Message]] = {}
        for message in messages:
            error = message.error()
            if error is None:
                by_topic.setdefault(message.topic() or "", []).append(message)
            elif denied(error):
                raise Fatal(f"Kafka denies reading: {error.str()}")
        for topic, group in by_topic.items():
            arrived = raw_batch(topic, group)
            found, poison = received(self._catalogue, self._codec, arrived)
            await self._dead_letters.bury(arrived, poison)
            if found.raws:
                self._waiting.append(found)
            advance(self._positions, arrived.positions)
            metrics.CONSUMED.labels(GROUP, topic).inc(len(group))
        self._arrived.set()

    def _partitions(self) -> list[TopicPartition]:
        return partitions_of(self._consumer, self._topics)


def partitions_of(consumer: Consumer, topics: Sequence[str]) -> list[TopicPartition]:
    """Every partition of some topics, as the broker lists them."""
    listed = consumer.list_topics(timeout=10).topics
    return [TopicPartition(topic, number) for topic in topics for number in listed[topic].partitions]

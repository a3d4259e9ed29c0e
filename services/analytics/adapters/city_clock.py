"""How far each city has come by its newest tick, wherever the service itself is reading."""

import asyncio
from collections.abc import Iterator

import polars as pl
from confluent_kafka import Consumer, TopicPartition

from services.analytics.domain.cells import Scope
from services.analytics.strays import Clocks
from streamkit.clock import Clock
from streamkit.codec import Codec
from streamkit.settings import KafkaSettings

TOPIC = "system_metrics"
ASK_S = 10.0
POLL_S = 0.2
TAIL = 20_000
"""Records at the end of each partition among which the newest tick is looked for: ticks come every second or so."""
AT_ONCE = 5_000
LOOK_EVERY_S = 1.0


class CityClock:
    """`note` what is consumed anyway; `look` where that is not enough."""

    def __init__(self, settings: KafkaSettings, codec: Codec, clock: Clock, partitions: int) -> None:
        self._codec = codec
        self._clock = clock
        self._partitions = partitions
        self._client = Consumer({**settings.client(), "group.id": "analytics.clock", "enable.auto.commit": False})
        self._known: dict[Scope, int] = {}
        self._looked_at = float("-inf")

    @property
    def known(self) -> Clocks:
        """Simulated time of the newest tick known of each telling."""
        return self._known

    def note(self, frame: pl.DataFrame) -> None:
        """Take the ticks of a frame of ``system_metrics``."""
        ticks = frame.filter(pl.col("event_type") == "simulator.tick")
        newest = ticks.group_by("run_id", "branch").agg(pl.col("simulation_time").max())
        for run_id, branch, at in newest.iter_rows():
            scope = Scope(run_id, branch)
            self._known[scope] = max(at, self._known.get(scope, at))

    async def look(self) -> None:
        """Read the end of the topic, unless that was done a moment ago."""
        now = self._clock.monotonic()
        if now - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = now
        for frame in await asyncio.to_thread(lambda: list(self._tail())):
            self.note(frame)

    async def close(self) -> None:
        """Release the client."""
        await asyncio.to_thread(self._client.close)

    def _tail(self) -> Iterator[pl.DataFrame]:
        places = [TopicPartition(TOPIC, partition) for partition in range(self._partitions)]
        ends: dict[int, int] = {}
        for place in places:
            low, high = self._client.get_watermark_offsets(place, ASK_S)
            place.offset = max(low, high - TAIL)
            if high > low:
                ends[place.partition] = high
        self._client.assign([place for place in places if place.partition in ends])
        while ends:
            messages = self._client.consume(AT_ONCE, POLL_S)
            values = [message.value() for message in messages if message.error() is None]
            if values:
                yield self._codec.decode(TOPIC, values).frame
            for place in self._client.position(self._client.assignment()):
                if place.offset >= ends.get(place.partition, 0):
                    ends.pop(place.partition, None)
        self._client.unassign()

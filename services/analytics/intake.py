"""From a chunk to the records that are folded: what cannot be, or must not be, goes to the dead letters."""

import polars as pl

from services.analytics.adapters.city_clock import CityClock
from services.analytics.adapters.dead_letters import DeadLetters, Readable, keyed, ours
from services.analytics.domain.aggregates.kinds import COUNTED
from services.analytics.strays import FUTURE, ahead, reordered
from services.analytics.transport import Chunk
from streamkit import metrics
from streamkit.codec import Codec


class Intake:
    """Decodes chunks for one group. ``future_us``: how far ahead of the newest tick a record may lie."""

    def __init__(self, group: str, codec: Codec, dead_letters: DeadLetters, city: CityClock, future_us: int) -> None:
        self._group = group
        self._codec = codec
        self._dead_letters = dead_letters
        self._city = city
        self._future_us = future_us

    async def read(self, topic: str, partition: int, chunk: Chunk) -> pl.DataFrame:
        """The records to fold, in order.

        Raises:
            Fatal: too much poison in a row.

        """
        mine = ours(chunk, self._group)
        if mine is None:
            return self._codec.decode(topic, []).frame
        found = keyed(topic, mine, self._codec.decode(topic, mine.values))
        if topic in COUNTED:
            found = await self._in_time(found)
            metrics.REORDERED.labels(self._group, topic).inc(reordered(found.frame))
        elif topic == "system_metrics":
            self._city.note(found.frame)
        await self._dead_letters.bury(topic, partition, mine, found.poison)
        return found.frame

    async def _in_time(self, found: Readable) -> Readable:
        places = ahead(found.frame, self._city.known, self._future_us)
        if not len(places):
            return found
        await self._city.look()
        places = ahead(found.frame, self._city.known, self._future_us)
        minutes = self._future_us // 60_000_000
        return found.without(places, FUTURE, f"more than {minutes} simulated minutes ahead of its city's newest tick")

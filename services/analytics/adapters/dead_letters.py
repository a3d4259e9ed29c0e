"""Copies what cannot be decoded to ``<topic>.dlq`` with its reason, and stops loudly when nothing can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.strays import FUTURE
from services.analytics.transport import Chunk
from streamkit import metrics
from streamkit.codec import Decoded, Poison
from streamkit.dlq import ERROR_CLASS, ERROR_MESSAGE, GROUP, OFFSET, PARTITION, SUFFIX, TOPIC, DeadLetterPolicy
from streamkit.errors import Fatal
from streamkit.producer import Headers, Producer
from streamkit.raw import REPLAY_GROUP


def ours(chunk: Chunk, group: str) -> Chunk | None:
    """The chunk without records replayed from a dead-letter topic for another group; None if nothing is left."""
    rows = [
        row
        for row, headers in enumerate(chunk.headers)
        if not headers or all(name != REPLAY_GROUP or value == group.encode() for name, value in headers)
    ]
    if len(rows) == len(chunk):
        return chunk
    return chunk.of(rows) if rows else None


@dataclass(frozen=True, slots=True)
class Readable:
    """What of a chunk can be folded: records, the index of each in the chunk, and the rest with its reasons."""

    frame: pl.DataFrame
    rows: NDArray[np.intp]
    poison: Sequence[Poison]

    def without(self, places: NDArray[np.intp], error: str, reason: str) -> "Readable":
        """The same, the records at these places of the frame being poison."""
        if not len(places):
            return self
        more = [Poison(int(self.rows[place]), error, reason) for place in places]
        kept = np.ones(len(self.rows), dtype=np.bool_)
        kept[places] = False
        poison = sorted([*self.poison, *more], key=lambda one: one.index)
        return Readable(self.frame.filter(kept), self.rows[kept], poison)


def keyed(topic: str, chunk: Chunk, decoded: Decoded) -> Readable:
    """The readable records that have a key, and the poison, to which those without one belong."""
    found = Readable(decoded.frame, decoded.rows, decoded.poison)
    keyless = [row for row, key in enumerate(chunk.keys) if key is None]
    if not keyless:
        return found
    reason = f"{topic} is keyed: a null key means nothing"
    unread = {one.index for one in decoded.poison}
    silent = [Poison(row, "NullKey", reason) for row in keyless if row not in unread and row not in decoded.rows]
    found = replace(found, poison=[*found.poison, *silent])
    return found.without(np.flatnonzero(np.isin(decoded.rows, keyless)), "NullKey", reason)


class DeadLetters:
    """Dead letters of one group; counts poison in a row on each partition."""

    def __init__(self, producer: Producer, group: str, policy: DeadLetterPolicy) -> None:
        self._producer = producer
        self._group = group
        self._policy = policy
        self._in_a_row: dict[tuple[str, int], int] = {}

    async def bury(self, topic: str, partition: int, chunk: Chunk, poison: Sequence[Poison]) -> None:
        """Copy the poisoned records of a chunk and wait for the broker to have them.

        Raises:
            Fatal: the limit of poison in a row is reached; nothing of this chunk is applied then.

        """
        place = (topic, partition)
        run = longest_run(
            len(chunk), [one.index for one in poison if one.error != FUTURE], self._in_a_row.get(place, 0)
        )
        if run.longest >= self._policy.in_a_row:
            raise Fatal(f"{run.longest} poisoned records in a row on {topic}:{partition}: {poison[-1].message}")
        self._in_a_row[place] = run.trailing
        if not poison:
            return
        headers: list[Headers] = [self._headers(topic, partition, chunk.offsets[one.index], one) for one in poison]
        keys = [chunk.keys[one.index] for one in poison]
        values = [chunk.values[one.index] for one in poison]
        await self._producer.publish_raw(f"{topic}{SUFFIX}", keys, values, headers)
        for one in poison:
            metrics.DEAD_LETTERS.labels(self._group, topic, one.error).inc()

    def _headers(self, topic: str, partition: int, offset: int, poison: Poison) -> Headers:
        return [
            (ERROR_CLASS, poison.error),
            (ERROR_MESSAGE, poison.message),
            (TOPIC, topic),
            (PARTITION, str(partition)),
            (OFFSET, str(offset)),
            (GROUP, self._group),
        ]


@dataclass(frozen=True, slots=True)
class Run:
    """Poison in a row: the longest seen with this chunk, 0 where it has none, and how much it ends with."""

    longest: int
    trailing: int


def longest_run(length: int, poisoned: Sequence[int], carried: int) -> Run:
    """Longest and last run of consecutive poison, ``carried`` of which came before the chunk."""
    bad = set(poisoned)
    longest = run = carried
    for index in range(length):
        run = run + 1 if index in bad else 0
        longest = max(longest, run)
    return Run(longest if bad else 0, run)

"""What is to be published, as the bytes that the topics will hold: encoded once, saved with the commit, then sent.

So whatever is published again after a crash is what was published before, byte for byte.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec import Codec, Encoded
from streamkit.producer import Producer
from streamkit.records import Outgoing

PART_RECORDS = 1_000
"""Records of one part: some 300 bytes each, under the broker's usual limit of 1 MiB a record."""

_HEAD = struct.Struct("<HI")


@dataclass(frozen=True, slots=True)
class Letters:
    """Records of one topic: row i is ``keys[i]``, ``values[i]``, of simulated time ``times[i]``."""

    topic: str
    keys: Sequence[bytes]
    values: Sequence[bytes]
    times: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)

    def pack(self) -> Iterator[bytes]:
        """Bytes of the parts: topic, times, sizes of keys and of values, keys, values."""
        topic = self.topic.encode()
        for start in range(0, len(self), PART_RECORDS):
            part = slice(start, start + PART_RECORDS)
            keys, values = self.keys[part], self.values[part]
            sizes = np.fromiter(map(len, [*keys, *values]), dtype=np.uint32, count=2 * len(keys))
            columns = (_HEAD.pack(len(topic), len(keys)), topic, self.times[part].tobytes(), sizes.tobytes())
            yield b"".join([*columns, *keys, *values])

    @staticmethod
    def unpack(data: bytes) -> "Letters":
        """One part out of its bytes."""
        named, count = _HEAD.unpack_from(data)
        at = _HEAD.size + named
        topic = data[_HEAD.size : at].decode()
        times = np.frombuffer(data, dtype=np.int64, count=count, offset=at)
        sizes = np.frombuffer(data, dtype=np.uint32, count=2 * count, offset=at + times.nbytes)
        ends = at + times.nbytes + sizes.nbytes + np.cumsum(sizes, dtype=np.int64)
        starts = (ends - sizes).tolist()
        whole = [data[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]
        return Letters(topic, whole[:count], whole[count:], times)


class Post:
    """Encodes what the folds say, and sends it."""

    def __init__(self, codec: Codec, producer: Producer) -> None:
        self._codec = codec
        self._producer = producer

    def encode(self, told: Iterable[Outgoing]) -> list[Letters]:
        """Bytes of batches; raises `EncodeError` where one breaks its contract."""
        found = []
        for one in told:
            encoded = self._codec.encode(one)
            times = one.columns["simulation_time"]
            assert isinstance(times, pl.Series)  # so the folds make them
            found.append(Letters(one.topic, encoded.keys, encoded.values, times.to_numpy()))
        return found

    async def send(self, letters: Iterable[Letters], then: Iterable[Outgoing] = ()) -> None:
        """Publish, ``then`` behind all else, and wait for every report.

        Raises:
            Retryable, Fatal: what the broker said.

        """
        behind = [self._codec.encode(one) for one in then]
        await self._producer.publish_encoded([*in_time(letters), *behind])


def packed(letters: Mapping[int, Sequence[Letters]]) -> dict[int, list[bytes]]:
    """Parts of the outbox by partition."""
    return {partition: [part for one in told for part in one.pack()] for partition, told in letters.items()}


def in_time(letters: Iterable[Letters]) -> list[Encoded]:
    """Records gathered partition by partition, one batch a topic, in the order of time in which each was made."""
    by_topic: dict[str, list[Letters]] = {}
    for one in letters:
        by_topic.setdefault(one.topic, []).append(one)
    found = []
    for topic, parts in by_topic.items():
        order = np.argsort(np.concatenate([part.times for part in parts]), kind="stable").tolist()
        keys = [key for part in parts for key in part.keys]
        values = [value for part in parts for value in part.values]
        found.append(Encoded(topic, [keys[row] for row in order], [values[row] for row in order]))
    return found

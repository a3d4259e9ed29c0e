"""How often one client may come: a bucket for each, the oldest forgotten, so that memory is bounded."""

from collections import OrderedDict
from dataclasses import dataclass

_MOST = 10_000
"""Clients remembered; one that is forgotten begins with a full bucket."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second, and for a moment twice as many."""

    per_second: float

    @property
    def most(self) -> float:
        """What a full bucket holds; one at least, so that a slow rate lets somebody in at all."""
        return max(1.0, self.per_second * 2)


class Buckets:
    """What each client may still do; ``now`` is monotonic seconds."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str, now: float) -> float:
        """Take one; seconds until there is one where there is none, else 0."""
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(self._rate.most, now)
            if len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(client)
        bucket.left = min(self._rate.most, bucket.left + (now - bucket.at) * self._rate.per_second)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate.per_second
        bucket.left -= 1
        return 0.0

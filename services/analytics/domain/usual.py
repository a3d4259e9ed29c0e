"""What is usual of one rate at each slot of the week, and how far from it the rate usually is.

A count is compared as a root (Anscombe 1948: 2 sqrt(n + 3/8) of a Poisson count has a variance near 1 whatever its
mean), so that a busy evening and a quiet morning are judged by one measure. How the differences are spread is learned
by a `river` Gaussian. Kept as plain numbers: a river object is made from them for every bucket, so that a restart
between two buckets changes not a bit.
"""

import json
import math
from dataclasses import dataclass, field

from river.proba import Gaussian

from services.analytics.domain.cells import pack_json
from services.analytics.domain.rates import AnomalyParameters

MINUTES_A_DAY = 1_440
THURSDAY = 3
"""Weekday of 1 January 1970, Monday being 0. Days are UTC: a weekend is shifted by the city's offset, each alike."""
SATURDAY = 5
_CLIP = 4.0
"""Standard deviations beyond which a surprise teaches no more: what is odd must not become usual at once."""


@dataclass(slots=True)
class Slot:
    """A slot of the day: (times seen, mean count) on each weekday, and on working days and weekends."""

    week: list[tuple[int, float]] = field(default_factory=lambda: [(0, 0.0)] * 7)
    kind: list[tuple[int, float]] = field(default_factory=lambda: [(0, 0.0)] * 2)

    def pack(self) -> bytes:
        """Bytes of the slot."""
        return pack_json([self.week, self.kind])

    @staticmethod
    def unpack(data: bytes) -> "Slot":
        """Slot out of its bytes."""
        week, kind = json.loads(data)
        return Slot([(seen, mean) for seen, mean in week], [(seen, mean) for seen, mean in kind])


@dataclass(slots=True)
class Noise:
    """The spread of surprises as numbers (how many, mean, variance), the latest ones, and the last bucket judged."""

    seen: float = 0.0
    mean: float = 0.0
    variance: float = 0.0
    latest: list[float] = field(default_factory=list)
    bucket: int | None = None

    def pack(self) -> bytes:
        """Bytes of the noise."""
        return pack_json([self.seen, self.mean, self.variance, self.latest, self.bucket])

    @staticmethod
    def unpack(data: bytes) -> "Noise":
        """Noise out of its bytes."""
        return Noise(*json.loads(data))

    def scorer(self) -> Gaussian:
        """The Gaussian that was fitted so far."""
        return Gaussian._from_state(self.seen, self.mean, self.variance, ddof=1) if self.seen > 1 else Gaussian()  # noqa: SLF001 - river's only way to make one from numbers

    def learn(self, surprise: float, memory: int) -> None:
        """Fit one more; those before weigh as ``memory`` of them at most."""
        self.seen = min(self.seen, float(memory))
        fitted = self.scorer()
        if self.seen == 1:
            fitted.update(self.mean)
        fitted.update(surprise)
        self.seen, self.mean, self.variance = float(fitted.n_samples), float(fitted.mu), float(fitted.sigma) ** 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """One bucket: what was usual, and how many standard deviations the latest buckets are above it."""

    usual: float
    deviations: float


class Usual:
    """One rate. `judge` is called for every bucket in order of time."""

    def __init__(self, parameters: AnomalyParameters, bucket_minutes: int) -> None:
        self._parameters = parameters
        self._a_day = MINUTES_A_DAY // bucket_minutes
        self.slots: dict[int, Slot] = {}
        self.noise = Noise()

    def slot(self, bucket: int) -> int:
        """Slot of the day of a bucket, which is counted from 1970."""
        return bucket % self._a_day

    def judge(self, bucket: int, count: int) -> Judgement | None:
        """Compare a bucket with what is usual, then learn from it; None while that is not known yet."""
        parameters, noise = self._parameters, self.noise
        slot = self.slots.setdefault(self.slot(bucket), Slot())
        weekday = (bucket // self._a_day + THURSDAY) % 7
        kind = int(weekday >= SATURDAY)
        judged: Judgement | None = None
        learned = float(count)
        if noise.bucket is not None and bucket != noise.bucket + 1:
            noise.latest.clear()
        if slot.kind[kind][0] >= parameters.warm_up_days:
            usual = self._expected(slot, weekday, kind)
            surprise = 2 * (math.sqrt(count + 0.375) - math.sqrt(usual + 0.375))
            noise.latest = [*noise.latest, surprise][-parameters.buckets_together :]
            together = math.fsum(noise.latest) / len(noise.latest)
            if noise.seen >= parameters.warm_up_buckets:
                spread = max(noise.scorer().sigma, parameters.smallest_noise)
                judged = Judgement(usual, (together - noise.mean) / spread)
                together = noise.mean + max(-_CLIP, min(_CLIP, judged.deviations)) * spread
                if abs(judged.deviations) >= parameters.threshold:
                    learned = usual
            noise.learn(together, parameters.noise_buckets)
        slot.week[weekday] = _moved(slot.week[weekday], learned, parameters.forget_weeks)
        slot.kind[kind] = _moved(slot.kind[kind], learned, parameters.forget_days)
        noise.bucket = bucket
        return judged

    def _expected(self, slot: Slot, weekday: int, kind: int) -> float:
        """Mean of this slot of the week, and of the slot on days of its kind while few weeks are known."""
        weeks, of_week = slot.week[weekday]
        _, of_kind = slot.kind[kind]
        weight = self._parameters.week_weight
        return (weeks * of_week + weight * of_kind) / (weeks + weight)


def _moved(known: tuple[int, float], value: float, forget: float) -> tuple[int, float]:
    seen, mean = known
    return seen + 1, mean + (value - mean) * max(1 / (seen + 1), 1 / forget)

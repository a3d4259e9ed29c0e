"""Faust consumers are known to die slowly (NOTES §1): a process that stops consuming while lag exists must end."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from streamkit import metrics
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import Fatal
from streamkit.positions import Positions
from streamkit.settings import KafkaSettings

LOOK_EVERY_S = 2.0
ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class StallPolicy:
    """How long nothing may be consumed while something is there; longer at the start, while state is read back."""

    limit_s: float
    restore_limit_s: float = 180.0

    def limit(self, applied: Mapping[tuple[str, int], int]) -> float:
        """Seconds to wait for the next movement after this one."""
        return self.limit_s if applied else max(self.limit_s, self.restore_limit_s)


@dataclass(slots=True)
class StallState:
    """What was applied when it last moved, and when that was."""

    applied: Positions = field(default_factory=dict)
    moved_at: float | None = None


def stalled(
    policy: StallPolicy, state: StallState, applied: Mapping[tuple[str, int], int], lag: int, now: float
) -> bool:
    """Whether consumption has stood still for too long; remembers movement in ``state``."""
    if state.moved_at is None or lag == 0 or dict(applied) != state.applied:
        state.applied, state.moved_at = dict(applied), now
        return False
    return now - state.moved_at > policy.limit(applied)


class Watchdog:
    """Looks at the ends of all topics, sets the lag metric, and ends the process when consumption stopped."""

    def __init__(
        self,
        settings: KafkaSettings,
        clock: Clock,
        policy: StallPolicy,
        group: str,
        topics: Collection[str],
        partitions: int,
        applied: Callable[[], Positions],
    ) -> None:
        self._admin = AdminClient(settings.client())
        self._clock = clock
        self._policy = policy
        self._group = group
        self._asked = {
            TopicPartition(topic, partition): OffsetSpec.latest()  # type: ignore[no-untyped-call]
            for topic in topics
            for partition in range(partitions)
        }
        self._applied = applied

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop.

        Raises:
            Fatal: nothing was consumed for the limit though there was something to consume.

        """
        state = StallState()
        while not stop.is_set():
            ends = await asyncio.to_thread(self._ends)
            applied = self._applied()
            if ends is not None:
                lag = self._measure(ends, applied)
                if stalled(self._policy, state, applied, lag, self._clock.monotonic()):
                    raise Fatal(f"nothing consumed for {self._policy.limit(applied):g} s with {lag} records waiting")
            await sleep_or_stop(self._clock, LOOK_EVERY_S, stop)

    def _measure(self, ends: Positions, applied: Positions) -> int:
        total = 0
        for (topic, partition), end in ends.items():
            lag = max(0, end - applied.get((topic, partition), 0))
            metrics.LAG.labels(self._group, topic, str(partition)).set(lag)
            total += lag
        return total

    def _ends(self) -> Positions | None:
        """End offsets; None while the broker does not answer: that is not the consumer's fault."""
        futures = self._admin.list_offsets(
            self._asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=ASK_S
        )
        try:
            return {(place.topic, place.partition): future.result(ASK_S).offset for place, future in futures.items()}
        except Exception:  # noqa: BLE001 - whatever the client raises here means that the broker is away
            return None

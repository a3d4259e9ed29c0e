"""Faust consumers are known to die slowly (NOTES §1): a process that stops consuming while lag exists must end.

So must one that no longer reads a single partition: ticks and heartbeats go on moving others meanwhile.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from confluent_kafka.admin import AdminClient

from streamkit import metrics
from streamkit.broker import offsets
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import Fatal
from streamkit.positions import Positions
from streamkit.settings import KafkaSettings

LOOK_EVERY_S = 2.0
ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class StallPolicy:
    """How long nothing may be consumed while something is there; longer where state is read back meanwhile.

    As long may one partition stand still: who catches up reads all of them in turn, some chunks of each.
    """

    limit_s: float
    restore_limit_s: float = 180.0

    def limit(self, state: "StallState") -> float:
        """Seconds to wait for the next movement."""
        return max(self.limit_s, self.restore_limit_s) if state.restoring or not state.applied else self.limit_s


@dataclass(frozen=True, slots=True)
class Progress:
    """Partitions that this worker holds, None while it has not been told; how far it is."""

    held: Collection[int] | None
    applied: Positions


@dataclass(slots=True)
class StallState:
    """What was applied when it last moved, when that was, and whether partitions were given to us since."""

    applied: Positions = field(default_factory=dict)
    moved_at: float | None = None
    restoring: bool = False


def stalled(policy: StallPolicy, state: StallState, progress: Progress, lag: int, now: float) -> bool:
    """Whether consumption has stood still for too long; remembers movement in ``state``."""
    if state.moved_at is None or lag == 0 or progress.applied != state.applied:
        state.applied, state.moved_at, state.restoring = dict(progress.applied), now, progress.held is None
        return False
    state.restoring |= progress.held is None
    return now - state.moved_at > policy.limit(state)


@dataclass(slots=True)
class PlaceState:
    """Of each partition of a topic that has records waiting: where it stands, and since when."""

    since: dict[tuple[str, int], tuple[int, float]] = field(default_factory=dict)


def stuck(
    policy: StallPolicy, state: PlaceState, progress: Progress, ends: Positions, now: float
) -> Sequence[tuple[str, int]]:
    """Partitions held that stood still for too long with records waiting; remembers the others in ``state``."""
    found = []
    stands: dict[tuple[str, int], tuple[int, float]] = {}
    for place, end in ends.items():
        at = progress.applied.get(place, 0)
        if progress.held is None or place[1] not in progress.held or at >= end:
            continue
        known = state.since.get(place)
        stands[place] = known if known is not None and known[0] == at else (at, now)
        if now - stands[place][1] > max(policy.restore_limit_s, policy.limit_s):
            found.append(place)
    state.since = stands
    return found


def refuse_new_topics(applied: Positions, ends: Positions) -> None:
    """Raise `Fatal` where the state is ahead of a topic: nothing of it would be read until it has caught up."""
    for place, end in ends.items():
        if applied.get(place, 0) > end:
            topic, partition = place
            raise Fatal(
                f"the state is at offset {applied[place]} of {topic}:{partition}, which ends at {end}: the topic was "
                "made anew; delete the service's changelog, or give it another LUNA_ANALYTICS__GROUP"
            )


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
        progress: Callable[[], Progress],
    ) -> None:
        self._admin = AdminClient(settings.client())
        self._clock = clock
        self._policy = policy
        self._group = group
        self._asked = [(topic, partition) for topic in topics for partition in range(partitions)]
        self._progress = progress

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop.

        Raises:
            Fatal: nothing was consumed for the limit though there was something to consume, of all partitions or of
                one, or a topic was made anew.

        """
        state, places = StallState(), PlaceState()
        while not stop.is_set():
            before = self._progress().applied
            ends = await asyncio.to_thread(self._ends)
            progress = self._progress()
            if ends is not None:
                refuse_new_topics(before, ends)
                lag = self._measure(ends, progress)
                if stalled(self._policy, state, progress, lag, self._clock.monotonic()):
                    raise Fatal(f"nothing consumed for {self._policy.limit(state):g} s with {lag} records waiting")
                for place in stuck(self._policy, places, progress, ends, self._clock.monotonic()):
                    if await self._has_records(place, ends[place]):
                        since = places.since[place][1]
                        waited = self._clock.monotonic() - since
                        raise Fatal(f"{place[0]}:{place[1]} stood still for {waited:.0f} s with records waiting")
            await sleep_or_stop(self._clock, LOOK_EVERY_S, stop)

    def _measure(self, ends: Positions, progress: Progress) -> int:
        """Records waiting for this worker: those of the partitions it holds, all while it may be stuck before that."""
        total = 0
        for (topic, partition), end in ends.items():
            if progress.held is not None and partition not in progress.held:
                continue
            lag = max(0, end - progress.applied.get((topic, partition), 0))
            metrics.LAG.labels(self._group, topic, str(partition)).set(lag)
            total += lag
        return total

    async def _has_records(self, place: tuple[str, int], end: int) -> bool:
        """Whether anything is there before the end: what expired unread is waiting for nobody."""
        first = await asyncio.to_thread(self._ends, beginnings=True)
        return first is not None and first[place] < end

    def _ends(self, *, beginnings: bool = False) -> Positions | None:
        """End offsets, or first ones; None while the broker does not answer: that is not the consumer's fault."""
        try:
            return offsets(self._admin, self._asked, ASK_S, beginnings=beginnings)
        except Exception:  # noqa: BLE001 - whatever the client raises here means that the broker is away
            return None

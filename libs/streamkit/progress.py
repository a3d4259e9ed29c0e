"""What a service says of itself on system_metrics: `service.progress`, how far it has come, and `service.heartbeat`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from streamkit.clock import Clock, sleep_or_stop
from streamkit.identity import hash_id
from streamkit.positions import Positions, print_positions
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

TOPIC = "system_metrics"


@dataclass(frozen=True, slots=True)
class ProgressPolicy:
    """How often: progress often enough that nobody waits for it, seldom enough to cost nothing."""

    least_pause_s: float = 0.02
    heartbeat_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Run, branch and simulated time of what was handled last."""

    run_id: str = ""
    branch: int = 0
    simulation_time: int = 0
    world: str = "dining"
    city: str = "new_york"


class Publisher(Protocol):
    """The part of a producer that progress needs."""

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        """Publish and wait for the reports."""
        ...


class Progress:
    """Publishes progress after every batch, at most every `least_pause_s`, always the last; and heartbeats.

    A heartbeat repeats the positions, so whoever starts later learns them within `heartbeat_s`.
    """

    def __init__(
        self, service: str, instance: str, publisher: Publisher, clock: Clock, policy: ProgressPolicy | None = None
    ) -> None:
        self._service = service
        self._instance = instance
        self._publisher = publisher
        self._clock = clock
        self._policy = policy or ProgressPolicy()
        self._positions: Positions = {}
        self._moment = Moment()
        self._changed = asyncio.Event()
        self._ordinal = 0

    @property
    def positions(self) -> Positions:
        """Positions noted so far."""
        return dict(self._positions)

    def identify(self, **moment: object) -> None:
        """Set fields of the moment by hand, where no batch tells them."""
        self._moment = replace(self._moment, **moment)  # type: ignore[arg-type]

    def observe(self, batch: Batch) -> None:
        """Take run, branch and simulated time from the last record of a batch."""
        if len(batch):
            names = ("run_id", "branch", "simulation_time", "world", "city")
            self._moment = Moment(**dict(zip(names, batch.frame.select(names).row(-1), strict=True)))

    def note(self, positions: Positions) -> None:
        """Offsets up to which everything is consumed and its outputs acknowledged; replaces what these places had.

        News of `system_metrics` alone waits for the next heartbeat: our own progress is read there too, and telling
        of it at once would go on for ever.
        """
        news = any(self._positions.get(place) != offset for place, offset in positions.items() if place[0] != TOPIC)
        self._positions |= positions
        if news:
            self._changed.set()

    def lost(self) -> None:
        """No partition is ours any more: stop speaking for them."""
        self._positions = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop, the last progress included."""
        beat_at = self._clock.monotonic()
        while not stop.is_set():
            now = self._clock.monotonic()
            if now >= beat_at:
                beat_at = now + self._policy.heartbeat_s
                await self._publish(("service.heartbeat", "service.progress"))
            elif self._changed.is_set():
                await self._publish(("service.progress",))
            await sleep_or_stop(self._clock, self._policy.least_pause_s, stop)
            if not self._changed.is_set():
                await self._wait(beat_at - self._clock.monotonic(), stop)
        if self._changed.is_set():
            await self._publish(("service.progress",))

    async def _wait(self, seconds: float, stop: asyncio.Event) -> None:
        changing = asyncio.ensure_future(self._changed.wait())
        resting = asyncio.ensure_future(sleep_or_stop(self._clock, max(seconds, 0.0), stop))
        try:
            await asyncio.wait((changing, resting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            changing.cancel()
            resting.cancel()

    async def _publish(self, event_types: tuple[str, ...]) -> None:
        self._changed.clear()
        rows = []
        for event_type in event_types:
            if event_type == "service.progress" and not self._positions:
                continue
            self._ordinal += 1
            wall_time = self._clock.now_us()
            rows.append(
                {
                    "event_id": hash_id(self._service, self._instance, wall_time, self._ordinal, event_type),
                    "event_type": event_type,
                    "source": self._service,
                    "instance": self._instance,
                    "wall_time": wall_time,
                    "positions": print_positions(self._positions) if event_type == "service.progress" else None,
                    "run_id": self._moment.run_id,
                    "branch": self._moment.branch,
                    "simulation_time": self._moment.simulation_time,
                    "world": self._moment.world,
                    "city": self._moment.city,
                }
            )
        if rows:
            await self._publisher.publish([Outgoing.from_rows(TOPIC, rows)])

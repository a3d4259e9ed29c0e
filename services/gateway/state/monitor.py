"""Sliding rates and latency of the live branch, and the figures of `/admin/stats`."""

from collections import deque
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from services.gateway.state.chunk import Chunk
from services.gateway.state.counters import ENTITY_TOPICS
from services.gateway.state.ledger import Ledger
from services.gateway.state.rates import Latencies, Rate
from services.gateway.state.times import iso
from streamkit import metrics
from streamkit.clock import Clock

_WINDOW_S = 10
_BOOKINGS_WINDOW_S = 60
_LIVING = ("running", "paused")
_COURSE_SAMPLES = 300
"""Of the figures of each second: what a chart shows."""


class Monitor:
    """Watches what arrives and what goes out. ``clients`` tells how many are connected, by kind."""

    def __init__(self, ledger: Ledger, clock: Clock, clients: Callable[[], Mapping[str, int]]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._clients = clients
        started = clock.monotonic()
        watched = [name for name in ledger.catalogue.topics_read_by("gateway") if name not in ENTITY_TOPICS]
        self._rates = {name: Rate(_WINDOW_S, started) for name in watched}
        self._confirmed = Rate(_BOOKINGS_WINDOW_S, started)
        self._live_since: int | None = None
        self._recommended = Rate(_WINDOW_S, started)
        self._latencies = Latencies()
        self._telling: tuple[object, object] = (None, None)
        self._noted, self._unlived = -1, started
        self._course: deque[dict[str, object]] = deque(maxlen=_COURSE_SAMPLES)

    def arrived(self, chunk: Chunk, events: int) -> None:
        """Count live records, ``events`` of them events of the city; what is read while catching up is no rate."""
        if not self._ledger.caught_up:
            return
        now = self._clock.monotonic()
        if events:
            self._rates[chunk.topic].add(now, events)
        if chunk.topic == "bookings":
            self._confirm(chunk, now)
        elif chunk.topic == "recommendations":
            self._recommended.add(now, len(chunk))

    def _confirm(self, chunk: Chunk, now: float) -> None:
        """Count tables of the live phase: those of a backfill would stand in the figure for a minute after it."""
        live_since = self._ledger.city.simulation.live_since
        if live_since != self._live_since:
            self._confirmed, self._live_since = Rate(_BOOKINGS_WINDOW_S, now), live_since
        confirmed = (chunk.frame["event_type"] == "booking.confirmed").to_numpy()
        if live_since is not None:
            self._confirmed.add(now, int((confirmed & _live(chunk, live_since)).sum()))

    def sent(self, chunk: Chunk) -> None:
        """Measure record timestamp → fan-out, for records of the live phase only."""
        live_since = self._ledger.city.simulation.live_since
        if live_since is None or not self._ledger.caught_up:
            return
        stamped = chunk.timestamps_ms[_live(chunk, live_since)]
        milliseconds = np.maximum(self._clock.now_us() / 1000 - stamped, 0.0)
        self._latencies.add(self._clock.monotonic(), milliseconds)
        for value in milliseconds[:50]:  # enough for the histogram; the summary has them all
            metrics.EVENT_LATENCY.observe(float(value) / 1000)

    def brief(self) -> dict[str, object]:
        """Figures of `/simulation/metrics` and of the realtime stream."""
        now = self._clock.monotonic()
        state = self._ledger.city.simulation
        return {
            "events_per_second": round(sum(rate.per_second(now) for rate in self._rates.values()), 2),
            "bookings_per_minute": round(self._confirmed.per_second(now) * 60, 1),
            "recommendations_per_second": self._recommended.per_second(now),
            "active_users": state.active_users,
            "simulation_time": iso(state.simulation_time),
            "speed_target": state.speed_target,
            "speed_achieved": state.speed_achieved,
            "rate_target": state.rate_target,
            "rate_achieved": state.rate_achieved,
            "reason": state.reason,
            "phase": state.phase,
            "population": state.population,
            "scenario": ",".join(sorted(state.scenarios)) or None,
        }

    def stats(self) -> dict[str, object]:
        """Figures of `/admin/stats`."""
        now = self._clock.monotonic()
        city = self._ledger.city
        totals = {**city.counters.totals(), "users": len(city.users), "venues": len(city.venues)}
        services = self._ledger.services
        return {
            **city.simulation.printable(),
            "time_zone": city.time_zone,
            "events": city.counters.printable(),
            "totals": totals,
            **self.brief(),
            "topic_rates": {name: rate.per_second(now) for name, rate in self._rates.items()},
            "conversion": {name: totals[name] for name in _FUNNEL},
            "dlq": services.dead_letters,
            "lag": services.lag(),
            "services": services.alive(self._clock.now_us()),
            "latency_ms": self._latencies.summary(now),
            "clients": self._clients(),
            **self.condition(),
        }

    def beat(self) -> dict[str, object]:
        """Figures as `stats`; the course of those of a living city is kept, one a second.

        What a backfill, a journey or our own catching up told has to have left all windows.
        """
        stats, now = self.stats(), self._clock.monotonic()
        telling = (stats["run_id"], stats["branch"])
        unlived = stats["phase"] not in _LIVING or not stats["caught_up"]
        if telling != self._telling or unlived:
            self._course.clear()
            self._telling = telling
            self._unlived = now
        elif now - self._unlived > _WINDOW_S and int(now) != self._noted:
            self._course.append({name: stats[name] for name in _COURSE})
            self._noted = int(now)
        return stats

    def course(self) -> dict[str, object]:
        """What was counted in the last minutes of the live branch, oldest first."""
        run_id, branch = self._telling
        return {"run_id": run_id, "branch": branch, "samples": list(self._course)}

    def state(self) -> dict[str, object]:
        """State of the simulation, and whether what we know of it is current."""
        city = self._ledger.city
        return {**city.simulation.printable(), "time_zone": city.time_zone, **self.condition()}

    def condition(self) -> dict[str, object]:
        """Whether the gateway has caught up, reaches Kafka, and its wall clock."""
        return {
            "caught_up": self._ledger.caught_up,
            "connected": self._ledger.connected,
            "wall_time": iso(self._clock.now_us()),
        }


def _live(chunk: Chunk, live_since: int) -> NDArray[np.bool_]:
    """Which records were written since the city lives, by the wall clock; a backfill's bear the simulated time."""
    return chunk.timestamps_ms >= live_since // 1000


_FUNNEL = ("sessions", "views", "interests", "bookings_requested", "bookings_confirmed", "visits", "reviews")

_COURSE = (
    "wall_time", "simulation_time", "events_per_second", "bookings_per_minute", "recommendations_per_second",
    "active_users", "population", "scenarios", "topic_rates", "conversion", "dlq", "lag", "latency_ms",
)  # fmt: skip

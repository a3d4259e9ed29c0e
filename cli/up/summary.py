"""The summary of a demo: what happened in the city, and whether every part of it lived. Pure; fed by the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LIVING_TOPICS = (
    "user_actions",
    "social_interactions",
    "bookings",
    "recommendations",
    "environment",
    "system_metrics",
    "simulation_control",
    "users",
    "venues",
    "preferences",
    "journeys",
)
"""Topics on which a living city has events; questions, replays and ground truth come only when somebody acts."""

_COUNTS = {
    "sessions": ("user_actions", "session.started"),
    "recommendations generated": ("recommendations", "recommendation.generated"),
    "recommendations accepted": ("user_actions", "recommendation.accepted"),
    "bookings requested": ("bookings", "booking.requested"),
    "bookings confirmed": ("bookings", "booking.confirmed"),
    "bookings declined": ("bookings", "booking.declined"),
    "bookings expired": ("bookings", "booking.expired"),
    "visits": ("user_actions", "visit.started"),
    "reviews": ("user_actions", "review.submitted"),
}
_NEVER_ZERO = ("sessions", "recommendations generated", "recommendations accepted", "bookings confirmed", "visits")


@dataclass(frozen=True)
class Summary:
    """What the gateway counted, and how the services fared."""

    events: Mapping[str, int]
    counts: Mapping[str, int]
    dlq: Mapping[str, int]
    lag: Mapping[str, int]
    latency_ms: Mapping[str, float | None]
    restarts: Mapping[str, int]
    down: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def failures(self) -> list[str]:
        """What did not live, a line each; empty where all did."""
        found = [f"{name} does not run" for name in self.down]
        found += [f"{name} ended {times} times by itself" for name, times in self.restarts.items() if times]
        found += [f"no events on {topic}" for topic in LIVING_TOPICS if not self.events.get(topic)]
        found += [f"no {name}" for name in _NEVER_ZERO if not self.counts.get(name)]
        found += [f"{records} records on the DLQ of {topic}" for topic, records in self.dlq.items() if records]
        found += [f"{name} is {records} records behind" for name, records in self.lag.items() if records]
        return found

    def printable(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **self.about,
            "events": dict(self.events),
            **{name.replace(" ", "_"): value for name, value in self.counts.items()},
            "dlq": dict(self.dlq),
            "lag": dict(self.lag),
            "latency_ms": dict(self.latency_ms),
            "restarts": dict(self.restarts),
            "failures": self.failures(),
            "ok": not self.failures(),
        }


def summarise(stats: Mapping[str, Any], restarts: Mapping[str, int], down: list[str]) -> Summary:
    """From the gateway's ``/admin/stats`` and the supervisor's own knowledge."""
    events: Mapping[str, Mapping[str, int]] = stats.get("events", {})
    counts = {name: int(events.get(topic, {}).get(kind, 0)) for name, (topic, kind) in _COUNTS.items()}
    decided = ("bookings confirmed", "bookings declined", "bookings expired")
    counts["bookings on a waiting list"] = max(counts["bookings requested"] - sum(counts[name] for name in decided), 0)
    counts["preference updates"] = sum(events.get("preferences", {}).values())
    about = {name: stats.get(name) for name in ("run_id", "branch", "phase", "simulation_time", "population")}
    return Summary(
        events={topic: sum(kinds.values()) for topic, kinds in events.items()},
        counts=counts,
        dlq=_numbers(stats.get("dlq", {})),
        lag=_numbers(stats.get("lag", {})),
        latency_ms=dict(stats.get("latency_ms", {})),
        restarts=dict(restarts),
        down=tuple(down),
        about=about,
    )


def _numbers(figures: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(value) for name, value in figures.items() if value is not None}

"""What is said of a closed window, and of any stretch of time that is asked about."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from services.analytics.domain.aggregates.durations import quantile
from services.analytics.domain.aggregates.kinds import DIMENSIONS
from services.analytics.domain.aggregates.merging import Merged

Figure: TypeAlias = tuple[str, str | None, str | None]
"""(metric, dimension, value of the dimension)."""

Said: TypeAlias = tuple[Figure, int, float]
"""A figure, its count, its value."""

Kinds: TypeAlias = Counter[tuple[str, str]]

COUNTS: Mapping[str, str] = {"sessions": "session.started", "invites": "invite.sent", "bookings": "booking.requested"}
"""Metrics that count one type of record, in total and by every dimension."""


def ratio(part: int, whole: int) -> float | None:
    """Share to six places, None where there is nothing to divide by."""
    return round(part / whole, 6) if whole else None


def by_type(kinds: Kinds) -> dict[str, int]:
    """Records by type, sorted."""
    found: Counter[str] = Counter()
    for (_, kind), count in kinds.items():
        found[kind] += count
    return dict(sorted(found.items()))


def by_topic(kinds: Kinds) -> dict[str, int]:
    """Records by topic, sorted."""
    found: Counter[str] = Counter()
    for (topic, _), count in kinds.items():
        found[topic] += count
    return dict(sorted(found.items()))


def published(width: str, merged: Merged, seconds: int, registered: int, steps: Mapping[str, int]) -> Iterator[Said]:
    """Every figure of a closed window, in a fixed order. ``steps`` are people by step of the funnel."""
    types = by_type(merged.kinds)
    yield from _plain("events", merged.kinds.total(), None, None)
    for topic, count in by_topic(merged.kinds).items():
        yield from _plain("events", count, "topic", topic)
    for kind, count in types.items():
        yield from _plain("events", count, "event_type", kind)
    yield from _plain("active_users", merged.active, None, None)
    yield from _ratios(types, seconds)
    if width == "minute":
        return
    for metric, kind in COUNTS.items():
        yield from _plain(metric, types.get(kind, 0), None, None)
    for dimension in DIMENSIONS:
        for value, kinds in sorted(merged.split.get(dimension, {}).items()):
            yield from _split(kinds, dimension, value)
    if registered:
        yield ("engagement", None, None), merged.active, round(merged.active / registered, 6)
    yield from _measured(merged, types.get("group.formed", 0))
    for step, people in steps.items():
        yield from _plain("funnel", people, "step", step)


def _split(kinds: Kinds, dimension: str, value: str) -> Iterator[Said]:
    yield from _plain("events", kinds.total(), dimension, value)
    types = by_type(kinds)
    for metric, kind in COUNTS.items():
        if kind in types:
            yield from _plain(metric, types[kind], dimension, value)


def _measured(merged: Merged, groups: int) -> Iterator[Said]:
    if groups:
        yield ("group_size", None, None), groups, round(merged.sums["group_people"] / groups, 6)
    for name in ("invite_response", "booking_response"):
        bins = merged.bins.get(name, {})
        if bins:
            yield (f"{name}_seconds", None, None), sum(bins.values()), quantile(bins, 0.5) or 0.0


def _plain(metric: str, count: int, dimension: str | None, value: str | None) -> Iterator[Said]:
    yield (metric, dimension, value), count, float(count)


def _ratios(types: Mapping[str, int], seconds: int) -> Iterator[Said]:
    booked, wanted = types.get("booking.requested", 0), types.get("interest.expressed", 0)
    if wanted:
        yield ("conversion", None, None), booked, round(booked / wanted, 6)
    accepted, ignored = types.get("recommendation.accepted", 0), types.get("recommendation.ignored", 0)
    if accepted + ignored:
        yield ("acceptance", None, None), accepted, round(accepted / (accepted + ignored), 6)
    proposed = types.get("recommendation.generated", 0)
    if proposed:
        yield ("recommendations_per_second", None, None), proposed, round(proposed / seconds, 6)


def answered(merged: Merged, seconds: int, registered: int | None, kinds: Kinds | None = None) -> dict[str, Any]:
    """Figures as answers give them. ``kinds``: only these records are meant, so what they cannot divide is null."""
    counted = merged.kinds if kinds is None else kinds
    types = by_type(counted)
    whole = kinds is None
    groups = types.get("group.formed", 0)
    return {
        "events": counted.total(),
        "active_users": merged.active if whole else None,
        **of_types(types, seconds),
        "by_topic": by_topic(counted),
        "by_type": types,
        "events_per_second": ratio(counted.total(), seconds),
        "engagement": ratio(merged.active, registered) if whole and registered else None,
        "registered_users": registered,
        "average_group_size": ratio(merged.sums["group_people"], groups) if whole else None,
        "response_seconds": {
            "invites": waiting(merged.bins.get("invite_response", {})),
            "bookings": waiting(merged.bins.get("booking_response", {})),
        }
        if whole
        else None,
    }


def of_types(types: Mapping[str, int], seconds: int) -> dict[str, Any]:
    """Every figure of an answer that follows from how many records of each type there are."""
    accepted, ignored = types.get("recommendation.accepted", 0), types.get("recommendation.ignored", 0)
    return {
        "sessions": types.get("session.started", 0),
        "invites": types.get("invite.sent", 0),
        "bookings": types.get("booking.requested", 0),
        "bookings_confirmed": types.get("booking.confirmed", 0),
        "interests": types.get("interest.expressed", 0),
        "visits": types.get("visit.started", 0),
        "reviews": types.get("review.submitted", 0),
        "recommendations": types.get("recommendation.generated", 0),
        "conversion": ratio(types.get("booking.requested", 0), types.get("interest.expressed", 0)),
        "acceptance": ratio(accepted, accepted + ignored),
        "recommendations_per_second": ratio(types.get("recommendation.generated", 0), seconds),
    }


def waiting(bins: Mapping[int, int]) -> dict[str, Any]:
    """How many waited and how long, to 2 %."""
    return {"count": sum(bins.values()), "median": quantile(bins, 0.5), "p90": quantile(bins, 0.9)}

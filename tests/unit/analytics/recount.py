"""Every published figure counted again by polars from whole topics, knowing nothing of how analytics counts."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import polars as pl

MINUTE = 60_000_000
WIDTHS = {"minute": MINUTE, "hour": 60 * MINUTE, "day": 1_440 * MINUTE}
COUNTED = ("user_actions", "social_interactions", "bookings", "recommendations", "environment")
METRICS = {"sessions": "session.started", "invites": "invite.sent", "bookings": "booking.requested"}
STEPS = {
    "browse": ["session.started", "venue.browsed", "venue.viewed", "venue.saved"],
    "interest": ["interest.expressed"],
    "invite": ["invite.sent"],
    "booking": ["booking.requested"],
    "visit": ["visit.started"],
    "review": ["review.submitted"],
}

MEDIANS = ("invite_response_seconds", "booking_response_seconds")
"""Figures whose value is read from a histogram: compared by `waiting`, to 2 %."""

TASTE_FIGURES = frozenset({"preference_shift", "preference_shift_rate", "social_influence"})
"""Sizes of single shifts depend on how topics interleave, so no recount has them: test_shifts holds their sums."""

Key: TypeAlias = tuple[str, str | None, str | None, int, int]
"""Metric, dimension, its value, start and end of the window."""

Figures: TypeAlias = dict[Key, tuple[int, float]]

_COLUMNS = {
    "event_id": pl.String, "event_type": pl.String, "simulation_time": pl.Int64, "user_id": pl.String,
    "venue_id": pl.String, "latency_seconds": pl.Int64, "party_size": pl.Int64, "booking_id": pl.String,
}  # fmt: skip


def joined(topics: Mapping[str, pl.DataFrame], users: pl.DataFrame, venues: pl.DataFrame) -> pl.DataFrame:
    """All records of the counted topics once each, with persona, category and borough."""
    parts = []
    for topic in COUNTED:
        frame = topics[topic]
        columns = [
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in _COLUMNS.items()
        ]
        parts.append(frame.select(columns).with_columns(topic=pl.lit(topic)))
    people = users.unique("user_id", keep="last").select("user_id", "persona", home="borough")
    places = venues.unique("venue_id", keep="last").select("venue_id", "category", place="borough")
    return (
        pl.concat(parts)
        .unique(["topic", "event_id"], keep="first", maintain_order=True)
        .join(people, on="user_id", how="left")
        .join(places, on="venue_id", how="left")
        .with_columns(
            persona=pl.when(pl.col("user_id").is_not_null()).then(pl.col("persona").fill_null("unknown")),
            category=pl.when(pl.col("venue_id").is_not_null()).then(pl.col("category").fill_null("unknown")),
            borough=pl.when(pl.col("venue_id").is_not_null())
            .then(pl.col("place").fill_null("unknown"))
            .when(pl.col("user_id").is_not_null())
            .then(pl.col("home").fill_null("unknown")),
        )
    )


def recount(records: pl.DataFrame, users: pl.DataFrame) -> Figures:
    """All figures of all windows but the medians of waiting times."""
    registered = users.unique("user_id", keep="last")["registered_at"]
    found: Figures = {}
    for width, length in WIDTHS.items():
        for (start,), part in records.with_columns(at=pl.col("simulation_time") // length).group_by("at"):
            window = int(str(start)) * length, (int(str(start)) + 1) * length
            joined_by_then = int((registered < window[1]).sum())
            for (metric, dimension, value), count, figure in _figures(width, part, length // 1_000_000, joined_by_then):
                found[metric, dimension, value, *window] = (count, figure)
    return found


def _figures(width: str, part: pl.DataFrame, seconds: int, registered: int) -> Iterator[tuple[Any, int, float]]:
    types: dict[str, int] = dict(part["event_type"].value_counts().iter_rows())
    active: int = part.filter(pl.col("topic") == "user_actions")["user_id"].drop_nulls().n_unique()
    yield ("events", None, None), part.height, float(part.height)
    for dimension, column in (("topic", "topic"), ("event_type", "event_type")):
        for value, count in part[column].value_counts().iter_rows():
            yield ("events", dimension, value), count, float(count)
    yield ("active_users", None, None), active, float(active)
    yield from _ratios(types, seconds)
    if width != "minute":
        yield from _broken_down(part, types)
        if registered:
            yield ("engagement", None, None), active, round(active / registered, 6)
        groups = part.filter(pl.col("event_type") == "group.formed")["party_size"]
        if len(groups):
            yield ("group_size", None, None), len(groups), round(float(groups.sum()) / len(groups), 6)
        for step, kinds in STEPS.items():
            people = part.filter(pl.col("event_type").is_in(kinds))["user_id"].drop_nulls().n_unique()
            yield ("funnel", "step", step), people, float(people)


def _ratios(types: Mapping[str, int], seconds: int) -> Iterator[tuple[Any, int, float]]:
    if types.get("interest.expressed"):
        booked = types.get("booking.requested", 0)
        yield ("conversion", None, None), booked, round(booked / types["interest.expressed"], 6)
    accepted, ignored = types.get("recommendation.accepted", 0), types.get("recommendation.ignored", 0)
    if accepted + ignored:
        yield ("acceptance", None, None), accepted, round(accepted / (accepted + ignored), 6)
    if made := types.get("recommendation.generated", 0):
        yield ("recommendations_per_second", None, None), made, round(made / seconds, 6)


def _broken_down(part: pl.DataFrame, types: Mapping[str, int]) -> Iterator[tuple[Any, int, float]]:
    for metric, kind in METRICS.items():
        yield (metric, None, None), types.get(kind, 0), float(types.get(kind, 0))
    for dimension in ("persona", "category", "borough"):
        chosen = part.filter(pl.col(dimension).is_not_null())
        for metric, kinds in {"events": None, **METRICS}.items():
            counted = chosen if kinds is None else chosen.filter(pl.col("event_type") == kinds)
            for value, count in counted[dimension].value_counts().iter_rows():
                yield (metric, dimension, value), count, float(count)


def waiting(records: pl.DataFrame, length: int) -> dict[tuple[str, int], list[float]]:
    """Seconds waited, sorted, by metric and start of the window of the answer."""
    answers = records.filter(pl.col("event_type").is_in(["invite.accepted", "invite.declined"]))
    invites = answers.select("simulation_time", seconds=pl.col("latency_seconds").cast(pl.Float64))
    asked = records.filter(pl.col("event_type") == "booking.requested").select("booking_id", asked="simulation_time")
    outcomes = records.filter(
        pl.col("event_type").is_in(["booking.confirmed", "booking.declined", "booking.expired"])
    ).join(asked, on="booking_id")
    bookings = outcomes.select("simulation_time", seconds=(pl.col("simulation_time") - pl.col("asked")) / 1e6)
    found: dict[tuple[str, int], list[float]] = {}
    for metric, frame in (("invite_response_seconds", invites), ("booking_response_seconds", bookings)):
        for time, seconds in frame.drop_nulls().iter_rows():
            found.setdefault((metric, time // length * length), []).append(seconds)
    return {key: sorted(times) for key, times in found.items()}


def median(times: list[float]) -> float:
    """The lower median."""
    return times[math.ceil(0.5 * len(times)) - 1]


def last_versions(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """What stands published: the highest version of each figure. Versions of one figure never repeat."""
    last: Figures = {}
    versions: dict[Key, int] = {}
    for row in rows:
        if row["metric"] in TASTE_FIGURES:
            continue
        key = row["metric"], row["dimension"], row["dimension_value"], row["window_start"], row["window_end"]
        assert row["version"] == versions.get(key, 0) + 1, key
        versions[key] = row["version"]
        last[key] = (row["count"], row["value"])
    return last

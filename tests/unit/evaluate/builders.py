"""Histories for the tests of the evaluation: written by hand, or of a tiny city."""

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cli.evaluate.history import History, generate
from services.simulator.domain.city import CityConfig

HOUR_US = 3_600_000_000
START_US = 1_780_632_000_000_000
"""Friday 2026-06-05 00:00 in New York, in µs."""

TICK_SECONDS = 300
TICKS = 3 * 288

ACTIONS = {
    "event_id": pl.String, "event_type": pl.String, "simulation_time": pl.Int64, "user_id": pl.String,
    "venue_id": pl.String, "booking_id": pl.String, "correlation_id": pl.String, "recommendation_id": pl.String,
    "latitude": pl.Float32, "longitude": pl.Float32,
}  # fmt: skip


_COORDINATES = dict.fromkeys(("latitude", "longitude", "home_latitude", "home_longitude"), pl.Float32)
ALWAYS, EVENINGS = "0-1440", "1020-1380"


def action(kind: str, hour: float, user: str = "ann", venue: str | None = None, **more: object) -> dict[str, object]:
    """An action at an hour of the history; its id is what it is."""
    return {
        "event_id": more.pop("event_id", f"{kind}/{user}/{hour}"), "event_type": kind, "user_id": user,
        "venue_id": venue, "simulation_time": START_US + int(hour * HOUR_US), "latitude": 40.7, "longitude": -74.0,
        **more,
    }  # fmt: skip


def written(
    actions: Sequence[dict[str, object]], bookings: Sequence[dict[str, object]] = (), hours: Sequence[str] = ()
) -> History:
    """Four days of two people and four venues, always open but for the first ones, if ``hours`` are given."""
    everybody = [
        {"user_id": name, "simulation_time": START_US, "home_latitude": 40.7, "home_longitude": -74.0,
         "registered_at": START_US, "run_id": "run", "branch": 0, "world": "dining", "city": "new_york"}
        for name in ("ann", "bob")
    ]  # fmt: skip
    places = [
        {"venue_id": f"v{number}", "simulation_time": START_US, "latitude": 40.7 + number * 0.02, "longitude": -74.0,
         "opening_hours": ",".join([dict(enumerate(hours)).get(number, ALWAYS)] * 7), "time_zone": "America/New_York"}
        for number in range(4)
    ]  # fmt: skip
    topics = {
        "user_actions": pl.DataFrame(list(actions), schema=ACTIONS, strict=False).sort("simulation_time"),
        "bookings": pl.DataFrame(list(bookings), schema=ACTIONS, strict=False).sort("simulation_time"),
        "social_interactions": pl.DataFrame(schema=ACTIONS),
        "users": pl.DataFrame(everybody, schema_overrides=_COORDINATES),
        "venues": pl.DataFrame(places, schema_overrides=_COORDINATES),
    }
    return History(topics, START_US, START_US + 4 * 24 * HOUR_US, "America/New_York")


def tiny(*, recommended: bool = True) -> History:
    """Three days of sixty people who do a lot, told in seconds."""
    config = CityConfig(users=60, venues=60, start=START_US, tick_seconds=TICK_SECONDS, profile="dense")
    return generate(config, 7, TICKS, lambda: None, recommended=recommended)


def exported(history: History, directory: Path) -> Path:
    """The history as `luna generate` writes it: a file a topic, moments as moments."""
    moments = ("simulation_time", "registered_at", "preferred_time", "start_time", "expires_at", "wall_time")
    for topic, frame in history.topics.items():
        (directory / topic).mkdir(parents=True)
        there = [name for name in moments if name in frame.columns]
        told = frame.with_columns(pl.col(name).cast(pl.Datetime("us", "UTC")) for name in there)
        told.write_parquet(directory / topic / "2026-06-05.parquet")
    configuration = {"start": history.start_us, "tick_seconds": TICK_SECONDS}
    manifest = {"format": "parquet", "configuration": configuration, "ticks": TICKS}
    (directory / "manifest.json").write_text(json.dumps(manifest))
    return directory

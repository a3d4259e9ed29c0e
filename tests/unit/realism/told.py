"""Small cities made by hand for the tests of the statistics."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from cli.realism.city import DAY, HOUR, City, local

ZONE: Final = "America/New_York"
START: Final = 1_780_286_400_000_000
"""Monday 1 June 2026, midnight in New York."""


def city(days: float = 60.0, people: int = 10, **tables: pl.DataFrame) -> City:
    return City(START, START + round(days * DAY), ZONE, people, tables)


def at(table: Mapping[str, Sequence[object] | np.ndarray | pl.Series], column: str = "t") -> pl.DataFrame:
    """A table with the city's clock beside its moments."""
    return pl.DataFrame(table, strict=False).with_columns(local(column, ZONE))


def visits(user: Sequence[int], venue: Sequence[int], t: Sequence[int], **more: object) -> pl.DataFrame:
    size = len(user)
    columns: dict[str, object] = {
        "category": ["restaurant"] * size,
        "latitude": [40.7 + 0.01 * one for one in venue],
        "longitude": [-73.95] * size,
        "party_size": [2] * size,
        "seconds": [3_000] * size,
        "spend": [4_000] * size,
        "booked": [False] * size,
        "booking_id": [None] * size,
        "visit_id": [str(number) for number in range(size)],
    } | more
    frame = pl.DataFrame({"user": user, "venue": venue, "t": t, **columns}, strict=False)
    typed = frame.with_columns(pl.col("user", "venue").cast(pl.UInt32), pl.col("booking_id").cast(pl.String))
    return typed.with_columns(local("t", ZONE)).sort("user", "t")


def venues(size: int, **more: object) -> pl.DataFrame:
    columns: dict[str, object] = {
        "category": ["restaurant"] * size,
        "latitude": [40.7 + 0.01 * one for one in range(size)],
        "longitude": [-73.95] * size,
        "price_tier": [1] * size,
        "rating": [4.0] * size,
        "first_rating": [4.0] * size,
        "takes_bookings": [True] * size,
        "outdoor_seating": [False] * size,
        "cuisine": ["italian"] * size,
    } | more
    frame = pl.DataFrame({"venue": range(size), **columns}, strict=False)
    return frame.with_columns(pl.col("venue").cast(pl.UInt32))


def bookings(**columns: object) -> pl.DataFrame:
    size = len(columns["t"])  # type: ignore[arg-type]
    defaults: dict[str, object] = {
        "booking_id": [str(number) for number in range(size)],
        "user": list(range(size)),
        "venue": [0] * size,
        "party_size": [2] * size,
        "reason": [None] * size,
        "cancelled_t": [None] * size,
        **{name: [False] * size for name in ("waitlisted", "declined", "cancelled", "seated", "no_show")},
        "confirmed": [True] * size,
    }
    frame = pl.DataFrame(defaults | columns, strict=False)
    start = frame.select(local("start", ZONE)).rename(
        {"hour": "start_hour", "weekday": "start_weekday", "day": "start_day"}
    )
    typed = frame.with_columns(pl.col("user", "venue").cast(pl.UInt32), pl.col("reason").cast(pl.String))
    return typed.with_columns(start.get_columns()).with_columns(local("t", ZONE))


def pairs(edges: Sequence[tuple[int, int]], times: Sequence[int] | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(edges, schema={"a": pl.UInt32, "b": pl.UInt32}, orient="row")
    return frame if times is None else frame.with_columns(pl.Series("t", times, dtype=pl.Int64))


def acts(user: Sequence[int], t: Sequence[int], kind: str = "venue.viewed") -> pl.DataFrame:
    frame = pl.DataFrame({"user": user, "t": t, "kind": [kind] * len(user)})
    return frame.with_columns(
        pl.col("user").cast(pl.UInt32), venue=pl.lit(0, pl.UInt32), session=pl.lit(None, pl.UInt32)
    ).sort("user", "t")


def people(size: int, rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "user": pl.Series(range(size), dtype=pl.UInt32),
            "registered_at": [START - DAY] * size,
            "home_latitude": 40.6 + 0.25 * rng.random(size),
            "home_longitude": -74.0 + 0.25 * rng.random(size),
            "price_tier": [2.0] * size,
        }
    )


def lively(seed: int = 5, size: int = 320, days: int = 60, places: int = 120) -> City:
    """A city with all tables, in which nothing is right but that there is something to measure."""
    rng = np.random.default_rng(seed)
    user = np.repeat(np.arange(size), days)
    noise = (rng.normal(19, 3, len(user)).clip(7, 23.9) * HOUR).astype(int)
    moment = START + np.tile(np.arange(days), size) * DAY + noise
    tables = {
        **_went(user, moment, places, rng),
        **_said(user, moment, places, rng),
        **_friends(size, rng),
        "weather": _weather(days),
        "users": people(size, rng),
        "venues": venues(places, rating=rng.random(places), price_tier=rng.integers(1, 3, places)),
        "groups": pl.DataFrame({"user": user[:200], "t": moment[:200], "party_size": 4}),
        "registrations": of_users(at({"user": np.arange(200), "t": START + np.arange(200) * HOUR})),
    }
    return City(START, START + days * DAY, ZONE, size, tables)


def of_users(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col("user").cast(pl.UInt32))


def _went(user: np.ndarray, moment: np.ndarray, places: int, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    size = len(user)
    goes = visits(
        user.tolist(),
        (places * rng.random(size) ** 3).astype(int).tolist(),
        moment.tolist(),
        category=np.where(rng.random(size) < 0.2, "bar", "restaurant").tolist(),
        party_size=rng.integers(1, 6, size).tolist(),
        booked=(rng.random(size) < 0.3).tolist(),
    )
    sessions = of_users(at({"user": user, "t": moment - HOUR, "seconds": rng.integers(10, 600, size)}))
    twice = np.repeat(user, 2), np.sort(np.repeat(moment - HOUR, 2))
    booked = bookings(
        user=user,
        t=moment - rng.integers(1, 200, size) * HOUR,
        start=moment,
        party_size=rng.integers(1, 7, size),
        seated=[True] * size,
        no_show=rng.random(size) < 0.05,
    )
    return {
        "visits": goes,
        "sessions": sessions.with_row_index("session"),
        "actions": acts(twice[0].tolist(), twice[1].tolist(), "interest.expressed"),
        "bookings": booked,
    }


def _said(user: np.ndarray, moment: np.ndarray, places: int, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    size = len(user)
    answers = {"user": user, "t": moment, "accepted": [True] * size, "seconds": rng.integers(1, 90_000, size)}
    reviews = pl.DataFrame(
        {
            "user": user,
            "venue": pl.Series(rng.integers(0, places, size), dtype=pl.UInt32),
            "t": moment,
            "rating": rng.integers(3, 6, size),
            "booked": rng.random(size) < 0.5,
        }
    )
    return {"answers": of_users(pl.DataFrame(answers)), "reviews": of_users(reviews)}


def _friends(size: int, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    drawn = rng.integers(0, size, (size * 5, 2)).tolist()
    edges = sorted({(min(pair), max(pair)) for pair in drawn if pair[0] != pair[1]})
    old = size * 4
    return {"friends": pairs(edges[:old]), "ties": pairs(edges[old:], [*range(START, START + len(edges) - old)])}


def _weather(days: int) -> pl.DataFrame:
    hours = np.arange(days * 24)
    wet = hours // 24 % 4 == 0
    sky = np.where(wet, "rain", "clear")
    return pl.DataFrame(
        {
            "t": START + hours * HOUR,
            "condition": sky,
            "celsius": 15 + 5 * np.sin(hours),
            "rain_mm": np.where(wet, 1.0, 0.0),
        }
    )

"""The Poisson null: the same people, as often, at any time, anywhere, with anybody.

Every quantity keeps its mean and nothing else: events of a person are a Poisson process at that person's own rate
(given the count, uniform times), durations are exponential, places, friends, parties and stars uniform (REALISM,
finding 3). A scorer that does not flunk this city is useless.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from cli.realism.city import SECOND, City, local

TIMED: Final = ("visits", "sessions", "actions", "answers", "invites", "reviews", "registrations", "ties")
STARS: Final = 5
TIERS: Final = 4


def null_city(city: City, seed: int = 1) -> City:
    """A city without people's regularities, from one with them; deterministic in ``seed``."""
    rng = np.random.default_rng(seed)
    tables = {name: table for name, table in city.tables.items() if name not in ("bookings", "prices")}
    for name in TIMED:
        if name in tables:
            tables[name] = _at_any_time(tables[name], city, rng)
    for name, change in (
        ("visits", _visits),
        ("sessions", _sessions),
        ("answers", _answers),
        ("reviews", _reviews),
        ("friends", _friends),
        ("ties", _ties),
        ("venues", _venues),
    ):
        if name in tables:
            tables[name] = change(tables[name], city, rng)
    if "actions" in tables and "sessions" in tables:
        tables["actions"] = _actions(tables["actions"], tables["sessions"], city, rng)
    if "bookings" in city.tables:
        tables["bookings"] = _bookings(city.tables["bookings"], city, rng)
    return replace(city, tables=tables)


def _at_any_time(table: pl.DataFrame, city: City, rng: np.random.Generator) -> pl.DataFrame:
    times = rng.integers(city.start_us, city.end_us, table.height)
    moved = table.with_columns(pl.Series("t", times))
    if "hour" in table.columns:
        moved = moved.with_columns(local("t", city.zone))
    return moved.sort(("user", "t") if "user" in table.columns else "t")


def _anywhere(city: City, size: int, rng: np.random.Generator) -> pl.DataFrame:
    venues = city.table("venues").select("venue", "latitude", "longitude", "category", "price_tier")
    return venues.gather(rng.integers(0, venues.height, size))


def _parties(sizes: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Uniform from 1 to a maximum that keeps the mean."""
    mean = float(sizes.drop_nulls().cast(pl.Float64).to_numpy().mean()) if sizes.count() else 1.0
    return pl.Series("party_size", rng.integers(1, max(round(2 * mean), 2), len(sizes)))


def _waits(values: pl.Series, rng: np.random.Generator) -> np.ndarray:
    """Exponential with the same mean."""
    known = values.drop_nulls().cast(pl.Float64).to_numpy()
    return rng.exponential(float(known.mean()) if len(known) else 1.0, len(values))


def _visits(table: pl.DataFrame, city: City, rng: np.random.Generator) -> pl.DataFrame:
    if "venues" not in city.tables or table.height == 0:
        return table
    return table.with_columns(
        *_anywhere(city, table.height, rng).get_columns(),
        _parties(table["party_size"], rng),
        pl.Series("seconds", _waits(table["seconds"], rng)),
    )


def _sessions(table: pl.DataFrame, _: City, rng: np.random.Generator) -> pl.DataFrame:
    return table.with_columns(pl.Series("seconds", _waits(table["seconds"], rng)))


def _answers(table: pl.DataFrame, _: City, rng: np.random.Generator) -> pl.DataFrame:
    return table.with_columns(pl.Series("seconds", np.ceil(_waits(table["seconds"], rng))))


def _reviews(table: pl.DataFrame, _: City, rng: np.random.Generator) -> pl.DataFrame:
    return table.with_columns(pl.Series("rating", rng.integers(1, STARS + 1, table.height)))


def _strangers(size: int, city: City, rng: np.random.Generator) -> Mapping[str, np.ndarray]:
    """As many pairs of different people, any."""
    one = rng.integers(0, city.users, size)
    other = (one + rng.integers(1, max(city.users, 2), size)) % max(city.users, 1)
    return {"a": np.minimum(one, other).astype(np.uint32), "b": np.maximum(one, other).astype(np.uint32)}


def _friends(table: pl.DataFrame, city: City, rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(_strangers(table.height, city, rng)).unique().sort("a", "b")


def _ties(table: pl.DataFrame, city: City, rng: np.random.Generator) -> pl.DataFrame:
    return table.with_columns(pl.Series(name, values) for name, values in _strangers(table.height, city, rng).items())


def _venues(table: pl.DataFrame, _: City, rng: np.random.Generator) -> pl.DataFrame:
    return table.with_columns(pl.Series("price_tier", rng.integers(1, TIERS + 1, table.height)))


def _actions(table: pl.DataFrame, sessions: pl.DataFrame, city: City, rng: np.random.Generator) -> pl.DataFrame:
    """Acts fall into any session of the same person, and onto any place."""
    ordered = sessions.sort("user", "session")
    count = np.bincount(ordered["user"].to_numpy(), minlength=city.users)
    first = np.cumsum(count) - count
    people = table["user"].to_numpy()
    pick = first[people] + np.floor(rng.random(table.height) * count[people]).astype(np.int64)
    chosen = ordered["session"].gather(np.minimum(pick, max(ordered.height - 1, 0))) if ordered.height else None
    has_one = pl.col("session").is_not_null() & pl.Series(count[people] > 0)
    placed = table if chosen is None else table.with_columns(pl.when(has_one).then(chosen).alias("session"))
    if "venues" in city.tables:
        places = _anywhere(city, table.height, rng)["venue"]
        placed = placed.with_columns(pl.when(pl.col("venue").is_not_null()).then(places).alias("venue"))
    return placed.sort("user", "t")


def _bookings(table: pl.DataFrame, city: City, rng: np.random.Generator) -> pl.DataFrame:
    """Made at any time, for a memoryless time later, anywhere, by any number."""
    lead = table.select(((pl.col("start") - pl.col("t")) / SECOND).alias("lead"))["lead"]
    made = rng.integers(city.start_us, city.end_us, table.height)
    start = made + (_waits(lead, rng) * SECOND).astype(np.int64)
    moved = table.with_columns(pl.Series("t", made), pl.Series("start", start), _parties(table["party_size"], rng))
    if "venues" in city.tables:
        moved = moved.with_columns(_anywhere(city, table.height, rng)["venue"])
    named = moved.with_columns(local("t", city.zone))
    clock = moved.select(local("start", city.zone)).rename(
        {"hour": "start_hour", "weekday": "start_weekday", "day": "start_day"}
    )
    return named.with_columns(clock.get_columns()).sort("user", "t")

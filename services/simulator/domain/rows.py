"""Rows of the compacted topics: who people are, what venues are."""

import numpy as np
import polars as pl

from services.simulator.domain.columns import Columns
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.specification import AMBIANCES, DIETARY, LIFECYCLE, TASTES
from services.simulator.domain.state import State
from services.simulator.domain.town import Town
from streamkit.records import Coded, Column, Outgoing

_FOUR = np.array([f"{number:04d}" for number in range(10_000)], dtype="S4").view(np.uint32)
"""The last four digits of a number, as they are printed."""


def user_ids(numbers: Array) -> Array:
    """``u0000123`` of each number, dtype S8; empty for -1."""
    return _names(numbers, b"u", 7)


def venue_ids(numbers: Array) -> Array:
    """``v00012`` of each number, dtype S6; empty for -1."""
    return _names(numbers, b"v", 5)


def _names(numbers: Array, letter: bytes, digits: int) -> Array:
    letters = np.empty((len(numbers), digits + 1), dtype=np.uint8)
    letters[:, 0] = letter[0]
    rest = numbers.astype(np.int64)
    head, tail = _FOUR[rest // 10_000 % 10_000], _FOUR[rest % 10_000]
    letters[:, 1:-4] = head.view(np.uint8).reshape(-1, 4)[:, 4 - (digits - 4) :]
    letters[:, -4:] = tail.view(np.uint8).reshape(-1, 4)
    letters[numbers < 0] = 0
    return np.asarray(letters.view(f"S{digits + 1}").ravel())


def user_rows(town: Town, state: State, index: Array, common: dict[str, Column]) -> Outgoing:
    """Rows of `users` for some people; ``common`` has the common columns but user_id."""
    columns, data = state.users, town.data
    names = data.world.names
    bits = town.draws.bits(Purpose.NAME, index)
    first = (bits % np.uint64(len(names.first))).astype(np.int64)
    last = ((bits >> np.uint64(20)) % np.uint64(len(names.last))).astype(np.int64)
    pairs = [(names.first[a], names.last[b], n) for a, b, n in zip(first, last, index.tolist(), strict=True)]
    handles = [f"{a.lower()}.{b.lower()}{n}" for a, b, n in pairs]
    friends = columns["friends"][index]
    counts = columns["friend_count"][index]
    tied = [",".join(f"u{f:07d}" for f in row[:k].tolist()) or None for row, k in zip(friends, counts, strict=True)]
    boroughs = [place.borough for place in data.place.neighbourhoods]
    plain = ("home_latitude", "home_longitude", "work_latitude", "work_longitude", "openness")
    return Outgoing("users", len(index), {
        **common,
        "user_id": user_ids(index),
        "name": pl.Series([f"{a} {b}" for a, b, _ in pairs], dtype=pl.String),
        "username": pl.Series(handles, dtype=pl.String),
        "email": pl.Series([f"{h}@example.com" for h in handles], dtype=pl.String),
        "avatar_url": pl.Series([f"/avatars/u{n:07d}.svg" for n in index.tolist()], dtype=pl.String),
        "persona": Coded(columns["persona"][index].astype(np.int32), list(data.people.personas)),
        "is_simulated": True,
        "lifecycle": Coded(columns["lifecycle"][index].astype(np.int32), LIFECYCLE),
        "registered_at": columns["registered"][index],
        "borough": Coded(columns["home_zone"][index].astype(np.int32), boroughs),
        **{name: columns[name][index] for name in plain},
        "price_tier": columns["price"][index],
        "group_size": columns["group"][index],
        "favourite_ambiance": Coded(columns["moods"][index].argmax(axis=1).astype(np.int32), AMBIANCES),
        "dietary": Coded(columns["dietary"][index].astype(np.int32), DIETARY),
        "friend_ids": pl.Series(tied, dtype=pl.String),
    })  # fmt: skip


def venue_names(town: Town, state: State, index: Array) -> list[str]:
    """What some venues are called."""
    kinds, listed = list(town.data.world.categories.values()), town.data.world.names.venue
    bits = town.draws.bits(Purpose.VENUE_NAME, index)
    head = (bits % np.uint64(len(listed))).astype(np.int64)
    tail = (bits >> np.uint64(20)).astype(np.int64)
    words = [kinds[number].words for number in state.venues["category"][index].tolist()]
    return [f"{listed[h]} {named[t % len(named)]}" for h, t, named in zip(head, tail, words, strict=True)]


def venue_rows(town: Town, state: State, index: Array, common: dict[str, Column]) -> Outgoing:
    """Rows of `venues` for some venues."""
    columns, data = state.venues, town.data
    kinds = data.world.categories
    category = columns["category"][index]
    tables = [
        ",".join(f"{seats}x{count}" for seats, count in zip((2, 4, 6, 8), row, strict=True) if count > 0)
        for row in np.stack([columns[n][index] for n in ("two", "four", "six", "eight")], axis=1).tolist()
    ]
    seats = [sum(int(a) * int(b) for a, b in (part.split("x") for part in text.split(","))) for text in tables]
    hours = [
        ",".join(f"{a}-{b}" if b > a else "-" for a, b in zip(o, c, strict=True))
        for o, c in zip(columns["opens"][index].tolist(), columns["closes"][index].tolist(), strict=True)
    ]
    flags = list(data.world.features)
    features = [
        ",".join(f for bit, f in enumerate(flags) if mask >> bit & 1) or None
        for mask in columns["features"][index].tolist()
    ]
    return Outgoing("venues", len(index), {
        **common,
        "venue_id": venue_ids(index),
        "name": pl.Series(venue_names(town, state, index), dtype=pl.String),
        "category": Coded(category.astype(np.int32), list(kinds)),
        "cuisine": Coded(columns["cuisine"][index].astype(np.int32), TASTES),
        "borough": Coded(columns["zone"][index].astype(np.int32), [p.borough for p in data.place.neighbourhoods]),
        "latitude": columns["latitude"][index], "longitude": columns["longitude"][index],
        "time_zone": data.place.time_zone,
        "price_tier": columns["price"][index].astype(np.int32),
        "rating": columns["rating"][index], "rating_count": columns["rating_count"][index],
        "seats": np.array(seats, dtype=np.int32),
        "tables": pl.Series(tables, dtype=pl.String),
        "takes_bookings": columns["takes_bookings"][index],
        "opening_hours": pl.Series(hours, dtype=pl.String),
        "outdoor_seating": columns["outdoor"][index],
        "ambiance": Coded(columns["ambiance"][index].astype(np.int32), AMBIANCES),
        "features": pl.Series(features, dtype=pl.String),
        "trending": columns["trending"][index],
        "price_level": columns["price_level"][index],
        **_promotions(columns, index),
    })  # fmt: skip


def _promotions(columns: Columns, index: Array) -> dict[str, Column]:
    """When some venues have happy hours, and what they take off the bill now."""
    edges = [
        [f"{60 * start}-{60 * end}" if days >> day & 1 else "-" for day in range(7)] if days else None
        for start, end, days in zip(
            *(columns[name][index].tolist() for name in ("happy_from", "happy_until", "happy_days")), strict=True
        )
    ]
    off, until = columns["happy_percent"][index].tolist(), columns["discount_until"][index].tolist()
    return {
        "happy_hours": pl.Series([day and ",".join(day) for day in edges], dtype=pl.String),
        "happy_hour_discount": pl.Series([one or None for one in off], dtype=pl.Float32),
        "promotion": Coded(columns["promotion"][index].astype(np.int32) - 1, ["promotion", "happy_hour"]),
        "discount": np.round(100 * columns["discount"][index], 1),
        "promotion_ends_at": pl.Series([one or None for one in until], dtype=pl.Int64),
    }
